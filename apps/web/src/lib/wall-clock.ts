/**
 * Arithmetic of the clock on the wall, for the schedule's screens: no text is made here (see dates.ts) and nothing is
 * decided by it.
 */
import { dateKey, minutesOfDay } from './dates.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** How far a zone's wall clock is ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const wall = Date.parse(`${dateKey(instant, timeZone)}T00:00:00Z`) + minutesOfDay(instant, timeZone) * MINUTE
  return wall - Math.floor(instant / MINUTE) * MINUTE
}

/**
 * The instant at which a zone's wall clock shows so many minutes since midnight of a date. A time that the clock skips is
 * the first instant after the gap; one that it shows twice is the first of both, as for weekly hours.
 */
export function instantOf(date: string, minutes: number, timeZone: string): number {
  const wall = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE
  const before = offsetAt(wall - DAY, timeZone)
  const after = offsetAt(wall + DAY, timeZone)
  for (const instant of [wall - Math.max(before, after), wall - Math.min(before, after)]) {
    if (instant + offsetAt(instant, timeZone) === wall) return instant
  }
  // In the gap: the clock jumps somewhere between the two readings.
  let last = wall - after
  let first = wall - before
  while (first - last > MINUTE) {
    const middle = last + Math.floor((first - last) / 2 / MINUTE) * MINUTE
    if (offsetAt(middle, timeZone) === before) last = middle
    else first = middle
  }
  return first
}

/** The wall-clock time `HH:MM` of so many minutes since midnight; 1440 is "24:00". */
export function wallTimeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** Minutes since midnight of a wall-clock time `HH:MM`. */
export function minutesOf(time: string): number {
  const [hours = '0', rest = '0'] = time.split(':')
  return Number(hours) * 60 + Number(rest)
}

/** The first day of the month so many months after that of a date; negative goes back. */
export function addMonths(date: string, months: number): string {
  const first = new Date(`${date.slice(0, 7)}-01T00:00:00Z`)
  first.setUTCMonth(first.getUTCMonth() + months)
  return first.toISOString().slice(0, 10)
}
