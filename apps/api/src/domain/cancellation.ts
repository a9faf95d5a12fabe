import type { BookingState } from './booking.ts'
import { type Caller, isOrgAdmin } from './caller.ts'
import { ALLOWED, type Decision, refused } from './decision.ts'
import { type Money, money, percentOf, roundToChargeable, subtractMoney } from './money.ts'
import type { CancellationKind, OrganizationSettings } from './organization-settings.ts'

const HOUR = 3_600_000

/** What a customer was promised when they booked; kept on the booking, so that a later change of settings changes nothing. */
export interface CancellationPolicy {
  readonly kind: CancellationKind
  readonly windowHours: number
  readonly partialPercent: number
  readonly rescheduleWindowHours: number
}

/** The organization's rules as they stand, to be frozen on a booking that is made now. */
export function policyOf(
  settings: Pick<
    OrganizationSettings,
    'cancellationKind' | 'cancellationWindowHours' | 'cancellationPartialPercent' | 'rescheduleWindowHours'
  >,
): CancellationPolicy {
  return {
    kind: settings.cancellationKind,
    windowHours: settings.cancellationWindowHours,
    partialPercent: settings.cancellationPartialPercent,
    rescheduleWindowHours: settings.rescheduleWindowHours,
  }
}

/** The last instant at which canceling still gives what the policy promises; null when it promises nothing. */
export function refundDeadline(policy: CancellationPolicy, startAt: Date): Date | null {
  return policy.kind === 'none' ? null : new Date(startAt.getTime() - policy.windowHours * HOUR)
}

/**
 * What the policy gives back of a payment when its customer cancels at `at` a session that starts at `startAt`.
 *
 * Exactly so many hours before the start is early enough; a millisecond later is nothing. Percentages round half up to
 * the minor unit, in three-decimal currencies to the step in which money can be moved.
 */
export function policyEntitlement(policy: CancellationPolicy, paid: Money, startAt: Date, at: Date): Money {
  const deadline = refundDeadline(policy, startAt)
  if (deadline === null || at.getTime() > deadline.getTime()) return money(0, paid.currency)
  return policy.kind === 'full' ? paid : roundToChargeable(percentOf(paid, policy.partialPercent))
}

/** On whose account a booking ends: the customer's own act, one that an admin does for them, or the organization's. */
export const CANCELLATION_SIDES = ['customer', 'organization'] as const
export type CancellationSide = (typeof CANCELLATION_SIDES)[number]

/** Which rule a refund follows, named so that a preview can explain it. */
export const REFUND_RULES = ['nothing_paid', 'full', 'policy_full', 'policy_partial', 'policy_none', 'chosen'] as const
export type RefundRule = (typeof REFUND_RULES)[number]

/** What decided how much goes back for a booking that has ended: a rule, or the organization at the payment provider. */
export type RefundDecider = RefundRule | 'refunded_at_provider'

export interface RefundPreview {
  readonly refund: Money
  readonly rule: RefundRule
}

/** An earlier moving of the booking by its customer: when, and when the session was to start until then. */
export interface CustomerMove {
  readonly movedAt: Date
  readonly startAtBefore: Date
}

/**
 * What canceling now pays back, to the minor unit: the preview and the act ask this same function.
 *
 * Ended by the organization, or paid and not yet confirmed: everything. Ended by the customer, or by an admin on their
 * behalf: the frozen policy, and never more than it gave at each earlier move by the customer, so that moving a session
 * far away and canceling it there gains nothing. What has been paid back already, or is on its way, counts.
 */
export function refundDue(input: {
  readonly side: CancellationSide
  readonly booking: Pick<BookingState, 'status' | 'startAt'>
  readonly policy: CancellationPolicy
  readonly paid: Money
  readonly refunded: Money
  readonly earlierMoves: readonly CustomerMove[]
  readonly now: Date
}): RefundPreview {
  const { booking, policy, paid, refunded, now } = input
  if (paid.amount <= 0) return { refund: money(0, paid.currency), rule: 'nothing_paid' }
  if (input.side === 'organization' || booking.status === 'pending_payment') {
    return { refund: less(paid, refunded), rule: 'full' }
  }
  const entitlements = [
    policyEntitlement(policy, paid, booking.startAt, now),
    ...input.earlierMoves.map((move) => policyEntitlement(policy, paid, move.startAtBefore, move.movedAt)),
  ]
  const smallest = money(Math.min(...entitlements.map((entitlement) => entitlement.amount)), paid.currency)
  if (smallest.amount === 0) return { refund: smallest, rule: 'policy_none' }
  return { refund: less(smallest, refunded), rule: policy.kind === 'full' ? 'policy_full' : 'policy_partial' }
}

function less(entitlement: Money, refunded: Money): Money {
  const left = subtractMoney(entitlement, refunded)
  return left.amount < 0 ? money(0, left.currency) : left
}

/**
 * May this caller decide what a cancellation pays back: name the amount, or count it as the customer's?
 *
 * Admins only; the booking's trainer is told `org_admin_required` (who may cancel at all has been judged before). The
 * amount lies between nothing and what is left of the payment (`refund_exceeds_paid`), in its currency
 * (`payment_mismatch`).
 */
export function decideChooseRefund(
  caller: Caller,
  amount: Money | null,
  paid: Money,
  refunded: Money,
): Decision<'org_admin_required' | 'refund_exceeds_paid' | 'payment_mismatch'> {
  if (!isOrgAdmin(caller)) return refused('org_admin_required')
  if (amount === null) return ALLOWED
  if (amount.currency !== paid.currency) return refused('payment_mismatch')
  return amount.amount >= 0 && amount.amount <= less(paid, refunded).amount ? ALLOWED : refused('refund_exceeds_paid')
}

/** What canceling pays back, or the reason why this caller may not have it so. */
export type CancellationDecision =
  | { readonly allowed: true; readonly preview: RefundPreview }
  | {
      readonly allowed: false
      readonly reason: 'org_admin_required' | 'refund_exceeds_paid' | 'payment_mismatch' | 'invalid_state'
    }

/**
 * What canceling pays back when the organization's side does it, with what an admin may choose about it.
 *
 * Left alone: everything ({@link refundDue}). `onBehalfOfCustomer` counts it as the customer's own act, so the policy
 * decides; `chosen` names the amount. Both are an admin's ({@link decideChooseRefund}). A session that is paid and not yet
 * confirmed pays back in full and nothing else: another amount is `invalid_state` (product.md §12).
 */
export function decideCancellationRefund(
  caller: Caller,
  input: Omit<Parameters<typeof refundDue>[0], 'side'> & {
    readonly onBehalfOfCustomer: boolean
    readonly chosen: Money | null
  },
): CancellationDecision {
  const { onBehalfOfCustomer, chosen, ...grounds } = input
  if (onBehalfOfCustomer || chosen !== null) {
    const choice = decideChooseRefund(caller, chosen, grounds.paid, grounds.refunded)
    if (!choice.allowed) return choice
  }
  const preview = refundDue({ ...grounds, side: onBehalfOfCustomer ? 'customer' : 'organization' })
  if (chosen === null) return { allowed: true, preview }
  if (grounds.booking.status === 'pending_payment' && chosen.amount !== preview.refund.amount) {
    return refused('invalid_state')
  }
  return { allowed: true, preview: { refund: chosen, rule: 'chosen' } }
}
