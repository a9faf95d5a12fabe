import { Temporal } from 'temporal-polyfill'

/**
 * Calendar dates (`YYYY-MM-DD`), wall-clock times (`HH:MM`) and instants (epoch milliseconds), and the way between them
 * in an IANA time zone. Nothing here reads the process's own zone.
 *
 * The zone library answers one question only, "how far from UTC is this zone at this instant?", and it takes some
 * twenty microseconds for it. So each zone's offsets are read once per stretch of {@link STRETCH_DAYS} days, kept, and
 * everything after that is integer arithmetic.
 */

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

const STRETCH_DAYS = 64
const STRETCH_MS = STRETCH_DAYS * DAY_MS
// Two changes of the clocks that undo each other within this time would go unseen. The shortest pair that any zone has
// known since 1970 is Morocco's and Egypt's break for Ramadan, about thirty days.
const PROBE_MS = 8 * DAY_MS
const STRETCHES_KEPT_PER_ZONE = 256
const ZONES_KEPT = 1024
/** No zone has ever been further than this from UTC (Manila and Alaska before 1900: almost 16 hours). */
const FURTHEST_OFFSET_MS = 16 * HOUR_MS

/** From `startAt` up to the next span's start, the zone's wall clock shows UTC plus `offsetMs`. */
interface OffsetSpan {
  readonly startAt: number
  readonly endAt: number
  readonly offsetMs: number
}

const spansByZone = new Map<string, Map<number, readonly OffsetSpan[]>>()

function readOffset(timeZone: string, instant: number): number {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6
}

function readStretch(timeZone: string, stretch: number): readonly OffsetSpan[] {
  const stretchStartAt = stretch * STRETCH_MS
  const stretchEndAt = stretchStartAt + STRETCH_MS
  const spans: OffsetSpan[] = []
  let spanStartAt = stretchStartAt
  let offsetMs = readOffset(timeZone, stretchStartAt)
  for (let probedAt = stretchStartAt; probedAt < stretchEndAt; probedAt += PROBE_MS) {
    const next = probedAt + PROBE_MS
    const nextOffsetMs = readOffset(timeZone, next)
    let known = probedAt
    while (nextOffsetMs !== offsetMs) {
      // Clocks change on whole seconds. A second change between the two probes is found by going round again.
      let before = known
      let after = next
      while (after - before > 1000) {
        const middle = before + Math.floor((after - before) / 2000) * 1000
        if (readOffset(timeZone, middle) === offsetMs) before = middle
        else after = middle
      }
      if (after >= stretchEndAt) break
      spans.push({ startAt: spanStartAt, endAt: after, offsetMs })
      spanStartAt = after
      offsetMs = readOffset(timeZone, after)
      known = after
    }
  }
  spans.push({ startAt: spanStartAt, endAt: stretchEndAt, offsetMs })
  return spans
}

function stretchSpans(timeZone: string, stretch: number): readonly OffsetSpan[] {
  let stretches = spansByZone.get(timeZone)
  if (stretches === undefined) {
    // Callers may name any zone and any year; what they asked for must not stay in memory for ever.
    if (spansByZone.size >= ZONES_KEPT) spansByZone.clear()
    stretches = new Map()
    spansByZone.set(timeZone, stretches)
  }
  let spans = stretches.get(stretch)
  if (spans === undefined) {
    spans = readStretch(timeZone, stretch)
    if (stretches.size >= STRETCHES_KEPT_PER_ZONE) stretches.clear()
    stretches.set(stretch, spans)
  }
  return spans
}

/** The spans that cover `[from, to]`, in order. Neighbours may have the same offset. */
function spansBetween(timeZone: string, from: number, to: number): OffsetSpan[] {
  const last = Math.floor(to / STRETCH_MS)
  const all: OffsetSpan[] = []
  for (let stretch = Math.floor(from / STRETCH_MS); stretch <= last; stretch += 1) {
    for (const span of stretchSpans(timeZone, stretch)) {
      if (span.endAt > from && span.startAt <= to) all.push(span)
    }
  }
  return all
}

/**
 * How far a zone's clocks are from UTC at an instant, in milliseconds; east is positive.
 *
 * Whole minutes for every zone today; some had seconds before the 1970s.
 */
export function offsetMsAt(instant: number, timeZone: string): number {
  const spans = stretchSpans(timeZone, Math.floor(instant / STRETCH_MS))
  for (const span of spans) {
    if (instant < span.endAt) return span.offsetMs
  }
  throw new RangeError('an instant lies in the stretch that its number names')
}

/** How far a zone's clocks are from UTC at an instant, in minutes (rounded down); east is positive. */
export function offsetMinutesAt(instant: number, timeZone: string): number {
  return Math.floor(offsetMsAt(instant, timeZone) / MINUTE_MS)
}

/** Turns wall-clock times of one zone into instants, for many dates at once. */
export interface WallClock {
  /**
   * The instant at which the zone's clock first reaches a time of day, counted in minutes from midnight of a day. More
   * than 1440 minutes means the days after. See {@link instantOf} for times that do not exist, or exist twice.
   */
  instantOf(epochDay: number, minuteOfDay: number): number
}

/**
 * A zone's wall clock, read once for all dates from one day to another (both included, as {@link epochDayOf} counts
 * them; two days more on either side can be asked for too).
 */
export function wallClock(timeZone: string, firstEpochDay: number, lastEpochDay: number): WallClock {
  const spans = spansBetween(timeZone, (firstEpochDay - 3) * DAY_MS, (lastEpochDay + 4) * DAY_MS)
  return {
    instantOf(epochDay, minuteOfDay) {
      return firstReached(spans, epochDay * DAY_MS + minuteOfDay * MINUTE_MS)
    },
  }
}

