import type { Tone } from '../../components/status-badge.tsx'
import type { Step } from '../../components/stepper.tsx'
import type { RequestStatus, TrainingRequest } from './queries.ts'

/** What a status means for whoever looks: blue in progress, amber needs you, green done, grey closed. */
export const STATUS_TONE: Record<RequestStatus, Tone> = {
  new: 'blue',
  trainers_notified: 'blue',
  claimed: 'amber',
  customer_scheduling: 'blue',
  pending_payment: 'blue',
  confirmed: 'green',
  completed: 'green',
  canceled: 'grey',
  expired: 'amber',
}

/** The statuses an admin can filter by, with their labels on screen. */
export const STATUS_LABELS: Record<RequestStatus, string> = {
  new: 'New',
  trainers_notified: 'Eligible Trainers Notified',
  claimed: 'Claimed by Trainer',
  customer_scheduling: 'Customer Scheduling',
  pending_payment: 'Pending Payment',
  confirmed: 'Confirmed',
  completed: 'Completed',
  canceled: 'Canceled',
  expired: 'Expired',
}

type AttentionReason = NonNullable<TrainingRequest['attention']>['reason']

/** Why a request is stuck, in one sentence. */
export const ATTENTION_WORDS: Record<AttentionReason, string> = {
  payment_not_honoured: 'A payment arrived that could not be turned into a session.',
  refund_failed: 'A refund has not gone through.',
  payment_disputed: 'The customer has turned to their bank about a payment.',
  paid_not_confirmed: 'The customer has paid and nobody has confirmed the session.',
  calendar_conflict: 'The trainer’s calendar has another event at the booked time.',
  side_effect_failed: 'A mail, calendar event or remote session could not be made.',
  calendar_unreadable: 'The trainer’s calendar cannot be read.',
  no_eligible_trainer: 'No trainer has the skills that it needs.',
  unclaimed: 'Nobody has claimed it yet.',
  link_not_sent: 'It was claimed and no scheduling link has been sent.',
  customer_silent: 'The customer has not answered the scheduling link.',
  not_completed: 'The session ended and has not been marked complete.',
}

/** What helps against it. */
export const ATTENTION_ADVICE: Record<AttentionReason, string> = {
  payment_not_honoured:
    'It goes back in full by itself, and the customer reads why. Send a fresh link if they still want the session.',
  refund_failed: 'The payment history on the session’s page says why; Retry there makes the refund again.',
  payment_disputed:
    'It is answered in the organization’s Stripe dashboard. Nothing is refunded by itself; the payment history on the session’s page says whether a refund would pay twice.',
  paid_not_confirmed: 'Confirm the payment.',
  calendar_conflict: 'Talk to the trainer; the session can be moved or canceled.',
  side_effect_failed: 'Retry it on the session’s page.',
  calendar_unreadable: 'Its trainer connects the calendar again.',
  no_eligible_trainer: 'Assign it to somebody.',
  unclaimed: 'Assign it, or ask your trainers.',
  link_not_sent: 'Send the link, or release the request.',
  customer_silent: 'Resend the link, or call the customer.',
  not_completed: 'Mark the session complete.',
}

export const ATTENTION_LABEL = 'Stuck (Needs Attention)'

export const ALREADY_CLAIMED = 'This request has already been claimed by another trainer.'

const STEPS = ['Request', 'Claim', 'Link', 'Booked', 'Paid', 'Confirmed', 'Completed']

/** How many of the steps lie behind a request. */
function stepsDone(
  trainingRequest: Pick<TrainingRequest, 'status' | 'booking' | 'schedulingLink' | 'claimedBy'>,
): number {
  switch (trainingRequest.status) {
    case 'new':
    case 'trainers_notified':
      return 1
    case 'claimed':
      return 2
    case 'customer_scheduling':
    case 'expired':
      return 3
    case 'pending_payment':
      return trainingRequest.booking?.paymentStatus === 'paid' ? 5 : 4
    case 'confirmed':
      return 6
    case 'completed':
      return 7
    case 'canceled':
      return trainingRequest.schedulingLink !== null ? 3 : trainingRequest.claimedBy !== null ? 2 : 1
  }
}

/** The way of a request, with the step it is at. A canceled one stops where it was. */
export function stepsOf(trainingRequest: Parameters<typeof stepsDone>[0]): Step[] {
  const done = stepsDone(trainingRequest)
  return STEPS.map((name, index) => ({
    name,
    state: index < done ? 'done' : index === done && trainingRequest.status !== 'canceled' ? 'current' : 'ahead',
  }))
}

/** What a scheduling link's state means. */
export const LINK_STATE_WORDS: Record<NonNullable<TrainingRequest['schedulingLink']>['state'], string> = {
  live: 'Waiting for the customer',
  expired: 'Expired',
  replaced: 'Replaced by a newer link',
  used: 'Used by the customer',
  revoked: 'Withdrawn',
}

/** How the money of a request's booking stands. */
export function paymentWords({
  status,
  paymentStatus,
}: Pick<NonNullable<TrainingRequest['booking']>, 'status' | 'paymentStatus'>): string {
  const isPending = status === 'pending_payment'
  switch (paymentStatus) {
    case 'not_required':
      return 'No payment needed'
    case 'unpaid':
      return isPending ? 'Awaiting the customer' : 'Not paid'
    case 'processing':
      return 'Processing'
    case 'paid':
      return isPending ? 'Paid, awaiting you' : 'Paid'
    case 'failed':
      return 'Payment failed'
    case 'refunded':
      return 'Refunded'
    case 'partially_refunded':
      return 'Partly refunded'
  }
}

/** What comes next, said to whoever can see the request. */
export function nextStepWords(trainingRequest: Pick<TrainingRequest, 'status' | 'booking' | 'actions'>): string {
  switch (trainingRequest.status) {
    case 'new':
    case 'trainers_notified':
      return trainingRequest.actions.claim.allowed
        ? 'Read it, then claim it. Once you claim it, it is yours to manage through to completion.'
        : 'It waits for a trainer to claim it.'
    case 'claimed':
      return 'Next: send the customer a link to choose a time.'
    case 'customer_scheduling':
      return 'The customer has the link and is choosing a time. Nothing to do until they answer.'
    case 'pending_payment':
      return trainingRequest.booking?.paymentStatus === 'paid'
        ? 'The customer has paid. Confirm the payment to settle the session.'
        : 'The customer has chosen a time and is paying.'
    case 'confirmed':
      return 'The session is settled. Mark it complete once it has ended.'
    case 'completed':
      return 'The session is over and recorded.'
    case 'canceled':
      return 'This request is closed.'
    case 'expired':
      return 'The customer did not finish in time. Send a fresh link to invite them again.'
  }
}
