import { appendEvent } from '../../db/append-event.ts'
import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { BookingEndReason, CanceledBy } from '../../domain/booking.ts'
import type { Actor } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isRefundOfBooking, type RefundReason } from '../../domain/payment.ts'
import { type BookingRow, type SteppedBooking, stepBooking } from '../bookings/repository.ts'
import { insertRefund, lockPaymentsOfBooking, lockRefundsOfBooking } from './repository.ts'

/**
 * Cancels a booking and sends money back for it, in one transaction: status, history, the refund's row, and the events
 * from which mails, the removal of calendar event and remote session, and the provider's refund follow.
 *
 * Call it with request and booking locked, and once no checkout of the booking can be paid any more. `refundMinor` is
 * counted on the booking at once, so that two who cancel or refund at the same moment never pay back twice; 0 sends
 * nothing back. Null when the booking is no longer Pending Payment or Confirmed.
 */
export async function endPaidBooking(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: {
    scope: OrganizationScope
    booking: BookingRow
    endReason: BookingEndReason
    /** What a person gave as the reason, in their words. */
    words: string | null
    canceledBy: CanceledBy
    refundMinor: number
    refundReason: RefundReason
    actor: Actor
    now: Date
  },
): Promise<SteppedBooking | null> {
  const { scope, booking, actor, now } = input
  const ended = await stepBooking(tx, scope, {
    bookingId: booking.id,
    occasion: 'canceled',
    set: {
      holdExpiresAt: null,
      canceledAt: now,
      canceledBy: input.canceledBy,
      cancelReason: input.words ?? input.endReason,
      refundedMinor: booking.refundedMinor + input.refundMinor,
    },
    reason: input.words ?? input.endReason,
    actor,
    now,
    ids: deps.ids,
  })
  if (ended === null) return null
  const about = { requestId: booking.trainingRequestId, bookingId: booking.id, status: ended.status }
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor,
    now,
    event: {
      name: 'booking_canceled',
      payload: {
        ...about,
        trainerId: booking.trainerUserId,
        previousStatus: ended.fromStatus,
        canceledBy: input.canceledBy,
        reason: input.endReason,
      },
    },
  })
  if (input.refundMinor > 0) {
    const refundId = deps.ids.next()
    await insertRefund(tx, scope, {
      id: refundId,
      bookingId: booking.id,
      paymentId: await paymentOfBooking(tx, scope, booking.id),
      amountMinor: input.refundMinor,
      currency: booking.currency,
      status: 'pending',
      reason: input.refundReason,
      createdAt: now,
    })
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor,
      now,
      event: { name: 'payment_refund_requested', payload: { ...about, refundId } },
    })
  }
  return ended
}

/** The attempt whose money the booking counts as paid. */
async function paymentOfBooking(tx: Tx, scope: OrganizationScope, bookingId: string): Promise<string> {
  const attempts = await lockPaymentsOfBooking(tx, scope, bookingId)
  const beside = (await lockRefundsOfBooking(tx, scope, bookingId)).filter(
    (refund) => !isRefundOfBooking(refund.reason as RefundReason),
  )
  const paid = attempts.find(
    (attempt) => attempt.state === 'paid' && !beside.some((refund) => refund.paymentId === attempt.id),
  )
  if (paid === undefined) throw new Error('A booking that counts money as paid has the payment it came with.')
  return paid.id
}
