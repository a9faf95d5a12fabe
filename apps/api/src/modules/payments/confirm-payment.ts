import type { Deps } from '../../deps.ts'
import { decideConfirmPayment } from '../../domain/booking.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import { isAlreadyHeld } from '../../domain/decision.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { confirmPaymentRefusal, type PaymentOutcome } from '../../domain/payment.ts'
import { AppError } from '../../errors/app-error.ts'
import { PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import { bookingStateOf, getBooking } from '../bookings/repository.ts'
import { listPaymentsOfBooking } from './repository.ts'
import { syncPayment } from './sync-payment.ts'

/**
 * Confirm Payment: asks the payment provider for every attempt to pay for this booking, checks amount, currency and
 * booking, and confirms it when the money is there.
 *
 * Pressed twice, by two people, or along with the provider's own notice, it confirms once and answers everyone the same.
 * Refuses `payment_not_completed` while the money is not there, `payment_mismatch` when it is not what was asked,
 * `payment_provider_unavailable` when nobody can say, `invalid_state` (with `currentStatus`) when the booking is over or
 * its money goes back, and `not_found` to other trainers. Never inside a transaction: it asks a vendor.
 */
export async function confirmPayment(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'config' | 'paymentGateways' | 'calendars'>,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string },
): Promise<void> {
  const { scope, caller, bookingId } = input
  if (await isConfirmed(deps, input)) return
  let refusal: 'payment_not_completed' | 'payment_mismatch' | 'invalid_state' = 'payment_not_completed'
  for (const payment of await listPaymentsOfBooking(deps.db, scope, bookingId)) {
    const refused = confirmPaymentRefusal(
      await asked(() => syncPayment(deps, { scope, paymentId: payment.id, confirmFor: actorOf(caller) })),
    )
    if (refused === null) return
    // An earlier attempt that was simply never paid says nothing about what became of the booking.
    if (refusal === 'payment_not_completed') refusal = refused
  }
  // Somebody else, or the provider's notice, may have confirmed it between our look and our question.
  if (await isConfirmed(deps, input)) return
  const { status } = await getBooking(deps.db, scope, bookingId)
  throw new AppError(refusal, refusal === 'invalid_state' ? { currentStatus: status } : {})
}

/** Whether there is nothing left to do; throws what the caller is refused. */
async function isConfirmed(
  deps: Pick<Deps, 'db'>,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string },
): Promise<boolean> {
  const booking = await getBooking(deps.db, input.scope, input.bookingId)
  const decision = decideConfirmPayment(input.caller, bookingStateOf(booking))
  if (!decision.allowed)
    throw new AppError(decision.reason, decision.reason === 'invalid_state' ? { currentStatus: booking.status } : {})
  return isAlreadyHeld(decision)
}

async function asked(ask: () => Promise<PaymentOutcome>): Promise<PaymentOutcome> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof PaymentGatewayUnavailable)
      throw new AppError('payment_provider_unavailable', { retryAfterSeconds: 10 }, { cause: error })
    throw error
  }
}
