import { type Money, money, percentOf, subtractMoney } from './money.ts'

/** The kinds of lines in a trainer's ledger; lines are added, never edited. */
export const PAYOUT_LINE_KINDS = ['earned', 'refund_correction', 'adjustment', 'paid'] as const
export type PayoutLineKind = (typeof PAYOUT_LINE_KINDS)[number]

export const PAYOUT_LINE_KIND_LABELS: Readonly<Record<PayoutLineKind, string>> = {
  earned: 'Earned',
  refund_correction: 'Correction after a refund',
  adjustment: 'Adjustment',
  paid: 'Paid out',
}

/**
 * What a refund does to what its trainer earned: it takes away; one that fails later gives back; and one that turns out to
 * have been made after all takes away again.
 */
export const REFUND_EFFECTS = ['counted', 'returned', 'counted_again'] as const
export type RefundEffect = (typeof REFUND_EFFECTS)[number]

/** What a payout is figured from; `refunded` counts refunds that are under way as well. */
export interface PayoutBasis {
  readonly paid: Money
  readonly refunded: Money
  /** The trainer's share in percent, up to two decimals, as {@link payoutSharePercent} gives it. */
  readonly sharePercent: number
  /** After a no-show the part of the share that is still due, in percent; null for a session that took place. */
  readonly noShowPercent: number | null
}

/** The share that holds for a trainer: their membership's own, else the organization's. 0 is a share, not a gap. */
export function payoutSharePercent(membershipPercent: number | null, organizationPercent: number): number {
  return membershipPercent ?? organizationPercent
}

/**
 * What the trainer earns for a session: their share of what was paid less refunds, half up to the minor unit.
 *
 * Rounded once, also after a no-show, where only a part of the share is due. Never below zero: a session that was paid
 * back in full, or cost nothing, earns 0, which is still a line. The other keeper of "one earned line per booking, ever"
 * is the ledger's unique index.
 */
export function payoutEarned(basis: PayoutBasis): Money {
  const base = subtractMoney(basis.paid, basis.refunded)
  if (base.amount <= 0) return money(0, base.currency)
  return percentOf(base, (basis.sharePercent * (basis.noShowPercent ?? 100)) / 100)
}

/**
 * The line that brings a trainer's ledger for one booking to what it should be after a refund, a failed refund, or a
 * no-show that was a session after all; null when it is right already.
 *
 * `recorded` is the sum of the booking's lines so far, without payments (`paid`). Negative when too much was earned.
 */
export function payoutCorrection(recorded: Money, basis: PayoutBasis): Money | null {
  const difference = subtractMoney(payoutEarned(basis), recorded)
  return difference.amount === 0 ? null : difference
}
