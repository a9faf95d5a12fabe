import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { BOOKING_STATUSES } from '../../domain/booking.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import { isAlreadyHeld } from '../../domain/decision.ts'
import { money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { RefundReason } from '../../domain/payment.ts'
import { capturedMinorOf, decideRetryRefund, refundedMinorOf } from '../../domain/refund.ts'
import { AppError } from '../../errors/app-error.ts'
import { getBooking, lockBooking, recordOnBooking } from '../bookings/repository.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { isCountedRefund, lockMoneyOfBooking, returnedOf } from './counted-payment.ts'
import { refundFactsOf } from './refund-repository.ts'
import { requestRefund } from './request-refund.ts'

/**
 * An admin has a failed refund made again: another one takes its place, for the same money and the same reason, and the
 * failed one stays in the list as what happened.
 *
 * Pressed twice it is made once (`refunds_retried_once`). Refuses `invalid_state` for one that has not failed,
 * `refund_exceeds_paid` (with what is left) when so much is no longer left of its payment, `org_admin_required` to the
 * booking's trainer, `not_found` to others and for a refund that the booking does not have.
 */
export async function retryRefund(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string; refundId: string },
): Promise<void> {
  const { scope, caller, bookingId, refundId } = input
  const { trainingRequestId } = await getBooking(deps.db, scope, bookingId)
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    await lockTrainingRequest(tx, scope, trainingRequestId)
    const booking = await lockBooking(tx, scope, bookingId)
    if (booking === null) throw new AppError('not_found')
    const all = await lockMoneyOfBooking(tx, scope, bookingId)
    const { attempts, refunds } = all
    const failed = refunds.find((refund) => refund.id === refundId)
    const payment = attempts.find((attempt) => attempt.id === failed?.paymentId)
    if (failed === undefined || payment === undefined) throw new AppError('not_found')
    const ofPayment = returnedOf(all, payment.id)
    const decision = decideRetryRefund(
      caller,
      { trainerId: booking.trainerUserId },
      refundFactsOf(failed),
      ofPayment,
      payment,
    )
    if (!decision.allowed) {
      if (decision.reason === 'invalid_state') throw new AppError('invalid_state', { currentStatus: failed.status })
      if (decision.reason !== 'refund_exceeds_paid') throw new AppError(decision.reason)
      const capturedMinor = capturedMinorOf(payment, ofPayment)
      const left = capturedMinor - refundedMinorOf(capturedMinor, ofPayment)
      throw new AppError('refund_exceeds_paid', { refundable: money(left, failed.currency) })
    }
    if (isAlreadyHeld(decision)) return
    const actor = actorOf(caller)
    await recordOnBooking(tx, scope, {
      bookingId,
      statusIn: BOOKING_STATUSES,
      set: isCountedRefund(failed) ? { refundedMinor: booking.refundedMinor + failed.amountMinor } : {},
      reason: 'refund_retried',
      actor,
      now,
      ids: deps.ids,
    })
    await requestRefund(tx, deps, {
      scope,
      booking,
      paymentId: payment.id,
      amountMinor: failed.amountMinor,
      currency: failed.currency,
      reason: failed.reason as RefundReason,
      note: failed.note,
      retriesRefundId: failed.id,
      actor,
      now,
    })
  })
}
