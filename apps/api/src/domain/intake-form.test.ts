import { describe, expect, it } from 'vitest'
import {
  displayValue,
  FIELD_KEY_PATTERN,
  FIELD_TYPE_LABELS,
  FIELD_TYPES,
  type FormField,
  type FormSection,
  presentAnswers,
  validateAnswers,
  validateCustomer,
  visibleKeys,
} from './intake-form.ts'

function field(key: string, type: FormField['type'], changes: Partial<FormField> = {}): FormField {
  return {
    key,
    type,
    label: key,
    helpText: null,
    required: false,
    options: [
      { value: 'a', label: 'Apple' },
      { value: 'b', label: 'Banana' },
      { value: 'c', label: 'Cherry' },
    ],
    limits: {},
    visibleWhen: null,
    ...changes,
  }
}
function form(...fields: FormField[]): FormSection[] {
  return [{ key: 'main', title: 'Main', description: null, fields }]
}
/** The one answer as it is kept, or the one message. */
function answer(one: FormField, value: unknown): unknown {
  const result = validateAnswers(form(one), { [one.key]: value })
  return result.ok ? result.value[one.key] : result.errors[0]?.message
}

describe('an answer', () => {
  it.each([
    ['short_text', {}, '  hello ', 'hello'],
    ['short_text', {}, 'two\nlines', 'Use one line'],
    ['short_text', {}, 'x'.repeat(200), 'x'.repeat(200)],
    ['short_text', {}, 'x'.repeat(201), 'Use at most 200 characters'],
    ['short_text', {}, '😀'.repeat(200), '😀'.repeat(200)],
    ['short_text', { maxLength: 3 }, 'abcd', 'Use at most 3 characters'],
    ['short_text', { minLength: 3 }, 'ab', 'Use at least 3 characters'],
    ['short_text', { minLength: 3 }, 'abc', 'abc'],
    ['short_text', {}, 'a\u0000b', 'Remove the control characters'],
    ['short_text', {}, 5, 'Enter a text'],
    ['long_text', {}, 'one\r\ntwo\rthree', 'one\ntwo\nthree'],
    ['long_text', {}, 'x'.repeat(5000), 'x'.repeat(5000)],
    ['long_text', {}, 'x'.repeat(5001), 'Use at most 5000 characters'],
    ['single_choice', {}, 'b', 'b'],
    ['single_choice', {}, 'Banana', 'Choose one of the options'],
    ['single_choice', {}, ['a'], 'Enter a text'],
    ['multiple_choice', {}, ['b', 'a', 'b'], ['b', 'a']],
    ['multiple_choice', {}, 'a', 'Choose from the options'],
    ['multiple_choice', {}, ['a', 1], 'Choose from the options'],
    ['multiple_choice', {}, ['a', 'z'], 'Choose only from the options'],
    ['multiple_choice', { minSelections: 2 }, ['a'], 'Choose at least 2 options'],
    ['multiple_choice', { minSelections: 2 }, ['a', 'b'], ['a', 'b']],
    ['multiple_choice', { maxSelections: 2 }, ['a', 'b', 'c'], 'Choose at most 2 options'],
    ['yes_no', {}, false, false],
    ['yes_no', {}, 'yes', 'Choose yes or no'],
    ['number', {}, 0, 0],
    ['number', {}, '5', 'Enter a number'],
    ['number', {}, Number.NaN, 'Enter a number'],
    ['number', {}, Number.POSITIVE_INFINITY, 'Enter a number'],
    ['number', { min: 1, max: 5 }, 1, 1],
    ['number', { min: 1, max: 5 }, 0.99, 'Enter a number of at least 1'],
    ['number', { min: 1, max: 5 }, 5, 5],
    ['number', { min: 1, max: 5 }, 5.01, 'Enter a number of at most 5'],
    ['date', {}, '2028-02-29', '2028-02-29'],
    ['date', {}, '2027-02-29', 'Enter a date of the form YYYY-MM-DD'],
    ['date', {}, '29.02.2028', 'Enter a date of the form YYYY-MM-DD'],
    ['date', { firstDate: '2026-05-01' }, '2026-05-01', '2026-05-01'],
    ['date', { firstDate: '2026-05-01' }, '2026-04-30', 'Enter a date from 2026-05-01 on'],
    ['date', { lastDate: '2026-05-01' }, '2026-05-01', '2026-05-01'],
    ['date', { lastDate: '2026-05-01' }, '2026-05-02', 'Enter a date up to 2026-05-01'],
    ['email', {}, ' ann@example.com ', 'ann@example.com'],
    ['email', {}, 'ann@example', 'Enter an email address like name@example.com'],
    ['phone', {}, '+1 (555) 010-9999', '+1 (555) 010-9999'],
    ['phone', {}, 'call me', 'Enter a phone number like +1 555 010 9999'],
    ['url', {}, 'https://example.com/a?b=c', 'https://example.com/a?b=c'],
    ['url', {}, 'javascript:alert(1)', 'Enter a web address that starts with https:// or http://'],
    ['url', {}, 'example.com', 'Enter a web address that starts with https:// or http://'],
  ] as [FormField['type'], FormField['limits'], unknown, unknown][])(
    'to %s within %j, given %j, is %j',
    (type, limits, value, expected) => {
      expect(answer(field('f', type, { limits }), value)).toEqual(expected)
    },
  )

  it.each(FIELD_TYPES)('to %s may be left open unless required', (type) => {
    for (const open of [undefined, null, ...(type === 'multiple_choice' ? [[]] : [])]) {
      expect(validateAnswers(form(field('f', type)), { f: open })).toEqual({ ok: true, value: {} })
      const required = validateAnswers(form(field('f', type, { required: true })), { f: open })
      expect(required).toMatchObject({ ok: false, errors: [{ pointer: '/answers/f' }] })
    }
    expect(validateAnswers(form(field('f', type, { required: true })), {}).ok).toBe(false)
    expect(FIELD_TYPE_LABELS[type]).not.toBe('')
  })

  it('loses the marks of direction that were pasted with it', () => {
    const one = field('f', 'phone')
    expect(validateAnswers(form(one), { f: '\u202d+1 312 555 0142\u202c' })).toEqual({
      ok: true,
      value: { f: '+1 312 555 0142' },
    })
  })

  it('of nothing but spaces is open', () => {
    expect(answer(field('f', 'short_text'), '  \n ')).toBeUndefined()
    expect(answer(field('f', 'short_text', { required: true }), ' ')).toBe('Answer this question')
  })
})

