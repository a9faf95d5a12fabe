import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import type { PaymentGateway } from '../../platform/payment-gateway/payment-gateway.ts'
import { findPaymentOfCheckout } from './repository.ts'
import { syncPayment } from './sync-payment.ts'

/**
 * The payment provider says that something happened to a checkout. What, is not taken from its words: the product asks
 * (`syncPayment`), so notices may come in any order and any number of times.
 *
 * A checkout that belongs to no payment of ours is nobody's news and is passed over. Throws when the provider cannot be
 * asked now, so that it tells again.
 */
export async function receiveCheckoutNotice(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'config' | 'paymentGateways' | 'calendars' | 'jobs'>,
  input: { provider: PaymentGateway['provider']; checkoutId: string },
): Promise<void> {
  const payment = await findPaymentOfCheckout(deps.db, input)
  if (payment === null) return
  await syncPayment(deps, { scope: scopeOfRow(payment), paymentId: payment.id, confirmFor: null })
  deps.jobs.wake()
}
