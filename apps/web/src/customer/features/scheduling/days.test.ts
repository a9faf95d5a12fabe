import { describe, expect, test } from 'vitest'
import { dayPart, mergedSlots, nextFreeDay, type OfferedSlot, offeredDays, priceRange } from './days.ts'

const CHICAGO = 'America/Chicago'

function slot(start: string, amount = 4500): OfferedSlot {
  const end = new Date(Date.parse(start) + 3_600_000).toISOString()
  return { start, end, price: { amount, currency: 'USD' } }
}

describe('days of the strip', () => {
  test('a slot stands on the customer’s own date, empty days included', () => {
    const days = offeredDays(
      [slot('2026-11-24T05:59:00Z'), slot('2026-11-24T06:00:00Z')],
      CHICAGO,
      '2026-11-23',
      '2026-11-25',
    )
    expect(days.map((day) => [day.date, day.times.map((time) => time.label)])).toEqual([
      ['2026-11-23', ['11:59 PM']],
      ['2026-11-24', ['12:00 AM']],
      ['2026-11-25', []],
    ])
  })

  test('an hour that occurs twice is told apart by its zone, the others stay plain', () => {
    const slots = ['05:00', '06:00', '07:00', '08:00'].map((hour) => slot(`2026-11-01T${hour}:00Z`))
    const [day] = offeredDays(slots, CHICAGO, '2026-11-01', '2026-11-01')
    expect(day?.times.map((time) => [time.label, time.zoneLabel])).toEqual([
      ['12:00 AM', null],
      ['1:00 AM', 'CDT'],
      ['1:00 AM', 'CST'],
      ['2:00 AM', null],
    ])
  })

  test('the next free day skips empty ones, and is null when none follows', () => {
    const days = offeredDays(
      [slot('2026-11-23T18:00:00Z'), slot('2026-11-26T18:00:00Z')],
      CHICAGO,
      '2026-11-23',
      '2026-11-27',
    )
    expect(nextFreeDay(days, '2026-11-23')?.date).toBe('2026-11-26')
    expect(nextFreeDay(days, '2026-11-26')).toBeNull()
  })
})

test.each([
  ['2026-11-24T17:59:00Z', 'morning'],
  ['2026-11-24T18:00:00Z', 'afternoon'],
  ['2026-11-24T22:59:00Z', 'afternoon'],
  ['2026-11-24T23:00:00Z', 'evening'],
])('%s in Chicago is %s', (start, part) => {
  expect(dayPart(start, CHICAGO)).toBe(part)
})

test('two pages of slots become one list, the fresher price kept', () => {
  const merged = mergedSlots(
    [slot('2026-11-25T18:00:00Z'), slot('2026-11-24T18:00:00Z')],
    [slot('2026-11-25T18:00:00.000Z', 5000)],
  )
  expect(merged.map((each) => [each.start.slice(0, 10), each.price.amount])).toEqual([
    ['2026-11-24', 4500],
    ['2026-11-25', 5000],
  ])
})

test('prices are one or a range', () => {
  expect(priceRange([])).toBeNull()
  expect(priceRange([slot('2026-11-24T18:00:00Z')])).toEqual({
    lowest: { amount: 4500, currency: 'USD' },
    varies: false,
  })
  expect(priceRange([slot('2026-11-24T18:00:00Z'), slot('2026-11-24T19:00:00Z', 3000)])).toMatchObject({
    lowest: { amount: 3000 },
    varies: true,
  })
})