describe('a form’s answers', () => {
  it('name every error in the form’s order, unknown fields last', () => {
    const sections = form(field('name', 'short_text', { required: true }), field('age', 'number'))
    expect(validateAnswers(sections, { 'odd/~key': 1, age: 'x' })).toEqual({
      ok: false,
      errors: [
        { pointer: '/answers/name', message: 'Answer this question' },
        { pointer: '/answers/age', message: 'Enter a number' },
        { pointer: '/answers/odd~1~0key', message: 'Remove this answer: the form has no such field' },
      ],
    })
  })

  it('cannot reach a prototype', () => {
    const sections = form(field('f', 'short_text'))
    const hostile: Record<string, unknown> = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": 1}')
    const result = validateAnswers(sections, hostile)
    expect(result).toMatchObject({
      ok: false,
      errors: [{ pointer: '/answers/__proto__' }, { pointer: '/answers/constructor' }],
    })
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false)
    // Inherited names are not answers.
    expect(validateAnswers(form(field('constructor', 'short_text')), {})).toEqual({ ok: true, value: {} })
    // Even a form that has such a field keeps the answer as a plain property of its own.
    const kept = validateAnswers(form(field('__proto__', 'short_text')), JSON.parse('{"__proto__": "x"}'))
    expect(kept.ok && Object.hasOwn(kept.value, '__proto__')).toBe(true)
  })

  it('have keys that mean nothing to JavaScript', () => {
    const pattern = new RegExp(FIELD_KEY_PATTERN)
    expect(['topic', 'topic_2'].every((key) => pattern.test(key))).toBe(true)
    expect(['__proto__', '_x', '2nd', 'Topic', 'a-b', ''].some((key) => pattern.test(key))).toBe(false)
  })
})

