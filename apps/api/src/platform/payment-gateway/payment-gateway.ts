import type { DisputeStatus } from '../../domain/dispute.ts'
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
  /** Why it failed, in words; null while it has not, or where the provider does not say. */
  failureReason: string | null
}

/** A customer's dispute with their bank over one captured payment, read at one moment. */
export interface DisputeSnapshot {
  id: string
  /** The provider's id of the captured payment. */
  paymentId: string | null
  amount: Money
  /** The provider's own word for what the bank says it is about. */
  reason: string
  status: DisputeStatus
  /** The bank only asks about the payment: no money is taken, and a refund settles it. It may become a dispute yet. */
  isInquiry: boolean
  /** Until when the organization can answer it at the provider; null when it cannot, or need not. */
  respondBy: Date | null
}

export interface RefundInput {
  organizationId: string
  /** Our own refund; the provider keeps it beside its own, so that {@link PaymentGateway.listRefunds} knows it again. */
  refundId: string
  /** `refund:<refundId>`; what failed for good and is tried anew gets a key of its own. */
  idempotencyKey: string
  paymentId: string
  amount: Money
  reason: string
}

/** A refund as the provider lists it, whoever asked for it. */
export interface ListedRefund extends RefundSnapshot {
  /** Our refund that it was made for, as {@link RefundInput.refundId} named it; null: made elsewhere, as in a dashboard. */
  refundId: string | null
}

/**
 * Money in and money back, whoever the provider is. Every method may throw {@link PaymentGatewayUnavailable}, after
 * which nothing is known: the caller repeats with the same key or asks again; or {@link PaymentGatewayRefused}.
 */
export interface PaymentGateway {
  readonly provider: 'stripe' | 'test_checkout'
  createCheckout(input: CheckoutInput): Promise<CheckoutSnapshot>
  /**
   * The checkout that was made under a key, as it stands now; null when there is none. For an attempt whose making was
   * begun at that instant and whose deadline is too near for the call to be repeated.
   */
  findCheckout(input: {
    organizationId: string
    idempotencyKey: string
    begunAt: Date
  }): Promise<CheckoutSnapshot | null>
  retrieveCheckout(input: { organizationId: string; checkoutId: string }): Promise<CheckoutSnapshot>
  /** Ends an open checkout so that it cannot be paid; answers with the truth afterwards, which may be `paid`. */
  expireCheckout(input: { organizationId: string; checkoutId: string }): Promise<CheckoutSnapshot>
  refund(input: RefundInput): Promise<RefundSnapshot>
  /** How a refund made before stands now; `refundId` is the provider's. */
  retrieveRefund(input: { organizationId: string; refundId: string }): Promise<RefundSnapshot>
  /** Every refund of one captured payment (the provider's id), in no order, also those that were not made from here. */
  listRefunds(input: { organizationId: string; paymentId: string }): Promise<ListedRefund[]>
  /** How a dispute stands now; `disputeId` is the provider's. */
  retrieveDispute(input: { organizationId: string; disputeId: string }): Promise<DisputeSnapshot>
  /** Every dispute over one captured payment (the provider's id), in no order, decided ones included. */
  listDisputes(input: { organizationId: string; paymentId: string }): Promise<DisputeSnapshot[]>
  /** The booking that a payment (the provider's id) was begun for, as the provider keeps it; null: not begun from here. */
  retrieveBookingId(input: { paymentId: string }): Promise<string | null>
}

/** Whose account a key opens. */
export interface AccountFacts {
  /** The provider's own id of the account; null when the key may not read it. */
  accountId: string | null
  /** What the account's owner calls it; null when the key may not read it. */
  name: string | null
  /** Whether real money moves. */
  isLive: boolean
}

/** The provider could not be reached, timed out or answered 5xx: what happened there is unknown. */
export class PaymentGatewayUnavailable extends Error {
  override readonly name: string = 'PaymentGatewayUnavailable'
}

/**
 * The provider does not take our key: it was revoked, rolled, or may not do this. Nothing is known, as when it is down, and
 * a repeat helps once somebody has mended the key.
 */
export class PaymentGatewayMisconfigured extends PaymentGatewayUnavailable {
  override readonly name: string = 'PaymentGatewayMisconfigured'
}

/**
 * The provider takes the key, but knows nothing of what it was asked about under it: that was made with another account's
 * key, or in the other mode. Nothing is known of it; it says nothing against the key.
 */
export class PaymentGatewayUnknownObject extends PaymentGatewayMisconfigured {
  override readonly name = 'PaymentGatewayUnknownObject'
}

/** The provider takes the key, but it may not do all that payments need. */
export class PaymentGatewayRightsMissing extends PaymentGatewayMisconfigured {
  override readonly name = 'PaymentGatewayRightsMissing'
  /** In the provider's own words for them. */
  readonly rights: readonly string[]

  constructor(message: string, rights: readonly string[]) {
    super(message)
    this.rights = rights
  }
}

/** The provider understood and said no (unknown id, key used otherwise, nothing left to refund): repeating cannot help. */
export class PaymentGatewayRefused extends Error {
  override readonly name = 'PaymentGatewayRefused'
}
