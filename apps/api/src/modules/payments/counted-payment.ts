import type { Tx } from '../../db/client.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isRefundOfBooking, type RefundReason } from '../../domain/payment.ts'
import type { RefundFacts } from '../../domain/refund.ts'
import { listReturnsByBank } from './dispute-repository.ts'
import { lockRefundsOfBooking, type RefundRow, refundFactsOf } from './refund-repository.ts'
import { lockPaymentsOfBooking, type PaymentRow } from './repository.ts'

/** The money of a booking, kept from changing until the transaction ends. */
export interface MoneyOfBooking {
  readonly attempts: readonly PaymentRow[]
  readonly refunds: readonly RefundRow[]
  /** What the banks have taken back in disputes that were lost. */
  readonly returns: readonly RefundFacts[]
  /** The attempt whose money the booking counts as paid; null when it counts none. */
  readonly counted: PaymentRow | null
}

/** Everything that has gone back of one payment, is on its way, or could not be sent, as the rules of domain/ read it. */
export function returnedOf({ refunds, returns }: MoneyOfBooking, paymentId: string): RefundFacts[] {
  return [...refunds.map(refundFactsOf), ...returns].filter((one) => one.paymentId === paymentId)
}

/** Why a payment goes back that never was the price of its booking; null for the one that the booking counts. */
export function besideReason(paymentId: string, refunds: readonly RefundRow[]): RefundReason | null {
  const beside = refunds.find((refund) => refund.paymentId === paymentId && !isCountedRefund(refund))
  return beside === undefined ? null : (beside.reason as RefundReason)
}

/** Whether a refund gives back money that its booking counts as paid. */
export function isCountedRefund(refund: Pick<RefundRow, 'reason'>): boolean {
  return isRefundOfBooking(refund.reason as RefundReason)
}

/**
 * Every attempt to be paid for a booking and every refund, and the one attempt whose money is the booking's price. Lock
 * order (architecture.md §3): after trainer, request and booking.
 */
export async function lockMoneyOfBooking(tx: Tx, scope: OrganizationScope, bookingId: string): Promise<MoneyOfBooking> {
  const attempts = await lockPaymentsOfBooking(tx, scope, bookingId)
  const refunds = await lockRefundsOfBooking(tx, scope, bookingId)
  const returns = await listReturnsByBank(tx, scope, { bookingId })
  const counted = attempts.find((attempt) => attempt.state === 'paid' && besideReason(attempt.id, refunds) === null)
  return { attempts, refunds, returns, counted: counted ?? null }
}
