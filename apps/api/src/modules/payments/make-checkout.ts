import type { Deps } from '../../deps.ts'
import { canCheckoutBeMade } from '../../domain/hold.ts'
import { money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import {
  type CheckoutSnapshot,
  type PaymentGateway,
  PaymentGatewayRefused,
} from '../../platform/payment-gateway/payment-gateway.ts'
import { findBookingLinkSecret } from '../bookings/insert-booking-token.ts'
import type { BookingRow } from '../bookings/repository.ts'
import { findTrainingRequest } from '../requests/repository.ts'
import { giveUpAttempt, storeCheckout } from './checkout-attempts.ts'
import type { PaymentRow } from './repository.ts'

/**
 * Makes the provider's checkout of a stored attempt, or finds it made, and stores what it is called. Null when there is
 * none: the provider refuses it for good, or its deadline is too near for it to be made (`canCheckoutBeMade`,
 * domain/hold.ts) and no earlier call has made it; then the next try is an attempt of its own. Of an attempt that was given
 * up meanwhile the address is answered to nobody. Throws `PaymentGatewayUnavailable`; a repeat sends the very same call
 * under the same key.
 */
export async function makeCheckout(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets' | 'config'>,
  gateway: PaymentGateway,
  scope: OrganizationScope,
  { attempt, booking }: { attempt: PaymentRow; booking: BookingRow },
): Promise<CheckoutSnapshot | null> {
  const snapshot = canCheckoutBeMade(attempt.expiresAt, deps.clock.now())
    ? await create(deps, gateway, scope, { attempt, booking })
    : await gateway.findCheckout({
        organizationId: scope.organizationId,
        idempotencyKey: attempt.idempotencyKey,
        begunAt: attempt.createdAt,
      })
  if (snapshot === null) {
    await giveUpAttempt(deps.db, scope, attempt.id, { state: 'failed', now: deps.clock.now() })
    return null
  }
  const state = await storeCheckout(deps.db, scope, attempt.id, snapshot)
  // A twin of this call was sooner and has said what there is to say.
  const isGivenUp = state !== null && state !== 'open'
  return isGivenUp ? { ...snapshot, url: null } : snapshot
}

/** Null: the provider refuses it for good. */
async function create(
  deps: Pick<Deps, 'db' | 'secrets' | 'config'>,
  gateway: PaymentGateway,
  scope: OrganizationScope,
  { attempt, booking }: { attempt: PaymentRow; booking: BookingRow },
): Promise<CheckoutSnapshot | null> {
  const trainingRequest = await findTrainingRequest(deps.db, scope, booking.trainingRequestId)
  const returnSecret = await findBookingLinkSecret(deps.db, deps, scope, {
    bookingId: booking.id,
    purpose: 'checkout_return',
  })
  if (trainingRequest === null || returnSecret === null)
    throw new Error('A held booking has its request and its return link.')
  try {
    return await gateway.createCheckout({
      organizationId: scope.organizationId,
      bookingId: booking.id,
      idempotencyKey: attempt.idempotencyKey,
      amount: money(attempt.amountMinor, attempt.currency),
      // Only what never changes: under one key the provider takes no other words.
      description: `${booking.durationMinutes}-minute session, ${trainingRequest.reference}`,
      customerEmail: trainingRequest.customerEmail,
      expiresAt: attempt.expiresAt,
      returnUrl: `${deps.config.appUrl}/book/return/${returnSecret}`,
    })
  } catch (error) {
    if (error instanceof PaymentGatewayRefused) return null
    throw error
  }
}
