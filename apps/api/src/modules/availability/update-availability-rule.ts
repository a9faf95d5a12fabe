import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { availabilityRuleErrors } from '../../domain/availability-rule.ts'
import { AppError } from '../../errors/app-error.ts'
import type { NewAvailabilityRule } from './create-availability-rule.ts'
import { type AvailabilityRuleRow, findAvailabilityRuleForUpdate, updateAvailabilityRuleRow } from './repository.ts'

/**
 * Changes one of the person's weekly rules and keeps what is not sent. Booked sessions stay booked. Answers
 * the rule as it was before.
 *
 * Refuses `not_found` for anybody else's rule, `validation_failed` when the dates end up in the wrong order.
 */
export async function updateAvailabilityRule(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { userId: string; ruleId: string; changes: Partial<NewAvailabilityRule> },
): Promise<AvailabilityRuleRow> {
  const { userId, ruleId, changes } = input
  return inTransaction(deps.db, async (tx) => {
    const rule = await findAvailabilityRuleForUpdate(tx, userId, ruleId)
    if (rule === null) throw new AppError('not_found')
    const dates = {
      firstDate: changes.firstDate === undefined ? rule.firstDate : changes.firstDate,
      lastDate: changes.lastDate === undefined ? rule.lastDate : changes.lastDate,
    }
    const errors = availabilityRuleErrors(dates).map(({ pointer, message }) => ({ pointer, message: `${message}.` }))
    if (errors.length > 0) throw new AppError('validation_failed', { errors })
    await updateAvailabilityRuleRow(tx, userId, ruleId, {
      scheduleType: changes.scheduleType ?? rule.scheduleType,
      daysOfWeek: (changes.daysOfWeek ?? rule.daysOfWeek).toSorted((a, b) => a - b),
      startLocalTime: changes.startTime ?? rule.startLocalTime,
      endLocalTime: changes.endTime ?? rule.endLocalTime,
      durationsMinutes: (changes.durationsMinutes ?? rule.durationsMinutes).toSorted((a, b) => a - b),
      ...dates,
      updatedAt: deps.clock.now(),
    })
    return rule
  })
}
