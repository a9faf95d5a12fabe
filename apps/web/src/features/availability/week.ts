import { addDays, dateKey, minutesOfDay, wallTime, weekdayOf } from '../../lib/dates.ts'
import { minutesOf, wallTimeOf } from '../../lib/wall-clock.ts'
import type { AvailabilityRule, Blackout } from './queries.ts'

/** A block on one day of the week grid, in minutes since midnight on the wall; `end` is at most 1440. */
export type DayBlock = { key: string; start: number; end: number; label: string } & (
  | {
      kind: 'open'
      rule: AvailabilityRule
      /** Which edges of the window stand on this day: a night has its start on one day and its end on the next. */
      edges: readonly Edge[]
    }
  | { kind: 'blackout' }
  | { kind: 'booked'; bookingId: string; organizationSlug: string }
)

/** The two ends of a window. */
export type Edge = 'start' | 'end'

/** A session as the grid shows it. */
export type GridSession = { id: string; organizationSlug: string; start: string; end: string; label: string }

/** Hours on the wall, as a rule holds them. */
export type Hours = Pick<AvailabilityRule, 'startTime' | 'endTime'>

/** What dragging and the Earlier and Later buttons step by, in minutes. */
export const STEP = 15

const DAY = 1440

/** "9:00 AM – 5:00 PM". */
function hoursLabel({ startTime, endTime }: AvailabilityRule): string {
  return `${wallTime(startTime)} – ${wallTime(endTime)}`
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
  sessions: readonly GridSession[],
  timeZone: string,
): DayBlock[] {
  const blocks: DayBlock[] = []
  for (const rule of rules) {
    const start = minutesOf(rule.startTime)
    const end = minutesOf(rule.endTime)
    const label = hoursLabel(rule)
    if (isInForce(rule, date)) {
      const edges: Edge[] = isOvernight(rule) ? ['start'] : ['start', 'end']
      blocks.push({ key: `${rule.id}-today`, kind: 'open', start, end: end <= start ? DAY : end, label, rule, edges })
    }
    if (end <= start && end > 0 && isInForce(rule, addDays(date, -1))) {
      blocks.push({ key: `${rule.id}-yesterday`, kind: 'open', start: 0, end, label, rule, edges: ['end'] })
    }
  }
  for (const blackout of blackouts) {
    if (date < blackout.startDate || date > blackout.endDate) continue
    const start = date === blackout.startDate && blackout.startTime !== null ? minutesOf(blackout.startTime) : 0
    const end = date === blackout.endDate && blackout.endTime !== null ? minutesOf(blackout.endTime) : DAY
    if (end > start)
      blocks.push({ key: blackout.id, kind: 'blackout', start, end, label: blackout.reason ?? 'Time off' })
  }
  for (const session of sessions) {
    const first = dateKey(session.start, timeZone)
    const last = dateKey(session.end, timeZone)
    if (date < first || date > last) continue
    const start = date === first ? minutesOfDay(session.start, timeZone) : 0
    const end = date === last ? minutesOfDay(session.end, timeZone) : DAY
    if (end > start) {
      const { id: bookingId, organizationSlug, label } = session
      blocks.push({ key: bookingId, kind: 'booked', start, end, label, bookingId, organizationSlug })
    }
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

/** Whether a window runs on past midnight and ends on the day after it starts. */
export function isOvernight({ startTime, endTime }: Hours): boolean {
  return endTime <= startTime && minutesOf(endTime) > 0
}

/** The hours that a drag from one minute to another marks: at least one step, whole steps, within the day. */
export function markedHours(from: number, to: number): { start: number; end: number } {
  const start = Math.min(Math.floor(Math.min(from, to) / STEP) * STEP, DAY - STEP)
  const end = Math.ceil(Math.max(from, to) / STEP) * STEP
  return { start: Math.max(0, start), end: Math.min(DAY, Math.max(end, start + STEP)) }
}

/**
 * A rule's hours with one edge moved to a minute of the day on which that edge stands. The window keeps at least one step
 * and never turns from a day into a night or back: that is what the form is for.
 */
export function movedEdge(rule: Hours, edge: Edge, minute: number): Hours {
  const start = edgeMinute(rule, 'start')
  const end = edgeMinute(rule, 'end')
  const isNight = isOvernight(rule)
  const snapped = Math.round(minute / STEP) * STEP
  if (edge === 'start') {
    const [lowest, highest] = isNight ? [end, DAY - STEP] : [0, end - STEP]
    return { startTime: wallTimeOf(Math.min(Math.max(snapped, lowest), highest)), endTime: rule.endTime }
  }
  const [lowest, highest] = isNight ? [STEP, start] : [start + STEP, DAY]
  return { startTime: rule.startTime, endTime: wallTimeOf(Math.min(Math.max(snapped, lowest), highest)) }
}

/** The minute at which an edge stands on its day; a window until midnight ends at 1440. */
export function edgeMinute(rule: Hours, edge: Edge): number {
  const minute = minutesOf(edge === 'start' ? rule.startTime : rule.endTime)
  return edge === 'end' && minute === 0 ? DAY : minute
}

/** The same one step on or back, for the buttons. */
export function steppedEdge(rule: Hours, edge: Edge, steps: number): Hours {
  return movedEdge(rule, edge, edgeMinute(rule, edge) + steps * STEP)
}

/** What stands at a minute of a day, as a screen reader says it; "Closed" when nothing does. */
export function blockWords(blocks: readonly DayBlock[], from: number, until: number): string {
  const here = blocks.filter(({ start, end }) => start < until && end > from)
  const words = here.map((block) =>
    block.kind === 'open'
      ? `Open ${block.label}`
      : block.kind === 'booked'
        ? `Session with ${block.label}`
        : block.label === 'Time off'
          ? 'Blackout'
          : `Blackout: ${block.label}`,
  )
  return words.length === 0 ? 'Closed' : words.join(', ')
}