describe('hidden fields', () => {
  const whenYes = { fieldKey: 'has_site', operator: 'equals', value: true } as const
  const sections = form(
    field('has_site', 'yes_no'),
    field('site', 'url', { required: true, visibleWhen: whenYes }),
    field('site_age', 'number', { visibleWhen: { fieldKey: 'site', operator: 'not_equals', value: '' } }),
  )

  it('are asked while their condition holds', () => {
    expect(validateAnswers(sections, { has_site: true })).toMatchObject({
      ok: false,
      errors: [{ pointer: '/answers/site' }],
    })
    expect(validateAnswers(sections, { has_site: true, site: 'https://a.example' })).toEqual({
      ok: true,
      value: { has_site: true, site: 'https://a.example' },
    })
  })

  it('are dropped with whatever was answered while it does not', () => {
    expect(validateAnswers(sections, { has_site: false, site: 'nonsense' })).toEqual({
      ok: true,
      value: { has_site: false },
    })
    expect(validateAnswers(sections, {})).toEqual({ ok: true, value: {} })
  })

  it('count as open for the fields that hang on them', () => {
    const chain = form(
      field('a', 'yes_no'),
      field('b', 'yes_no', { visibleWhen: { fieldKey: 'a', operator: 'equals', value: true } }),
      field('c', 'yes_no', { visibleWhen: { fieldKey: 'b', operator: 'equals', value: true } }),
    )
    expect(validateAnswers(chain, { a: true, b: true, c: true })).toMatchObject({
      value: { a: true, b: true, c: true },
    })
    expect(validateAnswers(chain, { a: false, b: true, c: true })).toEqual({ ok: true, value: { a: false } })
  })

  it('may hang on a field further down', () => {
    const fields = [
      field('first', 'short_text', { visibleWhen: { fieldKey: 'last', operator: 'equals', value: 'x' } }),
      field('last', 'short_text'),
    ]
    expect([...visibleKeys(fields, { last: 'x' })]).toEqual(['first', 'last'])
    expect([...visibleKeys(fields, {})]).toEqual(['last'])
  })

  it('in a circle do not hang the form', () => {
    const fields = [
      field('a', 'yes_no', { visibleWhen: { fieldKey: 'b', operator: 'equals', value: true } }),
      field('b', 'yes_no', { visibleWhen: { fieldKey: 'a', operator: 'equals', value: true } }),
    ]
    expect([...visibleKeys(fields, { a: true, b: true })]).toEqual(['a', 'b'])
    expect([...visibleKeys(fields, {})]).toEqual([])
  })

  it('that hang on a field which does not exist read it as open', () => {
    const orphan = field('a', 'yes_no', { visibleWhen: { fieldKey: 'gone', operator: 'is_empty', value: null } })
    expect([...visibleKeys([orphan], { gone: 'x' })]).toEqual(['a'])
  })
})

describe('an answer on Request Details', () => {
  it.each([
    ['single_choice', 'b', 'Banana'],
    ['single_choice', 'gone', 'gone'],
    ['multiple_choice', ['c', 'a'], 'Cherry, Apple'],
    ['multiple_choice', [], ''],
    ['yes_no', true, 'Yes'],
    ['yes_no', false, 'No'],
    ['number', 0, '0'],
    ['number', 1.5, '1.5'],
    ['date', '2026-05-01', '2026-05-01'],
    ['short_text', 'a', 'a'],
    ['short_text', undefined, ''],
  ] as const)('to %s given %j reads "%s"', (type, value, expected) => {
    expect(displayValue(field('f', type), value)).toBe(expected)
  })

  it('stands in the form’s order', () => {
    const sections = form(
      field('first', 'single_choice', { label: 'Fruit' }),
      field('second', 'yes_no'),
      field('third', 'number'),
    )
    expect(presentAnswers(sections, { third: 3, first: 'a' })).toEqual([
      { key: 'first', label: 'Fruit', value: 'a', displayValue: 'Apple' },
      { key: 'third', label: 'third', value: 3, displayValue: '3' },
    ])
  })
})

describe('the customer', () => {
  it('is kept trimmed, with what was left out as null', () => {
    expect(validateCustomer({ name: ' Ann  Lee ', email: ' ann@example.com ', phone: ' ' })).toEqual({
      ok: true,
      value: { name: 'Ann Lee', email: 'ann@example.com', phone: null, timeZone: null },
    })
    expect(
      validateCustomer({ name: 'Ann', email: 'ann@example.com', phone: '555 0100', timeZone: 'Asia/Kolkata' }),
    ).toMatchObject({ value: { phone: '555 0100', timeZone: 'Asia/Kolkata' } })
  })

  it('is told what to do about each part', () => {
    expect(validateCustomer({ name: ' ', email: '', phone: 'x' })).toEqual({
      ok: false,
      errors: [
        { pointer: '/customer/name', message: 'Enter your name' },
        { pointer: '/customer/email', message: 'Enter your email address' },
        { pointer: '/customer/phone', message: 'Enter a phone number like +1 555 010 9999, or leave it out' },
      ],
    })
    for (const [name, message] of [
      ['\u202e\u200b', 'Enter your name'],
      ['Ann \u202eeeL', 'Remove the control characters'],
    ] as const)
      expect(validateCustomer({ name, email: 'ann@example.com' })).toEqual({
        ok: false,
        errors: [{ pointer: '/customer/name', message }],
      })
    expect(validateCustomer({ name: 'x'.repeat(120), email: 'ann@example.com' }).ok).toBe(true)
    expect(validateCustomer({ name: 'x'.repeat(121), email: 'ann@example.com' }).ok).toBe(false)
    expect(validateCustomer({ name: 'Ann', email: 'ann@example.com\r\nBcc: all@example.com' }).ok).toBe(false)
  })

  it('is not refused for a browser’s odd time zone', () => {
    expect(validateCustomer({ name: 'Ann', email: 'ann@example.com', timeZone: 'Mars/Olympus' })).toMatchObject({
      value: { timeZone: null },
    })
  })
})
