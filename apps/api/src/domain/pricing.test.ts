import { describe, expect, it } from 'vitest'
import { type Money, money } from './money.ts'
import {
  type Daypart,
  type EnhancedPricing,
  hasOverlappingDayparts,
  isInSeason,
  type Pricing,
  priceOf,
  type Season,
  sellableLengths,
} from './pricing.ts'

const usd = (amount: number): Money => money(amount, 'USD')
const entry = (durationMinutes: number, daypartId: string | null, price: Money) => ({
  durationMinutes,
  daypartId,
  price,
})

function priceAt(pricing: Pricing, iso: string, durationMinutes = 60, timeZone = 'America/Chicago') {
  return priceOf({ pricing, startAt: Date.parse(iso), durationMinutes, timeZone })
}

describe('the lengths that are sold', () => {
  const listedMinutes = [90, 30, 60]

  it('are those of the session type and the organization that have a price, shortest first', () => {
    expect(sellableLengths({ listedMinutes, organizationMinutes: [30, 60, 90], pricedMinutes: [90, 60, 15] })).toEqual([
      60, 90,
    ])
    expect(sellableLengths({ listedMinutes, organizationMinutes: [15, 30], pricedMinutes: [60, 90, 15] })).toEqual([])
  })
})

describe('simple pricing', () => {
  const pricing: Pricing = {
    mode: 'simple',
    prices: [entry(30, null, usd(2500)), entry(60, null, usd(4500)), entry(15, null, usd(0)), entry(45, null, usd(49))],
  }

  it('has one price for each length, at any time', () => {
    expect(priceAt(pricing, '2026-01-05T15:00:00Z', 30)).toEqual(usd(2500))
    expect(priceAt(pricing, '2026-07-05T03:00:00Z', 60)).toEqual(usd(4500))
  })

  it('has no price for a length that is not listed', () => {
    expect(priceAt(pricing, '2026-01-05T15:00:00Z', 90)).toBeNull()
  })

  it('tells a price of nothing from no price', () => {
    expect(priceAt(pricing, '2026-01-05T15:00:00Z', 15)).toEqual(usd(0))
  })

  it('has no price where the amount could not be charged', () => {
    expect(priceAt(pricing, '2026-01-05T15:00:00Z', 45)).toBeNull()
  })

  it('ignores prices for parts of the week', () => {
    const mixed: Pricing = { mode: 'simple', prices: [entry(60, 'day', usd(9900)), entry(60, null, usd(4500))] }
    expect(priceAt(mixed, '2026-01-05T15:00:00Z')).toEqual(usd(4500))
  })
})

const day: Daypart = { id: 'day', name: 'Day', daysOfWeek: [1, 2, 3, 4, 5], startTime: '08:00', endTime: '18:00' }
const night: Daypart = { id: 'night', name: 'Night', daysOfWeek: [5, 7], startTime: '22:00', endTime: '06:00' }
const season = (over: Partial<Season>): Season => ({
  id: 's',
  name: 'Season',
  startDate: '2026-12-20',
  endDate: '2027-01-06',
  yearly: false,
  adjustment: { kind: 'percent', percent: 20 },
  ...over,
})
const enhanced = (over: Partial<EnhancedPricing> = {}): EnhancedPricing => ({
  mode: 'enhanced',
  prices: [entry(60, 'day', usd(4500)), entry(60, 'night', usd(9000)), entry(60, null, usd(1))],
  dayparts: [day, night],
  seasons: [],
  ...over,
})

describe('parts of the week', () => {
  it.each([
    ['the first minute of the part', '2026-01-05T14:00:00Z', 4500],
    ['the minute before it', '2026-01-05T13:59:00Z', null],
    ['the last minute of it', '2026-01-05T23:59:00Z', 4500],
    ['the minute after it', '2026-01-06T00:00:00Z', null],
    ['a night before midnight', '2026-01-10T05:30:00Z', 9000],
    ['a night after midnight', '2026-01-10T11:59:00Z', 9000],
    ['the end of a night', '2026-01-10T12:00:00Z', null],
    ['a night from Sunday to Monday', '2026-01-05T11:00:00Z', 9000],
    ['a night that does not start that day', '2026-01-11T05:00:00Z', null],
  ])('%s (%s): %s', (_, iso, amount) => {
    expect(priceAt(enhanced(), iso)).toEqual(amount === null ? null : usd(amount))
  })

  it('are read on the wall of the organization, on either side of a change of the clocks', () => {
    expect(priceAt(enhanced(), '2026-10-30T13:00:00Z')).toEqual(usd(4500))
    expect(priceAt(enhanced(), '2026-10-30T12:59:00Z')).toBeNull()
    expect(priceAt(enhanced(), '2026-11-02T14:00:00Z')).toEqual(usd(4500))
    expect(priceAt(enhanced(), '2026-11-02T13:59:00Z')).toBeNull()
  })

  it('without a price for the length have no price', () => {
    expect(priceAt(enhanced(), '2026-01-05T15:00:00Z', 30)).toBeNull()
  })

  it.each([
    ['apart', [day, { ...night, daysOfWeek: [5] }], false],
    ['touching', [day, { ...day, startTime: '18:00', endTime: '20:00' }], false],
    ['overlapping by a minute', [day, { ...day, startTime: '17:59', endTime: '20:00' }], true],
    ['on other days', [day, { ...day, daysOfWeek: [6, 7] }], false],
    ['running over the end of the week', [{ ...day, startTime: '05:00' }, night], true],
    [
      'around the clock, every day',
      [{ ...day, daysOfWeek: [1, 2, 3, 4, 5, 6, 7], startTime: '00:00', endTime: '24:00' }],
      false,
    ],
    ['the same twice', [day, day], true],
  ])('%s: overlapping %#', (_, dayparts, expected) => {
    expect(hasOverlappingDayparts(dayparts)).toBe(expected)
  })
})

