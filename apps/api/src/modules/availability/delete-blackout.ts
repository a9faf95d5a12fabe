import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors/app-error.ts'
import { deleteBlackoutRow } from './repository.ts'

/** Removes one of the person's blackouts: the time is offered again where rules open it. Anybody else's is `not_found`. */
export async function deleteBlackout(
  deps: Pick<Deps, 'db'>,
  input: { userId: string; blackoutId: string },
): Promise<void> {
  if (!(await deleteBlackoutRow(deps.db, input.userId, input.blackoutId))) throw new AppError('not_found')
}
