import fc from 'fast-check'
import type { Slot, SlotSearch, TimeOff, WeeklyWindow } from './availability.ts'
import { type Money, money } from './money.ts'
import type { Pricing } from './pricing.ts'

/**
 * A second, slow answer to "which slots are open?", to judge the slot engine by. For tests and benchmarks only.
 *
 * It shares no code with the engine: local time comes from tables made with `Intl.DateTimeFormat`, windows and blackouts
 * are found by walking through minutes until the wall shows their edge, and every minute of every possible session is
 * looked at. Everything in it counts in whole minutes since 1970 (UTC), or local minutes written as if they were UTC.
 */

const DAY = 1440
/** No zone has changed its clocks at anything but a quarter of an hour in the years that are searched. */
const BLOCK = 15

const formatters = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, Map<number, number>>()

function localMinute(timeZone: string, minute: number): number {
  let table = offsets.get(timeZone)
  if (table === undefined) {
    table = new Map()
    offsets.set(timeZone, table)
  }
  const block = Math.floor(minute / BLOCK)
  let offset = table.get(block)
  if (offset === undefined) {
    offset = shownMinute(timeZone, block * BLOCK) - block * BLOCK
    table.set(block, offset)
  }
  return minute + offset
}

function shownMinute(timeZone: string, minute: number): number {
  let formatter = formatters.get(timeZone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
    formatters.set(timeZone, formatter)
  }
  const [month = 0, day = 0, year = 0, hour = 0, past = 0] = formatter
    .format(minute * 60_000)
    .split(/\D+/)
    .map(Number)
  return Date.UTC(year, month - 1, day, hour, past) / 60_000
}

/** Walks until the wall shows `wall` or something later. */
function walkTo(timeZone: string, wall: number): number {
  let minute = wall - 16 * 60
  while (localMinute(timeZone, minute) < wall) minute += 1
  return minute
}

function wallMinute(date: string, time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return Date.parse(`${date}T00:00:00Z`) / 60_000 + hour * 60 + minute
}

function weekday(local: number): number {
  return new Date(local * 60_000).getUTCDay() || 7
}

function dateText(local: number): string {
  return new Date(local * 60_000).toISOString().slice(0, 10)
}

