import type { StandInAccount } from './account.ts'
import { checkMetadata } from './checkout-rules.ts'
import { checkStep } from './money-rules.ts'
import type { Charge, Dispute, Metadata, Refund } from './objects.ts'
import { invalidRequest, notAllowed } from './stripe-error.ts'

export interface RefundParameters {
  amount?: number
  charge?: string
  payment_intent?: string
  reason?: string
  metadata?: Metadata
}

/** Pays back what was captured, all of it or a part; refused when there is not so much left. */
export function createRefund(account: StandInAccount, parameters: RefundParameters): Refund {
  checkMetadata(parameters.metadata, 'metadata')
  const charge = chargeOf(account, parameters)
  const left = charge.amount_captured - charge.amount_refunded
  const amount = parameters.amount ?? left
  if (charge.disputed)
    throw notAllowed(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' })
  if (left === 0)
    throw notAllowed(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  checkStep(amount, charge.currency, 'amount')
  if (amount === 0) throw invalidRequest('Invalid positive integer', { param: 'amount' })
  if (amount > left)
    throw notAllowed(
      `Refund amount (${amount} ${charge.currency}) is greater than unrefunded amount on charge (${left} ${charge.currency})`,
      { param: 'amount' },
    )
  const refund: Refund = {
    id: account.newId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    metadata: parameters.metadata ?? {},
    payment_intent: charge.payment_intent,
    reason: parameters.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: account.refundsStartAs,
    transfer_reversal: null,
  }
  account.refunds.set(refund.id, refund)
  countRefunds(account, charge)
  account.emit('refund.created', refund)
  account.emit('charge.refunded', charge)
  return refund
}

function chargeOf(account: StandInAccount, parameters: RefundParameters): Charge {
  if (parameters.charge !== undefined) return account.charge(parameters.charge)
  if (parameters.payment_intent === undefined)
    throw invalidRequest('One of the following params should be provided for this request: payment_intent or charge.')
  const intent = account.paymentIntent(parameters.payment_intent, 'payment_intent')
  if (intent.latest_charge === null || intent.status !== 'succeeded')
    throw notAllowed(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    })
  return account.charge(intent.latest_charge)
}

/** A pending refund arrives; false when it is not pending. */
export function settleRefund(account: StandInAccount, id: string): boolean {
  const refund = account.refund(id)
  if (refund.status !== 'pending') return false
  refund.status = 'succeeded'
  account.emit('refund.updated', refund)
  return true
}

/** A refund comes back from the bank, also one that had succeeded; false when it has failed before. */
export function failRefund(account: StandInAccount, id: string, reason = 'expired_or_canceled_card'): boolean {
  const refund = account.refund(id)
  if (refund.status === 'failed') return false
  refund.status = 'failed'
  refund.failure_reason = reason
  countRefunds(account, account.charge(refund.charge))
  account.emit('refund.updated', refund)
  account.emit('refund.failed', refund)
  return true
}

/** What a charge counts as paid back: pending refunds too, failed ones no longer. */
function countRefunds(account: StandInAccount, charge: Charge): void {
  charge.amount_refunded = refundsOf(account, charge.id)
    .filter((refund) => refund.status !== 'failed')
    .reduce((sum, refund) => sum + refund.amount, 0)
  charge.refunded = charge.amount_refunded === charge.amount_captured
}

export function refundsOf(account: StandInAccount, chargeId: string): Refund[] {
  return [...account.refunds.values()].filter((refund) => refund.charge === chargeId)
}

/** The customer disputes a charge with their bank. */
export function dispute(account: StandInAccount, chargeId: string, reason = 'fraudulent'): Dispute {
  const charge = account.charge(chargeId)
  charge.disputed = true
  const made: Dispute = {
    id: account.newId('du'),
    object: 'dispute',
    amount: charge.amount - charge.amount_refunded,
    balance_transactions: [],
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    evidence: {},
    evidence_details: {
      due_by: account.now() + 7 * 24 * 60 * 60,
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    is_charge_refundable: false,
    livemode: account.livemode,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: 'needs_response',
  }
  account.disputes.set(made.id, made)
  account.emit('charge.dispute.created', made)
  return made
}

/** The bank decides a dispute; false when it has decided before. */
export function closeDispute(account: StandInAccount, id: string, status: 'won' | 'lost'): boolean {
  const one = account.dispute(id)
  if (one.status === 'won' || one.status === 'lost') return false
  one.status = status
  account.emit('charge.dispute.closed', one)
  return true
}
