import { appendEvent } from '../../db/append-event.ts'
import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { Actor } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { RefundReason } from '../../domain/payment.ts'
import type { BookingRow } from '../bookings/repository.ts'
import { insertRefund } from './refund-repository.ts'

/**
 * Writes down that money of a payment is to go back, with the event that makes a job of it; answers the refund's id.
 *
 * Call it under the locks of booking, payments and refunds. What the booking counts as refunded is the caller's to raise
 * in the same transaction, so that nobody pays the same money back twice.
 */
export async function requestRefund(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: {
    scope: OrganizationScope
    /** The refund's id, where something else names it already. */
    refundId?: string
    booking: Pick<BookingRow, 'id' | 'trainingRequestId' | 'status'>
    paymentId: string
    amountMinor: number
    currency: string
    reason: RefundReason
    /** What an admin wrote; the customer reads it. */
    note?: string | null
    /** The failed refund in whose place this one is made. */
    retriesRefundId?: string | null
    actor: Actor
    now: Date
  },
): Promise<string> {
  const { scope, booking, now } = input
  const refundId = input.refundId ?? deps.ids.next()
  await insertRefund(tx, scope, {
    id: refundId,
    bookingId: booking.id,
    paymentId: input.paymentId,
    amountMinor: input.amountMinor,
    currency: input.currency,
    status: 'pending',
    reason: input.reason,
    note: input.note ?? null,
    retriesRefundId: input.retriesRefundId ?? null,
    createdAt: now,
  })
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor: input.actor,
    now,
    event: {
      name: 'payment_refund_requested',
      payload: {
        requestId: booking.trainingRequestId,
        bookingId: booking.id,
        status: booking.status,
        refundId,
      },
    },
  })
  return refundId
}
