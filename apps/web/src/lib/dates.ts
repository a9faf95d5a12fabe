/**
 * The only place where a date becomes text. Every function takes the zone it shall speak for; none uses the browser's
 * own, which is asked for once, by name, in `detectedTimeZone`.
 */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** An instant as the API writes it, or one already at hand. */
export type Instant = string | number | Date

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a formatter costs fifty times using it, so each is made once. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${JSON.stringify(options)}`
  let made = formats.get(key)
  if (made === undefined) {
    made = new Intl.DateTimeFormat(locale, options)
    formats.set(key, made)
  }
  return made
}

function parts(instant: Instant, locale: string, options: Intl.DateTimeFormatOptions): Record<string, string> {
  const found: Record<string, string> = {}
  for (const part of format(locale, options).formatToParts(new Date(instant))) found[part.type] = part.value
  return found
}

/** Milliseconds since 1970 of an instant. */
export function epochMillis(instant: Instant): number {
  return new Date(instant).getTime()
}

/** The calendar date of an instant in a zone, `YYYY-MM-DD`. */
export function dateKey(instant: Instant, timeZone: string): string {
  const {
    year = '',
    month = '',
    day = '',
  } = parts(instant, 'en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  // While a year is typed into a date field, it is 2, 20 and 202 on its way to 2026.
  return `${year.padStart(4, '0')}-${month}-${day}`
}

/** The date so many days after a calendar date; negative goes back. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)
}

/** Day of the week of a calendar date, Monday = 1 to Sunday = 7. */
export function weekdayOf(date: string): number {
  return ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1
}

/** Minutes since local midnight of an instant in a zone, 0 to 1439. */
export function minutesOfDay(instant: Instant, timeZone: string): number {
  const { hour = '0', minute = '0' } = parts(instant, 'en-US', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return Number(hour) * 60 + Number(minute)
}

/** The short name of a zone at an instant: "CST", "GMT+5:45". */
export function zoneAbbreviation(timeZone: string, at: Instant, locale = 'en-US'): string {
  return parts(at, locale, { timeZone, timeZoneName: 'short' }).timeZoneName ?? timeZone
}

/** A zone named for a person: "Chicago, CST". */
export function zoneName(timeZone: string, at: Instant = Date.now(), locale = 'en-US'): string {
  if (timeZone === 'UTC') return 'UTC'
  const city = (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')
  return `${city}, ${zoneAbbreviation(timeZone, at, locale)}`
}

function clock(instant: Instant, timeZone: string, locale: string): { text: string; period: string } {
  const {
    hour = '',
    minute = '',
    dayPeriod = '',
  } = parts(instant, locale, {
    timeZone,
    hour: 'numeric',
    minute: '2-digit',
  })
  return { text: `${hour}:${minute}`, period: dayPeriod }
}

/** "10:30 AM", without the zone: only where the zone stands beside it. */
export function bareTime(instant: Instant, timeZone: string, locale = 'en-US'): string {
  const { text, period } = clock(instant, timeZone, locale)
  return period === '' ? text : `${text} ${period}`
}

/** "10:30 AM CST". */
export function timeOfDay(instant: Instant, timeZone: string, locale = 'en-US'): string {
  return `${bareTime(instant, timeZone, locale)} ${zoneAbbreviation(timeZone, instant, locale)}`
}

/** "Tue, Nov 24", with the year when it is not the year of `now`. */
export function day(instant: Instant, timeZone: string, now: Instant = Date.now(), locale = 'en-US'): string {
  const sameYear = dateKey(instant, timeZone).slice(0, 4) === dateKey(now, timeZone).slice(0, 4)
  return format(locale, {
    timeZone,
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(new Date(instant))
}

/** "Tuesday, November 24", for headings and screen readers. */
export function longDay(instant: Instant, timeZone: string, locale = 'en-US'): string {
  return format(locale, { timeZone, weekday: 'long', month: 'long', day: 'numeric' }).format(new Date(instant))
}

/** "Today", "Tomorrow", "Yesterday", else "Tue, Nov 24". */
export function dayHeading(instant: Instant, timeZone: string, now: Instant = Date.now(), locale = 'en-US'): string {
  const key = dateKey(instant, timeZone)
  const today = dateKey(now, timeZone)
  if (key === today) return 'Today'
  if (key === addDays(today, 1)) return 'Tomorrow'
  if (key === addDays(today, -1)) return 'Yesterday'
  return day(instant, timeZone, now, locale)
}

/** "Tue, Nov 24 · 10:30 AM CST". */
export function dateAndTime(instant: Instant, timeZone: string, now: Instant = Date.now(), locale = 'en-US'): string {
  return `${day(instant, timeZone, now, locale)} · ${timeOfDay(instant, timeZone, locale)}`
}

/** "10:30–11:30 AM CST"; both ends carry AM or PM when they differ, and both zones when the clock changes between. */
export function timeRange(start: Instant, end: Instant, timeZone: string, locale = 'en-US'): string {
  const from = clock(start, timeZone, locale)
  const to = clock(end, timeZone, locale)
  const fromZone = zoneAbbreviation(timeZone, start, locale)
  const toZone = zoneAbbreviation(timeZone, end, locale)
  const first = from.period === to.period && fromZone === toZone ? from.text : bareTime(start, timeZone, locale)
  const zoned = fromZone === toZone ? first : `${first} ${fromZone}`
  return `${zoned}–${bareTime(end, timeZone, locale)} ${toZone}`
}

/** "Tue, Nov 24 · 10:30–11:30 AM CST". */
export function dateAndTimeRange(
  start: Instant,
  end: Instant,
  timeZone: string,
  now: Instant = Date.now(),
  locale = 'en-US',
): string {
  return `${day(start, timeZone, now, locale)} · ${timeRange(start, end, timeZone, locale)}`
}

/** "Tue, Nov 24, 2026" of a calendar date, which has no zone. */
export function calendarDate(date: string, locale = 'en-US'): string {
  return format(locale, { timeZone: 'UTC', weekday: 'short', month: 'short', day: 'numeric', year: 'numeric' }).format(
    new Date(`${date}T00:00:00Z`),
  )
}

/** "9:00 AM" of a wall-clock time `HH:MM`; "24:00" is "midnight", the end of the day. */
export function wallTime(time: string, locale = 'en-US'): string {
  if (time === '24:00') return 'midnight'
  return format(locale, { timeZone: 'UTC', hour: 'numeric', minute: '2-digit' })
    .format(new Date(`1970-01-01T${time}:00Z`))
    .replaceAll('\u202f', ' ')
}

/** Weekday names, Monday first: "Mon" or "Monday". */
export function weekdayName(dayOfWeek: number, width: 'short' | 'long', locale = 'en-US'): string {
  // 5 January 1970 was a Monday.
  return format(locale, { timeZone: 'UTC', weekday: width }).format(new Date((3 + dayOfWeek) * DAY))
}

/** "Tuesday, November 24" of a calendar date, which has no zone. */
export function longDate(date: string, locale = 'en-US'): string {
  return longDay(Date.parse(`${date}T00:00:00Z`), 'UTC', locale)
}

/** "November", the month of a calendar date. */
export function monthName(date: string, locale = 'en-US'): string {
  return format(locale, { timeZone: 'UTC', month: 'long' }).format(new Date(`${date}T00:00:00Z`))
}

/** "45 min", "1 h", "1 h 30 min". */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return `${rest} min`
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
}

/**
 * How far an instant is from now: "in 2 h", "3 days ago", "just now". To the nearest whole unit, so that a link made a
 * moment ago for seven days has seven days; between one hour and two the minutes are said too, where half an hour counts.
 */
export function relativeTime(instant: Instant, now: Instant = Date.now()): string {
  const distance = epochMillis(instant) - epochMillis(now)
  const size = Math.abs(distance)
  if (size < MINUTE) return distance > 0 ? 'in less than a minute' : 'just now'
  const text = roundedLength(size)
  return distance > 0 ? `in ${text}` : `${text} ago`
}

function roundedLength(size: number): string {
  const minutes = Math.round(size / MINUTE)
  if (minutes < 120) return duration(minutes)
  const hours = Math.round(size / HOUR)
  if (hours < 24) return `${hours} h`
  const days = Math.round(size / DAY)
  return days === 1 ? '1 day' : `${days} days`
}

/** A running clock towards a deadline: "4:09", "1:02:33"; "0:00" once it has come. */
export function countdown(deadline: Instant, now: Instant): string {
  const seconds = Math.max(0, Math.ceil((epochMillis(deadline) - epochMillis(now)) / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** The zone this browser runs in, by its IANA name; "UTC" when it will not say. */
export function detectedTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

/** Every zone this browser knows, UTC first. */
export function timeZones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
}

/** The offset of a zone at an instant: "UTC−06:00". */
export function utcOffset(timeZone: string, at: Instant = Date.now()): string {
  const name = parts(at, 'en-US', { timeZone, timeZoneName: 'longOffset' }).timeZoneName ?? 'GMT'
  return name === 'GMT' ? 'UTC+00:00' : name.replace('GMT', 'UTC').replace('-', '−')
}
