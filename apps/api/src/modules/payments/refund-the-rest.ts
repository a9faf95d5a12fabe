import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { BOOKING_STATUSES } from '../../domain/booking.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { RefundReason } from '../../domain/payment.ts'
import { capturedMinorOf, isRefundMissing, refundedMinorOf } from '../../domain/refund.ts'
import { getBooking, recordOnBooking } from '../bookings/repository.ts'
import { isCountedRefund, lockMoneyOfBooking, returnedOf } from './counted-payment.ts'
import { refundFactsOf } from './refund-repository.ts'
import type { PaymentRow } from './repository.ts'
import { requestRefund } from './request-refund.ts'

/**
 * A refund was refused because a part of the money had gone back at the provider already: what is left of the payment is
 * refunded in its place. Nothing happens where all of it is back, or where as much as was wanted is left, so that something
 * else was wrong.
 *
 * Call it in the transaction of `settleRefunds`, whose locks on request and booking still hold.
 */
export async function refundTheRest(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: {
    scope: OrganizationScope
    refundId: string
    payment: Pick<PaymentRow, 'id' | 'bookingId' | 'amountMinor'>
    now: Date
  },
): Promise<void> {
  const { scope, payment, now } = input
  const money = await lockMoneyOfBooking(tx, scope, payment.bookingId)
  const refused = money.refunds.find((refund) => refund.id === input.refundId)
  if (refused === undefined) return
  const ofPayment = returnedOf(money, payment.id)
  if (!isRefundMissing(refundFactsOf(refused), ofPayment, payment)) return
  const capturedMinor = capturedMinorOf(payment, ofPayment)
  const leftMinor = capturedMinor - refundedMinorOf(capturedMinor, ofPayment)
  if (leftMinor <= 0 || leftMinor >= refused.amountMinor) return
  const booking = await getBooking(tx, scope, payment.bookingId)
  const actor = actorOf(SYSTEM)
  if (isCountedRefund(refused))
    await recordOnBooking(tx, scope, {
      bookingId: booking.id,
      statusIn: BOOKING_STATUSES,
      set: { refundedMinor: booking.refundedMinor + leftMinor },
      reason: 'refund_retried',
      actor,
      now,
      ids: deps.ids,
    })
  await requestRefund(tx, deps, {
    scope,
    booking,
    paymentId: payment.id,
    amountMinor: leftMinor,
    currency: refused.currency,
    reason: refused.reason as RefundReason,
    note: refused.note,
    retriesRefundId: refused.id,
    actor,
    now,
  })
}
