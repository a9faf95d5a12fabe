import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors/app-error.ts'
import {
  type PaymentGateway,
  PaymentGatewayRefused,
  PaymentGatewayUnavailable,
} from '../../platform/payment-gateway/payment-gateway.ts'
import type { PaymentOrigin } from '../../platform/payment-gateway/payment-gateways.ts'

/** Asks the payment provider in the course of a command. Null: it refused for good. Refuses `payment_provider_unavailable`. */
export async function askProvider<Answer>(call: () => Promise<Answer | null>): Promise<Answer | null> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof PaymentGatewayRefused) return null
    if (error instanceof PaymentGatewayUnavailable)
      throw new AppError('payment_provider_unavailable', {}, { cause: error })
    throw error
  }
}

/** The account in which an attempt to be paid was begun. Refuses `payment_provider_unavailable` when its keys are unknown now. */
export async function accountOfAttempt(
  deps: Pick<Deps, 'paymentGateways'>,
  attempt: PaymentOrigin,
): Promise<PaymentGateway> {
  const gateway = await askProvider(() => deps.paymentGateways.of(attempt))
  if (gateway === null) throw new AppError('payment_provider_unavailable')
  return gateway
}
