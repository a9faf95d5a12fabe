import type { Money } from '../../domain/money.ts'

/**
 * What the payment provider says about one checkout, read at one moment. This is the only form in which payment truth
 * enters the product (product.md §9): never a redirect, never the copy inside a webhook.
 */
export interface CheckoutSnapshot {
  /** The provider's own id of the checkout (`cs_…` at Stripe). */
  id: string
  /** Where the customer pays; null once the checkout is no longer open. */
  url: string | null
  status: 'open' | 'complete' | 'expired'
  /** `processing`: the customer is done, the money is under way (delayed methods). */
  paymentStatus: 'unpaid' | 'processing' | 'paid' | 'failed'
  amount: Money
  /** The booking this checkout was made for, as the provider stored it. */
  bookingId: string
  /** The provider's id of the captured payment, needed to refund it; null until there is one. */
  paymentId: string | null
  expiresAt: Date
}

export interface CheckoutInput {
  organizationId: string
  bookingId: string
  /** `checkout:<bookingId>:<attempt>`; repeating a call under one key gives the same checkout, never a second one. */
  idempotencyKey: string
  amount: Money
  /** What the customer reads on the provider's page. */
  description: string
  customerEmail: string
  /** The hold's one deadline; stored with the attempt, so a repeated call sends the same instant. */
  expiresAt: Date
  /** Where the provider sends the browser afterwards, paid or not. Proves nothing. */
  returnUrl: string
}

export interface RefundSnapshot {
  id: string
  status: 'pending' | 'succeeded' | 'failed'
  amount: Money
}

export interface RefundInput {
  organizationId: string
  /** `refund:<refundId>`. */
  idempotencyKey: string
  paymentId: string
  amount: Money
  reason: string
}

/**
 * Money in and money back, whoever the provider is. Every method may throw {@link PaymentGatewayUnavailable}, after
 * which nothing is known: the caller repeats with the same key or asks again; or {@link PaymentGatewayRefused}.
 */
export interface PaymentGateway {
  readonly provider: 'stripe' | 'test_checkout'
  createCheckout(input: CheckoutInput): Promise<CheckoutSnapshot>
  retrieveCheckout(input: { organizationId: string; checkoutId: string }): Promise<CheckoutSnapshot>
  /** Ends an open checkout so that it cannot be paid; answers with the truth afterwards, which may be `paid`. */
  expireCheckout(input: { organizationId: string; checkoutId: string }): Promise<CheckoutSnapshot>
  refund(input: RefundInput): Promise<RefundSnapshot>
  /** How a refund made before stands now; `refundId` is the provider's. */
  retrieveRefund(input: { organizationId: string; refundId: string }): Promise<RefundSnapshot>
}

/** The provider could not be reached, timed out or answered 5xx: what happened there is unknown. */
export class PaymentGatewayUnavailable extends Error {
  override readonly name = 'PaymentGatewayUnavailable'
}

/** The provider understood and said no (unknown id, key used otherwise, nothing left to refund): repeating cannot help. */
export class PaymentGatewayRefused extends Error {
  override readonly name = 'PaymentGatewayRefused'
}
