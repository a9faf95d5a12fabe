import { addDays, dateKey, minutesOfDay, wallTime, weekdayOf } from '../../lib/dates.ts'
import type { AvailabilityRule, Blackout } from './queries.ts'

/** A block on one day of the week grid, in minutes since midnight on the wall; `end` is at most 1440. */
export type DayBlock = { key: string; kind: 'open' | 'blackout' | 'booked'; start: number; end: number; label: string }

const DAY = 1440

/** "9:00 AM – 5:00 PM". */
function hoursLabel({ startTime, endTime }: AvailabilityRule): string {
  return `${wallTime(startTime)} – ${wallTime(endTime)}`
}

function minutes(time: string): number {
  const [hours = '0', rest = '0'] = time.split(':')
  return Number(hours) * 60 + Number(rest)
}

/** The Monday of the week that holds a date. */
export function mondayOf(date: string): string {
  return addDays(date, 1 - weekdayOf(date))
}

function isInForce(rule: AvailabilityRule, date: string): boolean {
  return (
    rule.daysOfWeek.includes(weekdayOf(date)) &&
    (rule.firstDate === null || rule.firstDate <= date) &&
    (rule.lastDate === null || rule.lastDate >= date)
  )
}

/**
 * What stands on a date of the grid: open windows, times off, sessions. A picture of the wall clock, nothing is decided by
 * it; windows that run past midnight show their rest on the next day.
 */
export function blocksOf(
  date: string,
  rules: readonly AvailabilityRule[],
  blackouts: readonly Blackout[],
  sessions: readonly { id: string; start: string; end: string; label: string }[],
  timeZone: string,
): DayBlock[] {
  const blocks: DayBlock[] = []
  for (const rule of rules) {
    const start = minutes(rule.startTime)
    const end = minutes(rule.endTime)
    const label = hoursLabel(rule)
    if (isInForce(rule, date)) {
      blocks.push({ key: `${rule.id}-today`, kind: 'open', start, end: end <= start ? DAY : end, label })
    }
    if (end <= start && end > 0 && isInForce(rule, addDays(date, -1))) {
      blocks.push({ key: `${rule.id}-yesterday`, kind: 'open', start: 0, end, label })
    }
  }
  for (const blackout of blackouts) {
    if (date < blackout.startDate || date > blackout.endDate) continue
    const start = date === blackout.startDate && blackout.startTime !== null ? minutes(blackout.startTime) : 0
    const end = date === blackout.endDate && blackout.endTime !== null ? minutes(blackout.endTime) : DAY
    if (end > start)
      blocks.push({ key: blackout.id, kind: 'blackout', start, end, label: blackout.reason ?? 'Time off' })
  }
  for (const session of sessions) {
    const first = dateKey(session.start, timeZone)
    const last = dateKey(session.end, timeZone)
    if (date < first || date > last) continue
    const start = date === first ? minutesOfDay(session.start, timeZone) : 0
    const end = date === last ? minutesOfDay(session.end, timeZone) : DAY
    if (end > start) blocks.push({ key: session.id, kind: 'booked', start, end, label: session.label })
  }
  return blocks
}

/** The hours a grid has to show: whole hours around every block, at least 8:00 to 18:00. */
export function hoursShown(blocks: readonly DayBlock[]): { first: number; last: number } {
  const timed = blocks.filter(({ kind, start, end }) => kind !== 'blackout' || end - start < DAY)
  return {
    first: Math.min(8, ...timed.map(({ start }) => Math.floor(start / 60))),
    last: Math.max(18, ...timed.map(({ end }) => Math.ceil(end / 60))),
  }
}
