import { appendEvent } from '../../db/append-event.ts'
import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { BookingEndReason, CanceledBy } from '../../domain/booking.ts'
import type { Actor } from '../../domain/caller.ts'
import type { RefundPreview } from '../../domain/cancellation.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { RefundReason } from '../../domain/payment.ts'
import { type BookingRow, type SteppedBooking, stepBooking } from '../bookings/repository.ts'
import { lockMoneyOfBooking } from './counted-payment.ts'
import { requestRefund } from './request-refund.ts'

/**
 * Cancels a booking and sends money back for it, in one transaction: status, history, the refund's row, and the events
 * from which mails, the removal of calendar event and remote session, and the provider's refund follow.
 *
 * Call it with request and booking locked, and once no checkout of the booking can be paid any more. What `refund` says
 * is counted on the booking at once, so that two who cancel or refund at the same moment never pay back twice;
 * 0 sends nothing back. Null when the booking is no longer Pending Payment or Confirmed.
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
    /** How much goes back, and which rule says so. */
    refund: RefundPreview
    refundReason: RefundReason
    actor: Actor
    now: Date
  },
): Promise<SteppedBooking | null> {
  const { scope, booking, actor, now } = input
  const refundMinor = input.refund.refund.amount
  const refundId = refundMinor > 0 ? deps.ids.next() : null
  const ended = await stepBooking(tx, scope, {
    bookingId: booking.id,
    occasion: 'canceled',
    set: {
      holdExpiresAt: null,
      canceledAt: now,
      canceledBy: input.canceledBy,
      cancelReason: input.words ?? input.endReason,
      refundedMinor: booking.refundedMinor + refundMinor,
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
        refundId,
        refundDecidedBy: input.refund.rule,
      },
    },
  })
  if (refundId !== null) {
    const { counted } = await lockMoneyOfBooking(tx, scope, booking.id)
    if (counted === null) throw new Error('A booking that counts money as paid has the payment it came with.')
    await requestRefund(tx, deps, {
      scope,
      refundId,
      booking: ended,
      paymentId: counted.id,
      amountMinor: refundMinor,
      currency: booking.currency,
      reason: input.refundReason,
      actor,
      now,
    })
  }
  return ended
}
