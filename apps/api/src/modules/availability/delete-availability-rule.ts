import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors/app-error.ts'
import { deleteAvailabilityRuleRow } from './repository.ts'

/** Removes one of the person's weekly rules; booked sessions stay booked. Anybody else's rule is `not_found`. */
export async function deleteAvailabilityRule(
  deps: Pick<Deps, 'db'>,
  input: { userId: string; ruleId: string },
): Promise<void> {
  if (!(await deleteAvailabilityRuleRow(deps.db, input.userId, input.ruleId))) throw new AppError('not_found')
}
