import { appendEvent } from '../../db/append-event.ts'
import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { type BookingRow, stepBooking } from '../bookings/repository.ts'
import { endSchedulingToken } from '../requests/end-scheduling-token.ts'
import { stepTrainingRequest, type TrainingRequestRow } from '../requests/repository.ts'

/** What stands in the histories, and on the booking as the reason. */
const REASON = 'The payment was refunded at the payment provider.'

/**
 * A paid reservation whose money the organization has sent back at the payment provider ends, and its request with it: as
 * if it had been canceled here, which would have paid everything back as well (product.md §12). The time is free again and
 * both sides are told, by the events.
 *
 * Call it with request and booking locked, the booking's money already written down.
 */
export async function endRefundedBooking(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: {
    scope: OrganizationScope
    trainingRequest: TrainingRequestRow
    booking: BookingRow
    /** The refund with which all of it has gone back. */
    refundId: string
    now: Date
  },
): Promise<void> {
  const { scope, trainingRequest, booking, now } = input
  const actor = actorOf(SYSTEM)
  const step = { actor, reason: REASON, now, ids: deps.ids }
  const ended = await stepBooking(tx, scope, {
    ...step,
    bookingId: booking.id,
    occasion: 'canceled',
    set: { holdExpiresAt: null, canceledAt: now, canceledBy: 'organization', cancelReason: REASON },
  })
  const stepped = await stepTrainingRequest(tx, scope, {
    ...step,
    trainingRequestId: trainingRequest.id,
    occasion: 'booking_canceled',
  })
  if (ended === null || stepped === null)
    throw new Error('A reservation that is paid can be canceled with its request.')
  await endSchedulingToken(tx, scope, { trainingRequestId: trainingRequest.id, reason: 'revoked', now })
  const about = { requestId: trainingRequest.id, bookingId: booking.id }
  const event = { organizationId: scope.organizationId, actor, now }
  await appendEvent(tx, deps, {
    ...event,
    event: {
      name: 'booking_canceled',
      payload: {
        ...about,
        status: ended.status,
        trainerId: booking.trainerUserId,
        previousStatus: ended.fromStatus,
        canceledBy: 'organization',
        reason: 'canceled_by_organization',
        refundId: input.refundId,
        refundDecidedBy: 'refunded_at_provider',
      },
    },
  })
  await appendEvent(tx, deps, {
    ...event,
    event: {
      name: 'request_canceled',
      payload: {
        ...about,
        status: stepped.status,
        trainerId: stepped.claimedByUserId,
        previousStatus: stepped.fromStatus,
      },
    },
  })
}
