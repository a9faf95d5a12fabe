import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { findBooking } from '../bookings/repository.ts'
import { accountOfAttempt, askProvider } from './ask-provider.ts'
import { giveUpAttempt, listPayable } from './checkout-attempts.ts'
import { makeCheckout } from './make-checkout.ts'

/**
 * Makes sure that a booking's checkouts can no longer be paid, before the reservation is given up: `closed`. Or finds that
 * the customer has paid or is paying at this moment, and closes nothing more: `paid`; the money is then judged by payment
 * truth as ever.
 *
 * Asks the provider first and writes after (product.md §9); never call it inside a transaction. An attempt whose making
 * was interrupted is made to an end first, so that no unknown checkout is left behind. Refuses
 * `payment_provider_unavailable`.
 */
export async function closeCheckouts(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets' | 'paymentGateways' | 'config'>,
  input: { scope: OrganizationScope; bookingId: string },
): Promise<'closed' | 'paid'> {
  const { scope, bookingId } = input
  const attempts = await listPayable(deps.db, scope, bookingId)
  if (attempts.length === 0) return 'closed'
  const booking = await findBooking(deps.db, scope, bookingId)
  if (booking === null) throw new AppError('not_found')
  for (const attempt of attempts) {
    const gateway = await accountOfAttempt(deps, attempt)
    const checkoutId =
      attempt.providerCheckoutId ??
      (await askProvider(() => makeCheckout(deps, gateway, scope, { attempt, booking })))?.id
    if (checkoutId === undefined) continue
    const snapshot = await askProvider(() =>
      gateway.expireCheckout({ organizationId: scope.organizationId, checkoutId }),
    )
    if (snapshot === null) throw new AppError('payment_provider_unavailable')
    if (snapshot.paymentStatus === 'paid' || snapshot.paymentStatus === 'processing') return 'paid'
    await giveUpAttempt(deps.db, scope, attempt.id, { state: 'expired', now: deps.clock.now() })
  }
  return 'closed'
}
