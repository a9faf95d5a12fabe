import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { decideRelease, releaseOccasion } from '../../domain/training-request.ts'
import { AppError } from '../../errors/app-error.ts'
import { endSchedulingToken } from '../requests/end-scheduling-token.ts'
import { requestStateOf, stepTrainingRequest } from '../requests/repository.ts'
import { expireOwnHold } from './expire-own-hold.ts'
import { lockRequestWithBooking } from './lock-request-with-booking.ts'

/**
 * Its trainer gives a request back, or an admin takes it back: from then on every eligible trainer may claim it.
 *
 * The scheduling link stops working in the same transaction; the session type stays. Refuses `invalid_state` (with
 * `currentStatus`) while nobody holds it, while a session is booked or being paid, and once it is over; `not_found` to
 * other trainers.
 */
export async function releaseRequest(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; caller: Caller; trainingRequestId: string; reason?: string | undefined },
): Promise<void> {
  const { scope, caller, trainingRequestId } = input
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    await expireOwnHold(tx, scope, { trainingRequestId, now, ids: deps.ids })
    const { trainingRequest, booking } = await lockRequestWithBooking(tx, scope, trainingRequestId)
    const decision = decideRelease(caller, requestStateOf(trainingRequest), booking, now)
    if (!decision.allowed)
      throw new AppError(
        decision.reason,
        decision.reason === 'invalid_state' ? { currentStatus: trainingRequest.status } : {},
      )
    const occasion = releaseOccasion(caller, trainingRequest.claimedByUserId)
    const actor = actorOf(caller)
    const stepped = await stepTrainingRequest(tx, scope, {
      trainingRequestId,
      occasion,
      set: { claimedByUserId: null, claimedAt: null },
      actor,
      reason: input.reason ?? null,
      now,
      ids: deps.ids,
    })
    if (stepped === null || trainingRequest.claimedByUserId === null)
      throw new AppError('invalid_state', { currentStatus: trainingRequest.status })
    await endSchedulingToken(tx, scope, { trainingRequestId, reason: 'revoked', now })
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor,
      now,
      event: {
        name: 'request_released',
        payload: {
          requestId: trainingRequestId,
          bookingId: null,
          status: stepped.status,
          occasion,
          previousTrainerId: trainingRequest.claimedByUserId,
        },
      },
    })
  })
}
