/** What one attempt to be paid has come to, in the words of the Payments page. */
export const PAYMENT_RECORD_STATUSES = [
  'open',
  'processing',
  'paid',
  'partially_refunded',
  'refunded',
  'failed',
  'expired',
] as const
export type PaymentRecordStatus = (typeof PAYMENT_RECORD_STATUSES)[number]

export const PAYMENT_RECORD_STATUS_LABELS: Readonly<Record<PaymentRecordStatus, string>> = {
  open: 'Awaiting the customer',
  processing: 'Processing',
  paid: 'Paid',
  partially_refunded: 'Partly refunded',
  refunded: 'Refunded',
  failed: 'Failed',
  expired: 'Not paid in time',
}

export const PAYMENT_PROVIDERS = ['stripe', 'test_checkout'] as const
export type PaymentProvider = (typeof PAYMENT_PROVIDERS)[number]

export const PAYMENT_PROVIDER_LABELS: Readonly<Record<PaymentProvider, string>> = {
  stripe: 'Stripe',
  test_checkout: 'Test checkout',
}

/** How a checkout stands, and what has gone back of its money. */
export interface PaymentRecord {
  readonly state: 'open' | 'processing' | 'paid' | 'failed' | 'expired'
  readonly amountMinor: number
  /** Refunds that the provider has carried out; one under way, or one that failed, has given nothing back yet. */
  readonly settledRefundsMinor: number
}

/**
 * One word for an attempt to be paid: how its checkout stands, and once it is paid, whether the money is still there.
 *
 * A refund that is under way leaves it paid: "Refunded" is said when the money has gone back, and not before. The list's
 * filter (views/payments.ts) says the same in SQL.
 */
export function paymentRecordStatus(record: PaymentRecord): PaymentRecordStatus {
  if (record.state !== 'paid' || record.settledRefundsMinor <= 0) return record.state
  return record.settledRefundsMinor >= record.amountMinor ? 'refunded' : 'partially_refunded'
}
