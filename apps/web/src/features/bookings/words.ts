import type { Tone } from '../../components/status-badge.tsx'
import type { Schemas } from '../../lib/api.ts'
import { formatMoney } from '../../lib/money.ts'
import type { Booking } from './queries.ts'

type SideEffect = Booking['sideEffects'][number]

/** A booking's status in the colours of its request's: one status, one colour. What waits for the person has a button. */
export const BOOKING_TONES: Record<Booking['status'], Tone> = {
  pending_payment: 'blue',
  confirmed: 'green',
  completed: 'green',
  no_show: 'grey',
  canceled: 'grey',
  expired: 'grey',
}

export const SIDE_EFFECT_NAMES: Record<SideEffect['kind'], string> = {
  customer_email: 'Email to the customer',
  trainer_email: 'Email to the trainer',
  calendar_event: 'Calendar event',
  remote_session: 'Remote session',
  webhook: 'Webhook',
  feedback_email: 'Feedback request',
}

export const SIDE_EFFECT_STATES: Record<SideEffect['state'], { label: string; tone: Tone }> = {
  queued: { label: 'Queued', tone: 'blue' },
  running: { label: 'In progress', tone: 'blue' },
  done: { label: 'Done', tone: 'green' },
  retrying: { label: 'Trying again', tone: 'amber' },
  failed: { label: 'Failed', tone: 'red' },
  unknown: { label: 'Unknown', tone: 'amber' },
  skipped: { label: 'Not needed', tone: 'grey' },
}

/** The refund rule that was fixed when the booking was made. */
export function policyWords({ kind, windowHours, partialPercent }: Booking['cancellationPolicy']): string {
  if (kind === 'none') return 'No refund when the customer cancels.'
  const share = kind === 'full' ? 'Full refund' : `${partialPercent}% refund`
  return windowHours === 0
    ? `${share} when the customer cancels before the start.`
    : `${share} when the customer cancels at least ${windowHours} h before the start.`
}

type Refund = Booking['refunds'][number]

/** How a refund stands. Sent is not arrived: the customer's bank takes its time. */
export const REFUND_STATES: Record<Refund['status'], { label: string; tone: Tone }> = {
  pending: { label: 'On its way', tone: 'blue' },
  succeeded: { label: 'Sent', tone: 'green' },
  failed: { label: 'Failed', tone: 'red' },
}

type Dispute = Booking['disputes'][number]

/** How a customer's dispute with their bank stands. */
export const DISPUTE_STATES: Record<Dispute['status'], { label: string; tone: Tone }> = {
  open: { label: 'Undecided', tone: 'amber' },
  won: { label: 'Decided for you', tone: 'green' },
  lost: { label: 'Decided for the customer', tone: 'grey' },
}

/** How a bank's inquiry stands, which has taken no money. */
export const INQUIRY_STATES: typeof DISPUTE_STATES = {
  ...DISPUTE_STATES,
  open: { label: 'Inquiry', tone: 'amber' },
  won: { label: 'Inquiry closed', tone: 'green' },
}

/** Why so much goes back when a booking is canceled. */
const REFUND_WORDS: Record<Schemas['CancellationPreview']['rule'], string> = {
  nothing_paid: 'Nothing was paid, so nothing goes back.',
  full: 'Everything that was paid goes back.',
  policy_full: 'The cancellation rules give everything back.',
  policy_partial: 'The cancellation rules give a part back.',
  policy_none: 'This late, the cancellation rules give nothing back.',
  chosen: 'As you have chosen.',
}

/** Why so much goes back, beside what has gone back before. */
export function refundWords(
  rule: Schemas['CancellationPreview']['rule'],
  { paid, refunded }: Pick<Booking, 'paid' | 'refunded'>,
): string {
  if (refunded.amount === 0) return REFUND_WORDS[rule]
  const earlier = `${formatMoney(refunded)} went back earlier`
  if (refunded.amount >= paid.amount) return `Nothing is left to go back: ${earlier}.`
  if (rule === 'full') return `Everything that is left goes back; ${earlier}.`
  return `${REFUND_WORDS[rule].slice(0, -1)}; ${earlier}.`
}

/** Who ended a booking. */
export const CANCELED_BY: Record<NonNullable<Booking['canceledBy']>, string> = {
  customer: 'by the customer',
  organization: 'by the organization',
  system: 'by Ordinatus',
}

/** Why a booking ended, where Ordinatus keeps a code; a reason that somebody wrote stands as it is. */
const END_REASONS: Record<string, string> = {
  hold_ran_out: 'The time to pay ran out.',
  delayed_payment_failed: 'The payment failed.',
  slot_changed: 'Another time was chosen.',
  link_resent: 'The scheduling link was sent again.',
  customer_picks_again: 'So that the customer can pick another time.',
  canceled_by_customer: 'On behalf of the customer.',
  canceled_by_organization: '',
  request_canceled: 'The request was canceled.',
}

/** The reason for a booking's end in words; empty when there is none to tell. */
export function endReasonWords(reason: string | null): string {
  if (reason === null) return ''
  return END_REASONS[reason] ?? (/^[a-z]+(_[a-z]+)+$/.test(reason) ? '' : reason)
}
