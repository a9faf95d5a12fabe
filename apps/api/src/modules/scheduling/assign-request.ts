import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, type Caller, isTrainer } from '../../domain/caller.ts'
import { isAlreadyHeld } from '../../domain/decision.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { decideAssign, decideAssignee } from '../../domain/training-request.ts'
import { AppError } from '../../errors/app-error.ts'
import { findMember } from '../organizations/repository.ts'
import { endSchedulingToken } from '../requests/end-scheduling-token.ts'
import { requestStateOf, stepTrainingRequest } from '../requests/repository.ts'
import { expireOwnHold } from './expire-own-hold.ts'
import { lockRequestWithBooking } from './lock-request-with-booking.ts'

/**
 * An admin gives a request to a trainer of their choice, whether somebody has it or not.
 *
 * Any active trainer will do, skills or not. The next trainer starts at Claimed by Trainer, without a link: the old one
 * stops working in the same transaction. Who has it already: nothing happens. Refuses `validation_failed` at
 * `/trainerId`, `invalid_state` (with `currentStatus`) while a session is booked or being paid and once it is over,
 * `org_admin_required` to its own trainer and `not_found` to others.
 */
export async function assignRequest(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: {
    scope: OrganizationScope
    caller: Caller
    trainingRequestId: string
    trainerId: string
    reason?: string | undefined
  },
): Promise<void> {
  const { scope, caller, trainingRequestId } = input
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    await expireOwnHold(tx, scope, { trainingRequestId, now, ids: deps.ids })
    const { trainingRequest, booking } = await lockRequestWithBooking(tx, scope, trainingRequestId)
    const state = requestStateOf(trainingRequest)
    const decision = decideAssign(caller, state, booking, now)
    if (!decision.allowed)
      throw new AppError(
        decision.reason,
        decision.reason === 'invalid_state' ? { currentStatus: trainingRequest.status } : {},
      )
    const member = await findMember(tx, scope, input.trainerId.toLowerCase())
    const target = member && { userId: member.userId, isActiveTrainer: isTrainer(member) }
    const assignee = decideAssignee(target, state)
    if (!assignee.allowed || target === null)
      throw new AppError('validation_failed', {
        errors: [{ pointer: '/trainerId', message: 'Choose an active trainer of this organization.' }],
      })
    if (isAlreadyHeld(assignee)) return
    const actor = actorOf(caller)
    const stepped = await stepTrainingRequest(tx, scope, {
      trainingRequestId,
      occasion: 'assigned',
      set: { claimedByUserId: target.userId, claimedAt: now },
      actor,
      reason: input.reason ?? null,
      now,
      ids: deps.ids,
    })
    if (stepped === null) throw new AppError('invalid_state', { currentStatus: trainingRequest.status })
    await endSchedulingToken(tx, scope, { trainingRequestId, reason: 'revoked', now })
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor,
      now,
      event: {
        name: 'request_assigned',
        payload: {
          requestId: trainingRequestId,
          bookingId: null,
          status: stepped.status,
          trainerId: target.userId,
          previousTrainerId: trainingRequest.claimedByUserId,
        },
      },
    })
  })
}
