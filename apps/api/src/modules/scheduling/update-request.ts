import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { decideChangeSessionType } from '../../domain/training-request.ts'
import { AppError } from '../../errors/app-error.ts'
import { changeSessionType, requestStateOf } from '../requests/repository.ts'
import { listSellableSessionTypeIds } from '../session-types/repository.ts'
import { expireOwnHold } from './expire-own-hold.ts'
import { lockRequestWithBooking } from './lock-request-with-booking.ts'

/**
 * Its trainer or an admin changes what is sold to the customer: the Session Type dropdown.
 *
 * Only a type that can be sold (active, in at least one length) may be chosen (`validation_failed` at `/sessionTypeId`). The one
 * it has already: nothing happens. Refuses `invalid_state` (with `currentStatus`) outside Claimed by Trainer, Customer
 * Scheduling and Expired, and `not_found` to other trainers.
 */
export async function updateRequest(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; caller: Caller; trainingRequestId: string; sessionTypeId: string },
): Promise<void> {
  const { scope, caller, trainingRequestId } = input
  const sessionTypeId = input.sessionTypeId.toLowerCase()
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    await expireOwnHold(tx, scope, { trainingRequestId, now, ids: deps.ids })
    const { trainingRequest, booking } = await lockRequestWithBooking(tx, scope, trainingRequestId)
    const decision = decideChangeSessionType(caller, requestStateOf(trainingRequest), booking, now)
    if (!decision.allowed)
      throw new AppError(
        decision.reason,
        decision.reason === 'invalid_state' ? { currentStatus: trainingRequest.status } : {},
      )
    if (trainingRequest.sessionTypeId === sessionTypeId) return
    if (!(await listSellableSessionTypeIds(tx, scope)).includes(sessionTypeId))
      throw new AppError('validation_failed', {
        errors: [
          {
            pointer: '/sessionTypeId',
            message:
              'Choose an active session type that can be booked: one of its lengths needs a price and must be the organization’s.',
          },
        ],
      })
    const changed = await changeSessionType(tx, scope, { trainingRequestId, sessionTypeId, now })
    if (changed === null) throw new AppError('invalid_state', { currentStatus: trainingRequest.status })
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(caller),
      now,
      event: {
        name: 'request_updated',
        payload: {
          requestId: trainingRequestId,
          bookingId: null,
          status: changed.status,
          trainerId: changed.claimedByUserId,
        },
      },
    })
  })
}