/** The open slots of a search, found minute by minute. Understands all of a search except seasons by replacement. */
export function oracleSlots(search: SlotSearch): Slot[] {
  const { now, settings, timeZone, durationMinutes: length } = search
  if (search.busyTimes === 'unreadable') return []
  if (!search.sessionTypeDurationsMinutes.includes(length) || !settings.sessionDurationsMinutes.includes(length))
    return []
  const first = Math.floor(now / 60_000)
  const last = first + settings.bookingHorizonDays * DAY + 1
  const origin = first - 3 * DAY
  const size = last - origin + 3 * DAY

  const windows: { start: number; end: number }[] = []
  const covered = new Uint8Array(size)
  for (const rule of search.rules) {
    if (rule.durationsMinutes.length > 0 && !rule.durationsMinutes.includes(length)) continue
    for (let midnight = Math.floor(origin / DAY) * DAY; midnight < origin + size; midnight += DAY) {
      const date = dateText(midnight)
      if (!rule.daysOfWeek.includes(weekday(midnight))) continue
      if ((rule.firstDate ?? date) > date || (rule.lastDate ?? date) < date) continue
      const start = walkTo(timeZone, wallMinute(date, rule.startTime))
      const endsNextDay = rule.endTime <= rule.startTime
      const end = walkTo(timeZone, wallMinute(date, rule.endTime) + (endsNextDay ? DAY : 0))
      windows.push({ start, end })
      for (let minute = start; minute < end; minute += 1) {
        if (minute >= origin && minute < origin + size) covered[minute - origin] = 1
      }
    }
  }

  const blocked = new Uint8Array(size)
  const block = (start: number, end: number) => {
    for (let minute = start; minute < end; minute += 1) {
      if (minute >= origin && minute < origin + size) blocked[minute - origin] = 1
    }
  }
  for (const { startAt, endAt } of search.busyTimes) block(startAt / 60_000, endAt / 60_000)
  for (const { startDate, endDate, startTime, endTime } of search.blackouts) {
    block(
      walkTo(timeZone, wallMinute(startDate, startTime ?? '00:00')),
      walkTo(timeZone, wallMinute(endDate, endTime ?? '24:00')),
    )
  }

  const slots: Slot[] = []
  for (let start = first; start <= last; start += 1) {
    const startAt = start * 60_000
    const end = start + length
    if (startAt < now + settings.minimumNoticeMinutes * 60_000) continue
    if (startAt > now + settings.bookingHorizonDays * DAY * 60_000) continue
    if (search.from !== undefined && startAt < search.from) continue
    if (search.to !== undefined && startAt >= search.to) continue
    if (covered[start - origin] === 0) continue
    const onGrid = windows.some(
      (window) =>
        window.start <= start && start < window.end && (start - window.start) % settings.slotStepMinutes === 0,
    )
    if (!onGrid) continue
    if (covered.subarray(start - origin, end - origin).includes(0)) continue
    const kept = blocked.subarray(
      start - settings.bufferBeforeMinutes - origin,
      end + settings.bufferAfterMinutes - origin,
    )
    if (kept.includes(1)) continue
    const meetsBooking = search.bookings.some((booking) => {
      const [itsStart, itsEnd] = [booking.startAt / 60_000, booking.endAt / 60_000]
      if (itsStart === itsEnd) return false
      if (itsEnd <= start) return start - itsEnd < Math.max(booking.bufferAfterMinutes, settings.bufferBeforeMinutes)
      if (end <= itsStart) return itsStart - end < Math.max(settings.bufferAfterMinutes, booking.bufferBeforeMinutes)
      return true
    })
    if (meetsBooking) continue
    const price = priceAt(search.pricing, localMinute(search.organizationTimeZone, start), length)
    if (price === null) continue
    if (price.amount > 0 && search.payment === 'unavailable') continue
    if (price.amount > 0 && search.payment === 'available' && startAt < now + 40 * 60_000) continue
    slots.push({ startAt, endAt: end * 60_000, price })
  }
  return slots
}

function priceAt(pricing: Pricing, local: number, length: number): Money | null {
  const listed = (daypartId: string | null) =>
    pricing.prices.find((entry) => entry.durationMinutes === length && entry.daypartId === daypartId)?.price ?? null
  if (pricing.mode === 'simple') return listed(null)
  const date = dateText(local)
  const timesOfDay = [local - wallMinute(date, '00:00'), local - wallMinute(date, '00:00') + DAY]
  const daypart = pricing.dayparts.find(({ daysOfWeek, startTime, endTime }) =>
    timesOfDay.some((minute, daysAgo) => {
      const start = wallMinute('1970-01-01', startTime)
      const end = wallMinute('1970-01-01', endTime) + (endTime <= startTime ? DAY : 0)
      return daysOfWeek.includes(weekday(local - daysAgo * DAY)) && start <= minute && minute < end
    }),
  )
  if (daypart === undefined) return null
  const price = listed(daypart.id)
  const season = pricing.seasons.find(({ startDate, endDate }) => startDate <= date && date <= endDate)
  if (price === null || season === undefined || season.adjustment.kind !== 'percent') return price
  return money(Math.round((price.amount * (100 + season.adjustment.percent)) / 100), price.currency)
}

