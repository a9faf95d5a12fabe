import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { BOOKING_STATUSES, paymentStatusAfterRefund } from '../../domain/booking.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import { money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isRefundOfBooking, REFUND_REASON_LABELS, type RefundReason } from '../../domain/payment.ts'
import {
  PaymentGatewayRefused,
  PaymentGatewayUnavailable,
  type RefundSnapshot,
} from '../../platform/payment-gateway/payment-gateway.ts'
import { type BookingChange, type BookingRow, lockBooking, recordOnBooking } from '../bookings/repository.ts'
import { findRefund, lockRefundsOfBooking, type PaymentRow, type RefundRow, updateRefund } from './repository.ts'

type RefundDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateway'>

/** What is known of a refund after asking: the provider's answer, or that it refused for good, and why. */
type RefundTruth = Pick<RefundSnapshot, 'status'> & { id: string | null; error: string | null }

/**
 * Brings one refund to what the payment provider says: makes it under `refund:<id>` when that has not happened yet, else
 * asks how it stands; then writes, in one transaction, what became of it.
 *
 * The booking counts money on its way back as refunded from the start (so that nobody refunds it twice); a refund that
 * fails gives it back to the booking, and one that arrives changes the payment status. Safe to repeat, also at the same
 * moment. Answers whether anything changed. Throws {@link PaymentGatewayUnavailable} when the provider does not answer.
 */
export async function syncRefund(
  deps: RefundDeps,
  input: { scope: OrganizationScope; refundId: string },
): Promise<boolean> {
  const { scope, refundId } = input
  const found = await findRefund(deps.db, scope, refundId)
  if (found === null || found.refund.status === 'failed') return false
  const truth = await askProvider(deps, found.refund, found.payment)
  return recordRefundTruth(deps, { scope, refund: found.refund, truth })
}

async function askProvider(deps: RefundDeps, refund: RefundRow, payment: PaymentRow): Promise<RefundTruth> {
  const gateway = deps.paymentGateway
  if (gateway === null || gateway.provider !== payment.provider)
    throw new PaymentGatewayUnavailable(`The provider of this payment (${payment.provider}) is not configured.`)
  const { organizationId } = refund
  try {
    const snapshot =
      refund.providerRefundId === null
        ? await gateway.refund({
            organizationId,
            idempotencyKey: `refund:${refund.id}`,
            paymentId: payment.providerPaymentId ?? '',
            amount: money(refund.amountMinor, refund.currency),
            reason: REFUND_REASON_LABELS[refund.reason as RefundReason],
          })
        : await gateway.retrieveRefund({ organizationId, refundId: refund.providerRefundId })
    return { id: snapshot.id, status: snapshot.status, error: null }
  } catch (error) {
    if (!(error instanceof PaymentGatewayRefused)) throw error
    // A refund that exists and cannot be read any more stands as it stood; one that was never made has failed.
    return refund.providerRefundId === null
      ? { id: null, status: 'failed', error: error.message.slice(0, 500) }
      : { id: refund.providerRefundId, status: refund.status, error: null }
  }
}

async function recordRefundTruth(
  deps: RefundDeps,
  input: { scope: OrganizationScope; refund: RefundRow; truth: RefundTruth },
): Promise<boolean> {
  const { scope, truth } = input
  const now = deps.clock.now()
  return inTransaction(deps.db, async (tx) => {
    const booking = await lockBooking(tx, scope, input.refund.bookingId)
    const refunds = await lockRefundsOfBooking(tx, scope, input.refund.bookingId)
    const refund = refunds.find((one) => one.id === input.refund.id)
    if (booking === null || refund === undefined) throw new Error('A refund has its booking.')
    // Failed is final here: a person decides what follows. A succeeded one can still fail at the bank.
    const isNews = refund.status !== 'failed' && refund.status !== truth.status
    await updateRefund(tx, scope, refund.id, {
      syncedAt: now,
      ...(truth.id === null ? {} : { providerRefundId: truth.id }),
      ...(isNews ? { status: truth.status, settledAt: now, lastError: truth.error } : {}),
    })
    if (!isNews || truth.status === 'pending') return false
    const after = refunds.map((one) => (one.id === refund.id ? { ...one, status: truth.status } : one))
    const change = moneyOnBooking(booking, refund, after)
    if (change !== null)
      await recordOnBooking(tx, scope, {
        bookingId: booking.id,
        statusIn: BOOKING_STATUSES,
        set: change,
        reason: truth.status === 'failed' ? 'refund_failed' : 'refund_succeeded',
        actor: actorOf(SYSTEM),
        now,
        ids: deps.ids,
      })
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(SYSTEM),
      now,
      event: {
        name: 'refund_changed',
        payload: {
          requestId: booking.trainingRequestId,
          bookingId: booking.id,
          status: booking.status,
          refundId: refund.id,
          refundStatus: truth.status,
        },
      },
    })
    return true
  })
}

/** What the booking counts after its refunds stand like this; null when the refund was of money beside the booking. */
function moneyOnBooking(
  booking: BookingRow,
  changed: RefundRow,
  after: readonly RefundRow[],
): Pick<BookingChange, 'paymentStatus' | 'refundedMinor'> | null {
  const isOfBooking = (refund: RefundRow) => isRefundOfBooking(refund.reason as RefundReason)
  if (!isOfBooking(changed)) return null
  const sum = (statuses: readonly RefundRow['status'][]) =>
    after
      .filter((refund) => isOfBooking(refund) && statuses.includes(refund.status))
      .reduce((total, refund) => total + refund.amountMinor, 0)
  return {
    refundedMinor: sum(['pending', 'succeeded']),
    paymentStatus: paymentStatusAfterRefund(booking.paidMinor, sum(['succeeded'])),
  }
}