/**
 * The first instant whose local time is at or past `wallMs` (a local time, written as if it were UTC). One rule for all
 * cases: an ordinary time is reached once; of two occurrences the first is reached first; one that a change of the
 * clocks skips is passed at the first instant after the gap.
 */
function firstReached(spans: readonly OffsetSpan[], wallMs: number): number {
  const earliest = wallMs - FURTHEST_OFFSET_MS
  for (const { startAt, endAt, offsetMs } of spans) {
    if (endAt <= earliest) continue
    const reached = wallMs - offsetMs
    if (reached < endAt) return Math.max(reached, startAt)
  }
  throw new RangeError('a wall-clock time outside the dates that its clock was made for')
}

/**
 * The moment that a date and a time of day mean in a zone, as an instant.
 *
 * A time that does not exist there because the clocks go forward means the first instant after the gap; one that exists
 * twice means its first occurrence (product.md §7). `24:00` is the `00:00` of the next date. Throws a RangeError on
 * anything that is not a date or a time of day: check input with {@link isCalendarDate} and {@link isWallTime} first.
 */
export function instantOf(date: string, time: string, timeZone: string): number {
  const epochDay = epochDayOf(date)
  return wallClock(timeZone, epochDay, epochDay).instantOf(epochDay, minuteOfDayOf(time))
}

/** The first instant of a date in a zone: midnight, or the first instant after the gap where there is no midnight. */
export function startOfDate(date: string, timeZone: string): number {
  return instantOf(date, '00:00', timeZone)
}

/** The date on the calendar in a zone at an instant. */
export function dateAt(instant: number, timeZone: string): string {
  return dateOfEpochDay(epochDayAt(instant, timeZone))
}

/** The date in a zone at an instant, as {@link epochDayOf} counts dates. */
export function epochDayAt(instant: number, timeZone: string): number {
  return Math.floor((instant + offsetMsAt(instant, timeZone)) / DAY_MS)
}

/** What a clock on the wall shows in a zone at an instant, `HH:MM`, seconds dropped. */
export function wallTimeAt(instant: number, timeZone: string): string {
  return wallTimeOf(minuteOfDayAt(instant, timeZone))
}

/** The minutes since midnight that a clock on the wall shows in a zone at an instant: 0 to 1439. */
export function minuteOfDayAt(instant: number, timeZone: string): number {
  const local = instant + offsetMsAt(instant, timeZone)
  return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS)
}

/** The day of the week of a date: 1 is Monday, 7 is Sunday. */
export function dayOfWeekOf(date: string): number {
  return dayOfWeekOfEpochDay(epochDayOf(date))
}

/** The day of the week of a date given as its day number: 1 is Monday, 7 is Sunday. */
export function dayOfWeekOfEpochDay(epochDay: number): number {
  // 1970-01-01, day 0, was a Thursday.
  return ((((epochDay + 3) % 7) + 7) % 7) + 1
}

/** The date some days later, or earlier when the number is negative. */
export function addDays(date: string, days: number): string {
  return dateOfEpochDay(epochDayOf(date) + days)
}

const DATE_SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/
const WALL_TIME_SHAPE = /^(\d{2}):(\d{2})$/

/** Something is a date on the calendar, `YYYY-MM-DD`, years 0001 to 9999; the 30th of February is not. */
export function isCalendarDate(text: string): boolean {
  const match = DATE_SHAPE.exec(text)
  if (match === null || match[1] === '0000') return false
  const midnight = Date.parse(`${text}T00:00:00Z`)
  // `Date.parse` turns the 30th of February into a March date: only a date that survives the way back is one.
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text)
}

/** Something is a time of day, `00:00` to `23:59`; `24:00` only where the end of a window or blackout is meant. */
export function isWallTime(text: string, { allow24 = false }: { allow24?: boolean } = {}): boolean {
  const match = WALL_TIME_SHAPE.exec(text)
  if (match === null) return false
  if (text === '24:00') return allow24
  return Number(match[1]) <= 23 && Number(match[2]) <= 59
}

/** A date as a number of days since 1970-01-01. Throws a RangeError on anything that is not a date. */
export function epochDayOf(date: string): number {
  if (!isCalendarDate(date)) throw new RangeError(`not a calendar date: ${JSON.stringify(date)}`)
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS
}

/** The date, `YYYY-MM-DD`, that {@link epochDayOf} made a number of. */
export function dateOfEpochDay(epochDay: number): string {
  return new Date(epochDay * DAY_MS).toISOString().slice(0, 10)
}

/** The minutes from midnight to a time of day; `24:00` is 1440. Throws a RangeError on anything else. */
export function minuteOfDayOf(time: string): number {
  if (!isWallTime(time, { allow24: true })) throw new RangeError(`not a time of day: ${JSON.stringify(time)}`)
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

/** A number of minutes from midnight as a time of day, `HH:MM`; 1440 is `24:00`. */
export function wallTimeOf(minuteOfDay: number): string {
  const hours = Math.floor(minuteOfDay / 60)
  return `${String(hours).padStart(2, '0')}:${String(minuteOfDay - hours * 60).padStart(2, '0')}`
}

const ZONE_NAME_SHAPE = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/

/**
 * Something names a time zone that we can keep time in: `Europe/Berlin`, `America/Argentina/Ushuaia`, `UTC`.
 *
 * Names of the IANA data base in its own spelling, older names such as `Asia/Calcutta` included, because browsers report
 * them. Refused: offsets (`+05:30`), which know no daylight saving; other letter cases; unknown names.
 */
export function isTimeZone(name: string): boolean {
  if (name.length > 64 || !ZONE_NAME_SHAPE.test(name)) return false
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId === name
  } catch {
    return false
  }
}
