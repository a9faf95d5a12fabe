import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import {
  type DisputeSnapshot,
  PaymentGatewayRefused,
  PaymentGatewayUnavailable,
} from '../../platform/payment-gateway/payment-gateway.ts'
import { recordToldDispute } from './record-dispute.ts'
import { findPayment, type PaymentRow } from './repository.ts'

/**
 * Brings the disputes over one payment to what the payment provider lists, so that one whose notices were lost is seen
 * here as well, and one that was decided is closed.
 *
 * The provider is asked first, outside any transaction; each dispute is then written as `recordDispute` writes it, so this
 * may be called any number of times. A payment that has captured nothing yet has none. Answers whether anything changed.
 * Throws {@link PaymentGatewayUnavailable} when the provider does not answer; then nothing has changed.
 */
export async function syncDisputesOfPayment(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateways'>,
  input: { scope: OrganizationScope; paymentId: string },
): Promise<boolean> {
  const { scope } = input
  const payment = await findPayment(deps.db, scope, input.paymentId)
  if (payment === null) throw new Error('There is no such payment.')
  let isNews = false
  for (const dispute of await listToldDisputes(deps, payment))
    if (await recordToldDispute(deps, { scope, payment, dispute })) isNews = true
  return isNews
}

async function listToldDisputes(
  deps: Pick<Deps, 'paymentGateways'>,
  payment: PaymentRow,
): Promise<readonly DisputeSnapshot[]> {
  const { organizationId, provider, providerPaymentId } = payment
  if (providerPaymentId === null) return []
  const gateway = await deps.paymentGateways.of(payment)
  if (gateway === null)
    throw new PaymentGatewayUnavailable(
      `The provider of this payment (${provider}) cannot be asked: its keys are not known here.`,
    )
  try {
    const listed = await gateway.listDisputes({ organizationId, paymentId: providerPaymentId })
    return listed.filter(({ paymentId }) => paymentId === providerPaymentId)
  } catch (error) {
    if (error instanceof PaymentGatewayRefused) return []
    throw error
  }
}