/** Zones, and dates (in UTC) about which their clocks change, or a few where they never do. */
const EDGES: readonly (readonly [string, readonly string[]])[] = [
  ['America/New_York', ['2026-11-01', '2027-03-14']],
  ['America/Chicago', ['2026-11-01', '2027-03-14']],
  ['America/St_Johns', ['2026-11-01', '2027-03-14']],
  ['America/Sao_Paulo', ['2018-02-18', '2018-11-04', '2026-02-18']],
  ['America/Havana', ['2026-11-01', '2027-03-14']],
  ['America/Nuuk', ['2026-03-29', '2026-10-25']],
  ['Europe/Berlin', ['2026-03-29', '2026-10-25']],
  ['Africa/Casablanca', ['2026-02-15', '2026-03-22']],
  ['Africa/Cairo', ['2026-04-24', '2026-10-30']],
  ['Asia/Kathmandu', ['2026-06-01']],
  ['Asia/Kolkata', ['2026-06-01']],
  ['Asia/Tehran', ['2022-03-22', '2022-09-22']],
  ['Australia/Sydney', ['2026-04-05', '2026-10-04']],
  ['Australia/Lord_Howe', ['2026-04-05', '2026-10-04']],
  ['Pacific/Chatham', ['2026-04-05', '2026-09-27']],
  ['Pacific/Apia', ['2011-12-30', '2012-04-01', '2026-06-01']],
]

const LENGTHS = [30, 45, 60, 90]

const twoDigits = (value: number) => String(value).padStart(2, '0')
const anyTime = fc
  .oneof(
    fc.constantFrom(0, 30, 60, 90, 120, 150, 165, 180, 240, 1320, 1380, 1410, 1439),
    fc.nat(95).map((quarter) => quarter * 15),
    fc.nat(1439),
  )
  .map((minute) => `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`)
const anyEndTime = fc.oneof({ weight: 6, arbitrary: anyTime }, { weight: 1, arbitrary: fc.constant('24:00') })
const anyDays = fc.oneof(
  { weight: 2, arbitrary: fc.constant([1, 2, 3, 4, 5, 6, 7]) },
  { weight: 1, arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }) },
)

function dateAround(middle: string, days: number): fc.Arbitrary<string> {
  return fc.integer({ min: -days, max: days }).map((offset) => dateText(wallMinute(middle, '00:00') + offset * DAY))
}

function anyRule(middle: string, days: number): fc.Arbitrary<WeeklyWindow> {
  const limit = fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: dateAround(middle, days) },
  )
  return fc.record({
    daysOfWeek: anyDays,
    startTime: anyTime,
    endTime: anyEndTime,
    durationsMinutes: fc.oneof(fc.constant([]), fc.subarray(LENGTHS, { minLength: 2 })),
    firstDate: limit,
    lastDate: limit,
  })
}

function anyBlackout(middle: string, days: number): fc.Arbitrary<TimeOff> {
  return fc
    .record({
      startDate: dateAround(middle, days),
      nights: fc.nat(1),
      times: fc.option(fc.tuple(anyTime, anyEndTime), { freq: 2 }),
    })
    .map(({ startDate, nights, times }) => ({
      startDate,
      endDate: dateText(wallMinute(startDate, '00:00') + nights * DAY),
      startTime: times?.[0] ?? null,
      endTime: times?.[1] ?? null,
    }))
}

const price = (amount: number) => money(amount, 'USD')

function anyPricing(middle: string): fc.Arbitrary<Pricing> {
  const simple: Pricing = {
    mode: 'simple',
    prices: LENGTHS.map((durationMinutes) => ({
      durationMinutes,
      daypartId: null,
      price: price(durationMinutes * 100),
    })),
  }
  const free: Pricing = {
    mode: 'simple',
    prices: LENGTHS.map((durationMinutes) => ({ durationMinutes, daypartId: null, price: price(0) })),
  }
  const enhanced = fc
    .record({ startTime: anyTime, endTime: anyEndTime, daysOfWeek: anyDays, season: dateAround(middle, 3) })
    .map(
      ({ startTime, endTime, daysOfWeek, season }): Pricing => ({
        mode: 'enhanced',
        // 45 minutes are a hole, and one part of the week is free.
        prices: [30, 60, 90].flatMap((durationMinutes) => [
          { durationMinutes, daypartId: 'one', price: price(durationMinutes * 101) },
          { durationMinutes, daypartId: 'rest', price: price(0) },
        ]),
        dayparts: [
          { id: 'one', name: 'One', daysOfWeek, startTime, endTime },
          { id: 'rest', name: 'Rest', daysOfWeek: [2, 4, 6], startTime: '00:00', endTime: '24:00' },
        ],
        seasons: [
          {
            id: 'season',
            name: 'Season',
            startDate: season,
            endDate: dateText(wallMinute(season, '00:00') + DAY),
            yearly: false,
            adjustment: { kind: 'percent', percent: 15 },
          },
        ],
      }),
    )
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(simple) },
    { weight: 2, arbitrary: fc.constant(free) },
    { weight: 2, arbitrary: enhanced },
  )
}

