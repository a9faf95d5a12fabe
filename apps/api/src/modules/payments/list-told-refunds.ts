import type { Deps } from '../../deps.ts'
import { PaymentGatewayRefused, PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import type { PaymentRow } from './repository.ts'
import type { ToldRefund } from './settle-refunds.ts'

/**
 * Every refund of a payment that its provider knows of, ours and others'. None of a payment that has captured nothing yet.
 * Throws {@link PaymentGatewayUnavailable} when the provider does not answer.
 */
export async function listToldRefunds(deps: Pick<Deps, 'paymentGateways'>, payment: PaymentRow): Promise<ToldRefund[]> {
  if (payment.providerPaymentId === null) return []
  const gateway = await deps.paymentGateways.of(payment)
  if (gateway === null)
    throw new PaymentGatewayUnavailable(
      `The provider of this payment (${payment.provider}) cannot be asked: its keys are not known here.`,
    )
  try {
    const listed = await gateway.listRefunds({
      organizationId: payment.organizationId,
      paymentId: payment.providerPaymentId,
    })
    return listed.map((refund) => ({
      refundId: refund.refundId,
      providerRefundId: refund.id,
      status: refund.status,
      amount: refund.amount,
      problem: refund.failureReason,
    }))
  } catch (error) {
    if (error instanceof PaymentGatewayRefused) return []
    throw error
  }
}
