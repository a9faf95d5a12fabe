import type { FieldError } from './decision.ts'

export const SCHEDULE_TYPES = ['weekday_daytime', 'weekday_evening', 'weekend', 'custom'] as const
export type ScheduleType = (typeof SCHEDULE_TYPES)[number]

export const SCHEDULE_TYPE_LABELS: Readonly<Record<ScheduleType, string>> = {
  weekday_daytime: 'Weekday Daytime',
  weekday_evening: 'Weekday Evening',
  weekend: 'Weekend',
  custom: 'Custom',
}

/** 1 = Monday … 7 = Sunday, as ISO 8601 counts them. */
export const DAYS_OF_WEEK = [1, 2, 3, 4, 5, 6, 7] as const
export type DayOfWeek = (typeof DAYS_OF_WEEK)[number]

export const DAY_OF_WEEK_LABELS: Readonly<Record<DayOfWeek, string>> = {
  1: 'Monday',
  2: 'Tuesday',
  3: 'Wednesday',
  4: 'Thursday',
  5: 'Friday',
  6: 'Saturday',
  7: 'Sunday',
}

/** What each schedule type fills in at first; it is a start, never a check (shapes.md). */
export const SCHEDULE_TYPE_PREFILLS: Readonly<
  Record<
    ScheduleType,
    { readonly daysOfWeek: readonly DayOfWeek[]; readonly startTime: string; readonly endTime: string }
  >
> = {
  weekday_daytime: { daysOfWeek: [1, 2, 3, 4, 5], startTime: '09:00', endTime: '17:00' },
  weekday_evening: { daysOfWeek: [1, 2, 3, 4, 5], startTime: '17:00', endTime: '21:00' },
  weekend: { daysOfWeek: [6, 7], startTime: '10:00', endTime: '16:00' },
  custom: { daysOfWeek: [1], startTime: '09:00', endTime: '17:00' },
}

/** A wall-clock time of day, 00:00 to 23:59. */
export const LOCAL_TIME_PATTERN = '^([01][0-9]|2[0-3]):[0-5][0-9]$'
/** The same, or 24:00, the end of the day. */
export const LOCAL_END_TIME_PATTERN = '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'

/** More weekly windows than anybody has; beyond it the slot search would be asked to do somebody's mischief. */
export const AVAILABILITY_RULES_MAX = 100

/**
 * What is wrong with a weekly rule that fits its schema, field by field, in words that say what to do; empty when it may
 * be saved. Start and end may be any two times: an end at or before the start is on the next day.
 */
export function availabilityRuleErrors(rule: {
  readonly firstDate: string | null
  readonly lastDate: string | null
}): FieldError[] {
  return rule.firstDate !== null && rule.lastDate !== null && rule.lastDate < rule.firstDate
    ? [{ pointer: '/lastDate', message: 'Choose a last date that is not before the first' }]
    : []
}
