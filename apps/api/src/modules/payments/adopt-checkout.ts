import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { CheckoutSnapshot } from '../../platform/payment-gateway/payment-gateway.ts'
import { lockBooking } from '../bookings/repository.ts'
import { findLatestAttempt, insertAttempt } from './checkout-attempts.ts'
import { lockPaymentsOfBooking } from './repository.ts'

/**
 * Writes down a paid checkout at Stripe that was not made from here, yet names this booking, as an attempt of it: the rule
 * of `syncPayment` then lets it count or sends it back, as every captured payment comes to an end (product.md §9). Harmless
 * when it is known already, or when its booking has gone.
 *
 * `processing` until payment truth has been asked: so nobody is sent to pay while it is not known what this money is for.
 */
export async function adoptCheckout(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; bookingId: string; integrationId: string | null; checkout: CheckoutSnapshot },
): Promise<void> {
  const { scope, bookingId, integrationId, checkout } = input
  await inTransaction(deps.db, async (tx) => {
    // Two who are told of it at once wait for each other here.
    if ((await lockBooking(tx, scope, bookingId)) === null) return
    const attempts = await lockPaymentsOfBooking(tx, scope, bookingId)
    if (attempts.some((one) => one.providerCheckoutId === checkout.id)) return
    const latest = await findLatestAttempt(tx, scope, bookingId)
    await insertAttempt(tx, scope, {
      id: deps.ids.next(),
      bookingId,
      provider: 'stripe',
      integrationId,
      attempt: (latest?.attempt ?? 0) + 1,
      idempotencyKey: `adopted:${checkout.id}`,
      state: 'processing',
      amountMinor: checkout.amount.amount,
      currency: checkout.amount.currency,
      expiresAt: checkout.expiresAt,
      providerCheckoutId: checkout.id,
      createdAt: deps.clock.now(),
    })
  })
}
