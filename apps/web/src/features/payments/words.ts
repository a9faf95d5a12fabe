import type { Tone } from '../../components/status-badge.tsx'
import type { Payment, PaymentStatus } from './queries.ts'

/** The states of a payment that an admin can filter by, with their labels on screen. */
export const PAYMENT_STATUS_LABELS: Record<PaymentStatus, string> = {
  open: 'Awaiting the customer',
  processing: 'Processing',
  paid: 'Paid',
  partially_refunded: 'Partly refunded',
  refunded: 'Refunded',
  failed: 'Failed',
  expired: 'Not paid in time',
}

export const PAYMENT_TONES: Record<PaymentStatus, Tone> = {
  open: 'blue',
  processing: 'blue',
  paid: 'green',
  partially_refunded: 'green',
  refunded: 'grey',
  failed: 'red',
  expired: 'grey',
}

/** What the badge does not say: money on its way back, a refund that failed, a dispute. Empty when there is nothing to add. */
export function paymentNote({ refunds, dispute }: Pick<Payment, 'refunds' | 'dispute'>): string {
  if (dispute !== null) return dispute.isInquiry ? `Bank: ${dispute.statusLabel}` : `Disputed: ${dispute.statusLabel}`
  if (refunds.some(({ isMissing }) => isMissing)) return 'A refund did not go through'
  return refunds.some(({ status }) => status === 'pending') ? 'A refund is on its way' : ''
}
