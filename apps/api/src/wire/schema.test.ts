import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Money } from './money.ts'
import { fieldErrors, type ValidationIssue } from './problem.ts'
import { calendarDate, closed, instant, line, nullable, prose, ref, timeZone, wallTimeEnd } from './schema.ts'
import { validatorsOf } from './validators.ts'

const compile = validatorsOf({ Money })

function errorsOf(schema: object, value: unknown, httpPart = 'body'): { pointer: string; message: string }[] {
  const validate = compile({ schema, httpPart })
  return validate(value) ? [] : fieldErrors((validate.errors ?? []) as ValidationIssue[])
}

function accepts(schema: object, value: unknown): boolean {
  return errorsOf(closed({ value: schema as ReturnType<typeof Type.String> }), { value }).length === 0
}

test('an instant is UTC with Z and a second that exists', () => {
  for (const good of ['2026-11-24T16:30:00Z', '2026-11-24T16:30:00.123Z', '2028-02-29T00:00:00Z']) {
    expect(accepts(instant(), good), good).toBe(true)
  }
  for (const bad of [
    '2026-11-24T16:30:00+01:00',
    '2026-11-24 16:30:00Z',
    '2026-11-24T16:30Z',
    '2026-12-31T23:59:60Z',
    '2027-02-29T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '2026-11-24T24:00:00Z',
  ]) {
    expect(accepts(instant(), bad), bad).toBe(false)
  }
})

test('a date must be on the calendar', () => {
  expect(accepts(calendarDate(), '2028-02-29')).toBe(true)
  expect(accepts(calendarDate(), '2027-02-29')).toBe(false)
  expect(accepts(calendarDate(), '0001-01-01')).toBe(false)
})

test('a day ends at 24:00 and not a minute later', () => {
  expect(accepts(wallTimeEnd(), '24:00')).toBe(true)
  expect(accepts(wallTimeEnd(), '24:01')).toBe(false)
})

test('a time zone is a name this server knows, never an offset', () => {
  for (const good of ['America/Chicago', 'Asia/Kathmandu', 'UTC']) expect(accepts(timeZone(), good), good).toBe(true)
  for (const bad of ['+05:45', 'Mars/Olympus', '', 'America/Chicago\u0000'])
    expect(accepts(timeZone(), bad), bad).toBe(false)
})

test('text keeps emoji and letters of any script, and refuses what the database or a mail header cannot hold', () => {
  for (const good of ['Zoë', '李小龍', '👩‍🏫 lesson']) expect(accepts(line(40), good), good).toBe(true)
  for (const bad of [
    '\u{e0041}\u{e007f}',
    '\u{e0100}\u{e0fff}',
    '',
    '   ',
    'a\nb',
    'a\u0000b',
    '\ud83d',
    'a\u007f',
    '\u200b\u2060',
    '\u202e',
    'Ann \u202egro.live',
  ])
    expect(accepts(line(40), bad), bad).toBe(false)
  for (const good of ['two\nlines', 'two\r\nlines', 'a\tb', '👩‍🏫 مرحبا', ''])
    expect(accepts(prose(40), good), good).toBe(true)
  for (const bad of ['half \udc00', 'bell \u0007', 'escape \u001b[31m', 'Ann \u202egro.live', 'a\u2066b', 'a\u0085b'])
    expect(accepts(prose(40), bad), bad).toBe(false)
})

test('length is counted in characters, at the boundary', () => {
  expect(accepts(line(3), '👩👩👩')).toBe(true)
  expect(accepts(line(3), '👩👩👩👩')).toBe(false)
})

test('nullable takes null of plain types and of named shapes', () => {
  expect(accepts(nullable(line(3)), null)).toBe(true)
  expect(accepts(nullable(ref(Money)), null)).toBe(true)
  expect(accepts(nullable(ref(Money)), { amount: 1, currency: 'USD' })).toBe(true)
  expect(accepts(nullable(ref(Money)), { amount: 1.5, currency: 'USD' })).toBe(false)
})

test('queries are read as what their schema asks for; bodies are taken as they are', () => {
  const schema = closed({ limit: Type.Integer(), tags: Type.Array(Type.String({ maxLength: 5 }), { maxItems: 2 }) })
  expect(errorsOf(schema, { limit: '7', tags: 'one' }, 'querystring')).toEqual([])
  expect(errorsOf(schema, { limit: '7', tags: 'one' }, 'body')).toEqual([
    { pointer: '/limit', message: 'Must be a whole number.' },
    { pointer: '/tags', message: 'Must be a list.' },
  ])
})

test('a choice that fits no branch is told in one sentence', () => {
  const schema = closed({ price: nullable(ref(Money)) })
  expect(errorsOf(schema, { price: 'free' })).toEqual([
    { pointer: '/price', message: 'Has a value that is not accepted.' },
  ])
})

test('a field inherited from Object is no field', () => {
  const schema = closed({ name: Type.String({ maxLength: 5 }) })
  expect(errorsOf(schema, {})).toEqual([{ pointer: '/name', message: 'Is required.' }])
  expect(errorsOf(closed({ toString: Type.String({ maxLength: 5 }) }), {})).toEqual([
    { pointer: '/toString', message: 'Is required.' },
  ])
})
