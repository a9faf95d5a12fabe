import type { Deps } from '../../deps.ts'
import { AVAILABILITY_RULES_MAX, availabilityRuleErrors, type ScheduleType } from '../../domain/availability-rule.ts'
import { AppError } from '../../errors/app-error.ts'
import { countAvailabilityRules, insertAvailabilityRule } from './repository.ts'

/** A weekly window as its owner writes it down: wall-clock times in their own zone, lengths in minutes. */
export interface NewAvailabilityRule {
  scheduleType: ScheduleType
  /** 1 = Monday. */
  daysOfWeek: number[]
  startTime: string
  /** At or before the start: on the next day. */
  endTime: string
  /** Empty: every length. */
  durationsMinutes?: number[]
  firstDate?: string | null
  lastDate?: string | null
}

/**
 * Opens a weekly window for the person, in every organization. Answers its id.
 *
 * Refuses `validation_failed` for dates in the wrong order and beyond {@link AVAILABILITY_RULES_MAX} rules. Two rules may
 * touch, overlap and be the same: a time is offered once.
 */
export async function createAvailabilityRule(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { userId: string; rule: NewAvailabilityRule },
): Promise<string> {
  const { userId, rule } = input
  const dates = { firstDate: rule.firstDate ?? null, lastDate: rule.lastDate ?? null }
  const errors = availabilityRuleErrors(dates).map(({ pointer, message }) => ({ pointer, message: `${message}.` }))
  if (errors.length > 0) throw new AppError('validation_failed', { errors })
  // Two at once may pass by one; the limit only keeps the number sane.
  if ((await countAvailabilityRules(deps.db, userId)) >= AVAILABILITY_RULES_MAX) {
    const message = `There are ${AVAILABILITY_RULES_MAX} rules already. Remove one first.`
    throw new AppError('validation_failed', { detail: message, errors: [{ pointer: '', message }] })
  }
  const now = deps.clock.now()
  const id = deps.ids.next()
  await insertAvailabilityRule(deps.db, {
    id,
    userId,
    scheduleType: rule.scheduleType,
    daysOfWeek: rule.daysOfWeek.toSorted((a, b) => a - b),
    startLocalTime: rule.startTime,
    endLocalTime: rule.endTime,
    durationsMinutes: (rule.durationsMinutes ?? []).toSorted((a, b) => a - b),
    ...dates,
    createdAt: now,
    updatedAt: now,
  })
  return id
}