describe('seasons', () => {
  it.each([
    ['2026-12-19', false, false],
    ['2026-12-20', true, true],
    ['2027-01-06', true, true],
    ['2027-01-07', false, false],
    ['2029-12-31', false, true],
    ['2029-01-01', false, true],
    ['2029-06-15', false, false],
  ])('%s is in it: once %s, yearly %s', (date, once, yearly) => {
    expect(isInSeason(season({ yearly: false }), date)).toBe(once)
    expect(isInSeason(season({ yearly: true }), date)).toBe(yearly)
  })

  it('that last a year are always on', () => {
    expect(isInSeason(season({ yearly: true, startDate: '2026-03-01', endDate: '2027-03-01' }), '2030-07-07')).toBe(
      true,
    )
    expect(isInSeason(season({ yearly: true, startDate: '2026-03-02', endDate: '2027-03-01' }), '2030-07-07')).toBe(
      true,
    )
    expect(isInSeason(season({ yearly: true, startDate: '2026-03-02', endDate: '2026-04-01' }), '2030-07-07')).toBe(
      false,
    )
  })

  const christmas = '2026-12-21T15:00:00Z'

  it.each([
    [20, 5400],
    [-20, 3600],
    [-100, 0],
    [0.01, 4500],
    [1.01, 4545],
    [1.0111, 4545],
    [1.0112, 4546],
  ])('change the price by %d percent to %i, half a cent up', (percent, amount) => {
    const pricing = enhanced({ seasons: [season({ adjustment: { kind: 'percent', percent } })] })
    expect(priceAt(pricing, christmas)).toEqual(usd(amount))
  })

  it('replace a price, and leave those that they do not list', () => {
    const adjustment = { kind: 'replace', prices: [entry(60, 'day', usd(12_000))] } as const
    const pricing = enhanced({ seasons: [season({ adjustment })] })
    expect(priceAt(pricing, christmas)).toEqual(usd(12_000))
    expect(priceAt(pricing, '2026-12-26T05:30:00Z')).toEqual(usd(9000))
  })

  it('count by the date of the start in the organization, and the first in order wins', () => {
    const up = season({ id: 'up', startDate: '2026-12-21', endDate: '2026-12-21' })
    const down = season({ id: 'down', adjustment: { kind: 'percent', percent: -10 } })
    expect(priceAt(enhanced({ seasons: [up, down] }), christmas)).toEqual(usd(5400))
    expect(priceAt(enhanced({ seasons: [down, up] }), christmas)).toEqual(usd(4050))
    expect(priceAt(enhanced({ seasons: [up, down] }), '2026-12-22T15:00:00Z')).toEqual(usd(4050))
    expect(priceAt(enhanced({ seasons: [up] }), '2026-12-22T15:00:00Z')).toEqual(usd(4500))
  })

  it('leave a hole a hole, and make one where the result cannot be charged', () => {
    const pricing = enhanced({ seasons: [season({ adjustment: { kind: 'percent', percent: -99 } })] })
    expect(priceAt(pricing, christmas)).toBeNull()
    expect(priceAt(pricing, christmas, 30)).toBeNull()
  })

  it('round three-decimal currencies to what can be charged', () => {
    const pricing = enhanced({
      prices: [entry(60, 'day', money(5_010, 'KWD'))],
      seasons: [season({ adjustment: { kind: 'percent', percent: 10 } })],
    })
    expect(priceAt(pricing, christmas)).toEqual(money(5_510, 'KWD'))
  })
})
