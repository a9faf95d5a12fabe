import { type Caller, decideAdminister } from './caller.ts'
import { ALLOWED, ALREADY_HOLDS, type Decision, type RepeatableDecision, refused } from './decision.ts'
import { isSameMoney, type Money, roundToChargeable } from './money.ts'
import type { RefundStatus } from './payment.ts'

/** A refund that the provider has not taken on for so long is shown to a person, though it goes on being tried. */
export const REFUND_STUCK_AFTER_MINUTES = 60

/** The first repeat of a refund that the provider could not be asked for comes so soon; each further one after twice the time … */
const FIRST_REPEAT_SECONDS = 60
/** … but never later than this, so that a refund is made within the hour in which the provider is back. */
const LONGEST_REPEAT_SECONDS = 60 * 60

/** What the rules read of a refund. Amounts are minor units of the payment's currency. */
export interface RefundFacts {
  readonly id: string
  readonly paymentId: string
  readonly amountMinor: number
  readonly status: RefundStatus
  /** The failed refund in whose place this one is made. */
  readonly retriesRefundId: string | null
  /** The provider knows of it. */
  readonly isTakenOn: boolean
  readonly createdAt: Date
  /** When it succeeded or failed. */
  readonly settledAt: Date | null
}

/**
 * A dispute that was decided for the customer, as the refund that it comes to: the bank has taken the money back when it
 * closed. Beside the refunds of its payment it says what is left to give back, and what no longer waits for a person.
 */
export function returnByBank(lost: {
  readonly id: string
  readonly paymentId: string
  readonly amountMinor: number
  readonly closedAt: Date
}): RefundFacts {
  const { id, paymentId, amountMinor, closedAt } = lost
  return {
    id,
    paymentId,
    amountMinor,
    status: 'succeeded',
    retriesRefundId: null,
    isTakenOn: true,
    createdAt: closedAt,
    settledAt: closedAt,
  }
}

/**
 * What was captured by a payment, in minor units: what was asked, unless a larger amount has gone back of it because what
 * came was not what was asked.
 */
export function capturedMinorOf(
  payment: { readonly amountMinor: number },
  ofPayment: readonly Pick<RefundFacts, 'amountMinor'>[],
): number {
  return Math.max(payment.amountMinor, ...ofPayment.map((refund) => refund.amountMinor))
}

/** When a refund that the provider could not be asked for is tried again: a minute later, then twice as long, up to an hour. */
export function nextRefundTryAt(attempts: number, now: Date): Date {
  const doublings = Math.min(Math.max(attempts - 1, 0), 12)
  return new Date(now.getTime() + Math.min(FIRST_REPEAT_SECONDS * 2 ** doublings, LONGEST_REPEAT_SECONDS) * 1000)
}

/**
 * How a refund stands after the provider has been heard, in whatever order its words arrive: under way, then arrived,
 * then perhaps returned by the bank. It never goes back, so an older answer changes nothing.
 */
export function refundStatusAfter(known: RefundStatus, told: RefundStatus): RefundStatus {
  const order: readonly RefundStatus[] = ['pending', 'succeeded', 'failed']
  return order.indexOf(told) > order.indexOf(known) ? told : known
}

/** How much of a payment has gone back or is on its way, in minor units; never more than was paid. */
export function refundedMinorOf(paidMinor: number, refunds: readonly Pick<RefundFacts, 'amountMinor' | 'status'>[]) {
  // The provider's own dashboard may have been quicker than a refund of ours, which it will refuse.
  return Math.min(paidMinor, sumOf(refunds, ['pending', 'succeeded']))
}

/** How much of a payment has gone back for good, as far as is known, in minor units. */
export function settledRefundsMinorOf(refunds: readonly Pick<RefundFacts, 'amountMinor' | 'status'>[]): number {
  return sumOf(refunds, ['succeeded'])
}

function sumOf(refunds: readonly Pick<RefundFacts, 'amountMinor' | 'status'>[], statuses: readonly RefundStatus[]) {
  return refunds
    .filter((refund) => statuses.includes(refund.status))
    .reduce((total, refund) => total + refund.amountMinor, 0)
}

/**
 * Whether a failed refund still waits for a person: it has not been tried again, nothing as large went back after it, and
 * there is still something left of its payment to give back.
 *
 * `ofPayment`: every refund of the same payment, this one included, and what the bank has returned of it
 * ({@link returnByBank}).
 */
export function isRefundMissing(
  refund: RefundFacts,
  ofPayment: readonly RefundFacts[],
  payment: { readonly amountMinor: number },
): boolean {
  if (refund.status !== 'failed') return false
  if (ofPayment.some((other) => other.retriesRefundId === refund.id)) return false
  const capturedMinor = capturedMinorOf(payment, ofPayment)
  if (refundedMinorOf(capturedMinor, ofPayment) >= capturedMinor) return false
  const failedAt = refund.settledAt ?? refund.createdAt
  return !ofPayment.some(
    (other) =>
      other.status !== 'failed' &&
      other.amountMinor >= refund.amountMinor &&
      other.createdAt.getTime() >= failedAt.getTime(),
  )
}

/** Since when a refund needs a person: since it failed, or since it has been tried in vain for an hour; null: it does not. */
export function refundNeedsPersonAt(
  refund: RefundFacts,
  ofPayment: readonly RefundFacts[],
  payment: { readonly amountMinor: number },
): Date | null {
  if (isRefundMissing(refund, ofPayment, payment)) return refund.settledAt ?? refund.createdAt
  if (refund.status !== 'pending' || refund.isTakenOn) return null
  return new Date(refund.createdAt.getTime() + REFUND_STUCK_AFTER_MINUTES * 60_000)
}

/**
 * May this caller have a failed refund made again?
 *
 * Admins only (its trainer: `org_admin_required`), for one that failed (`invalid_state` otherwise) and as long as so much
 * is left of the payment (`refund_exceeds_paid`). Tried again already: that holds. The other keeper is the unique index on
 * the refund in whose place another is made.
 */
export function decideRetryRefund(
  caller: Caller,
  booking: { readonly trainerId: string },
  refund: RefundFacts,
  ofPayment: readonly RefundFacts[],
  payment: { readonly amountMinor: number },
): RepeatableDecision<
  'not_found' | 'insufficient_scope' | 'org_admin_required' | 'invalid_state' | 'refund_exceeds_paid'
> {
  const administered = decideAdminister(caller, booking.trainerId, 'payments:write')
  if (!administered.allowed) return administered
  if (ofPayment.some((other) => other.retriesRefundId === refund.id)) return ALREADY_HOLDS
  if (refund.status !== 'failed') return refused('invalid_state')
  const capturedMinor = capturedMinorOf(payment, ofPayment)
  const left = capturedMinor - refundedMinorOf(capturedMinor, ofPayment)
  return refund.amountMinor <= left ? ALLOWED : refused('refund_exceeds_paid')
}

/** Why an amount cannot be refunded, whatever has been paid. */
export type RefundAmountRefusal = 'not_positive' | 'other_currency' | 'not_a_multiple'

/** Whether an amount can be named for a refund at all: positive, in the payment's currency, and in steps that can be moved. */
export function decideRefundAmount(amount: Money, currency: string): Decision<RefundAmountRefusal> {
  if (amount.currency !== currency) return refused('other_currency')
  if (amount.amount < 1) return refused('not_positive')
  return isSameMoney(roundToChargeable(amount), amount) ? ALLOWED : refused('not_a_multiple')
}
