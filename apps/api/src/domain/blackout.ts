import type { TimeOff } from './availability.ts'
import type { FieldError } from './decision.ts'

/** More stretches of time off than anybody needs; beyond it the slot search would be asked to do somebody's mischief. */
export const BLACKOUTS_MAX = 1000

/**
 * What is wrong with a stretch of time off that fits its schema, field by field, in words that say what to do; empty when
 * it may be saved. Dates are inclusive; both times or neither; on one and the same date the end comes after the start.
 */
export function blackoutErrors({ startDate, endDate, startTime, endTime }: TimeOff): FieldError[] {
  const errors: FieldError[] = []
  if (endDate < startDate)
    errors.push({ pointer: '/endDate', message: 'Choose a last date that is not before the first' })
  if ((startTime === null) !== (endTime === null)) {
    const pointer = startTime === null ? '/startTime' : '/endTime'
    errors.push({ pointer, message: 'Give both times, or neither for whole days' })
  }
  if (startTime !== null && endTime !== null && startDate === endDate && endTime <= startTime) {
    errors.push({ pointer: '/endTime', message: 'Choose an end that is after the start' })
  }
  return errors
}
