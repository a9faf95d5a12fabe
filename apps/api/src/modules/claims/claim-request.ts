import type { Deps } from '../../deps.ts'
import { actorOf, type Caller, type UserCaller } from '../../domain/caller.ts'
import { decideClaim } from '../../domain/claim.ts'
import { isAlreadyHeld } from '../../domain/decision.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { findMember } from '../organizations/repository.ts'
import { findTrainingRequest, requestStateOf } from '../requests/repository.ts'
import { claimUnclaimed } from './claim-statement.ts'

/** How often a claim is tried where the row says that it is free and the statement found it taken a moment before. */
const TRIES = 3

/**
 * A trainer takes the request; of many at once, one gets it.
 *
 * The guarded statement decides and this function only explains: where it took nothing, the request is read again and
 * `decideClaim` names the refusal. Whoever holds it already is told yes, and nothing happens. An API key names the
 * trainer it claims for; a person claims for themself only (`validation_failed` at `/trainerId`).
 */
export async function claimRequest(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; caller: Caller; trainingRequestId: string; trainerId?: string | undefined },
): Promise<void> {
  const { scope, caller, trainingRequestId } = input
  const trainerUserId = claimantOf(caller, input.trainerId?.toLowerCase())
  const now = deps.clock.now()
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const isTaken =
      trainerUserId !== null &&
      (await claimUnclaimed(deps.db, scope, {
        trainingRequestId,
        trainerUserId,
        actor: actorOf(caller),
        historyId: deps.ids.next(),
        eventId: deps.ids.next(),
        now,
      }))
    if (isTaken) return
    const trainingRequest = await findTrainingRequest(deps.db, scope, trainingRequestId)
    if (trainingRequest === null) throw new AppError('not_found')
    const claimant: UserCaller | null =
      caller.kind === 'api_key' && trainerUserId !== null ? await findMember(deps.db, scope, trainerUserId) : null
    const decision = decideClaim(caller, requestStateOf(trainingRequest), claimant)
    if (isAlreadyHeld(decision)) return
    if (!decision.allowed)
      throw new AppError(
        decision.reason,
        decision.reason === 'invalid_state' ? { currentStatus: trainingRequest.status } : {},
      )
    // It has become free between the two statements: released, or given back its skills. Try once more.
  }
  throw new AppError('service_unavailable', { retryAfterSeconds: 1 })
}

function claimantOf(caller: Caller, trainerId: string | undefined): string | null {
  if (caller.kind === 'api_key') return trainerId ?? null
  if (caller.kind !== 'user') return null
  if (trainerId !== undefined && trainerId !== caller.userId)
    throw new AppError('validation_failed', {
      errors: [{ pointer: '/trainerId', message: 'Leave it out: you claim for yourself. Admins assign instead.' }],
    })
  return caller.userId
}