function anySearch(horizon: fc.Arbitrary<number>, spreadDays: number, things: number): fc.Arbitrary<SlotSearch> {
  const anyEdge = fc.constantFrom(...EDGES.flatMap(([zone, dates]) => dates.map((date) => [zone, date] as const)))
  return fc.tuple(anyEdge, horizon).chain(([[timeZone, middle], bookingHorizonDays]) => {
    const middleMinute = wallMinute(middle, '00:00')
    const anyMinute = fc.integer({ min: middleMinute - 4 * DAY, max: middleMinute + spreadDays * DAY })
    const anyLength = fc.oneof(fc.constantFrom(0, 15, 30, 60, 120), fc.nat(300))
    const anyStretch = fc
      .tuple(anyMinute, anyLength)
      .map(([start, minutes]) => ({ startAt: start * 60_000, endAt: (start + minutes) * 60_000 }))
    const anyBuffer = fc.constantFrom(0, 0, 0, 5, 10, 15, 30, 45)
    const anyLimit = fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: anyMinute.map((minute) => minute * 60_000) },
    )
    return fc.record({
      now: fc
        .tuple(fc.integer({ min: middleMinute - 3 * DAY, max: middleMinute }), fc.constantFrom(0, 0, 1, 30_000, 59_999))
        .map(([minute, rest]) => minute * 60_000 + rest),
      timeZone: fc.constant(timeZone),
      rules: fc.array(anyRule(middle, spreadDays), { minLength: 1, maxLength: 4 }),
      blackouts: fc.array(anyBlackout(middle, spreadDays), { maxLength: 2 }),
      bookings: fc.array(
        fc.tuple(anyStretch, anyBuffer, anyBuffer).map(([stretch, bufferBeforeMinutes, bufferAfterMinutes]) => ({
          ...stretch,
          bufferBeforeMinutes,
          bufferAfterMinutes,
        })),
        { maxLength: things },
      ),
      busyTimes: fc.array(anyStretch, { maxLength: things }),
      settings: fc.record({
        slotStepMinutes: fc.constantFrom(5, 7, 10, 15, 20, 30, 45, 60, 240),
        bufferBeforeMinutes: anyBuffer,
        bufferAfterMinutes: anyBuffer,
        minimumNoticeMinutes: fc.constantFrom(0, 0, 30, 39, 41, 120, 1440),
        bookingHorizonDays: fc.constant(bookingHorizonDays),
        sessionDurationsMinutes: fc.constant(LENGTHS),
      }),
      sessionTypeDurationsMinutes: fc.constant(LENGTHS),
      durationMinutes: fc.constantFrom(...LENGTHS),
      pricing: anyPricing(middle),
      organizationTimeZone: fc.constantFrom(...EDGES.map(([zone]) => zone)),
      payment: fc.oneof(
        { weight: 4, arbitrary: fc.constant('available' as const) },
        { weight: 1, arbitrary: fc.constantFrom('unavailable' as const, 'settled' as const) },
      ),
      from: anyLimit,
      to: anyLimit,
    })
  })
}

/** Schedules of one to six days around a change of the clocks. */
export const anyShortSearch = anySearch(fc.integer({ min: 1, max: 6 }), 4, 6)

/** Schedules of sixty days. */
export const anyLongSearch = anySearch(fc.constant(60), 60, 80)

/** Random schedules outside a property test; the same seed gives the same ones. */
export function sampleSearches(kind: 'short' | 'long', count: number, seed: number): SlotSearch[] {
  return fc.sample(kind === 'short' ? anyShortSearch : anyLongSearch, { numRuns: count, seed })
}
