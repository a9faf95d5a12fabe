import { calendarDate, duration, wallTime, weekdayName } from '../../lib/dates.ts'
import type { AvailabilityRule, Blackout, ScheduleType } from './queries.ts'

/** The schedule types with what each fills in; none of it is a limit. */
export const SCHEDULE_TYPES: Record<
  ScheduleType,
  { label: string; daysOfWeek: number[]; startTime: string; endTime: string }
> = {
  weekday_daytime: { label: 'Weekday Daytime', daysOfWeek: [1, 2, 3, 4, 5], startTime: '09:00', endTime: '17:00' },
  weekday_evening: { label: 'Weekday Evening', daysOfWeek: [1, 2, 3, 4, 5], startTime: '17:00', endTime: '21:00' },
  weekend: { label: 'Weekend', daysOfWeek: [6, 7], startTime: '10:00', endTime: '16:00' },
  custom: { label: 'Custom', daysOfWeek: [], startTime: '09:00', endTime: '17:00' },
}

/** "Monday to Friday", "Monday, Wednesday": consecutive days run together from three on. */
export function daysWords(daysOfWeek: readonly number[]): string {
  const days = [...daysOfWeek].sort((a, b) => a - b)
  const runs: number[][] = []
  for (const dayOfWeek of days) {
    const run = runs.at(-1)
    if (run !== undefined && run.at(-1) === dayOfWeek - 1) run.push(dayOfWeek)
    else runs.push([dayOfWeek])
  }
  if (days.length === 7) return 'Every day'
  return runs
    .flatMap((run) => {
      const names = run.map((dayOfWeek) => weekdayName(dayOfWeek, 'long'))
      return run.length >= 3 ? [`${names[0]} to ${names.at(-1)}`] : names
    })
    .join(', ')
}

/** Whether a window ends on the day after it starts. */
export function endsNextDay({ startTime, endTime }: Pick<AvailabilityRule, 'startTime' | 'endTime'>): boolean {
  return endTime <= startTime
}

/** "9:00 AM to 5:00 PM". */
export function hoursWords(rule: Pick<AvailabilityRule, 'startTime' | 'endTime'>): string {
  return `${wallTime(rule.startTime)} to ${wallTime(rule.endTime)}${endsNextDay(rule) ? ', the next day' : ''}`
}

/** Which session lengths the window takes. */
export function lengthsWords(durationsMinutes: readonly number[]): string {
  return durationsMinutes.length === 0 ? 'All session lengths' : durationsMinutes.map(duration).join(', ')
}

/** From when to when a rule holds; empty when it always does. */
export function validityWords({ firstDate, lastDate }: Pick<AvailabilityRule, 'firstDate' | 'lastDate'>): string {
  if (firstDate !== null && lastDate !== null) return `${calendarDate(firstDate)} to ${calendarDate(lastDate)}`
  if (firstDate !== null) return `From ${calendarDate(firstDate)}`
  return lastDate === null ? '' : `Until ${calendarDate(lastDate)}`
}

/** "Tue, Nov 24, 2026" or "Tue, Nov 24, 2026, 9:00 AM to Wed, Nov 25, 2026, 1:00 PM". */
export function blackoutWords({ startDate, endDate, startTime, endTime }: Blackout): string {
  const from = startTime === null ? calendarDate(startDate) : `${calendarDate(startDate)}, ${wallTime(startTime)}`
  if (startDate === endDate) return endTime === null ? from : `${from} to ${wallTime(endTime)}`
  const to = endTime === null ? calendarDate(endDate) : `${calendarDate(endDate)}, ${wallTime(endTime)}`
  return `${from} to ${to}`
}
