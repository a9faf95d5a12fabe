import { type BookingState, isLive, isMoneyReceived } from './booking.ts'
import { type Caller, decideAdminister, decideManage } from './caller.ts'
import { ALLOWED, ALREADY_HOLDS, type Decision, type RepeatableDecision, refused } from './decision.ts'

export const REQUEST_STATUSES = [
  'new',
  'trainers_notified',
  'claimed',
  'customer_scheduling',
  'pending_payment',
  'confirmed',
  'completed',
  'canceled',
  'expired',
] as const

export type RequestStatus = (typeof REQUEST_STATUSES)[number]

export const REQUEST_STATUS_LABELS: Readonly<Record<RequestStatus, string>> = {
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

export const REQUEST_PRIORITIES = ['low', 'normal', 'high'] as const
export type RequestPriority = (typeof REQUEST_PRIORITIES)[number]

export const REQUEST_PRIORITY_LABELS: Readonly<Record<RequestPriority, string>> = {
  low: 'Low',
  normal: 'Normal',
  high: 'High',
}

/** The lists of requests a dashboard can ask for. */
export const REQUEST_LISTS = ['new', 'mine', 'all'] as const
export type RequestList = (typeof REQUEST_LISTS)[number]

/** Statuses in which nobody holds the request and anybody eligible may claim it. */
export const UNCLAIMED_STATUSES = ['new', 'trainers_notified'] as const satisfies readonly RequestStatus[]

/** Statuses in which a trainer holds the request and no session is booked: release, assignment and type changes live here. */
export const UNBOOKED_STATUSES = [
  'claimed',
  'customer_scheduling',
  'expired',
] as const satisfies readonly RequestStatus[]

/** Statuses in which a trainer holds the request and still has something to do with it. */
export const HELD_STATUSES = [
  ...UNBOOKED_STATUSES,
  'pending_payment',
  'confirmed',
] as const satisfies readonly RequestStatus[]

/** Statuses that nothing leaves. */
export const CLOSED_STATUSES = ['completed', 'canceled'] as const satisfies readonly RequestStatus[]

interface StepRow {
  readonly from: readonly RequestStatus[]
  readonly to: RequestStatus
  /** In these of the `from` statuses the step is refused once the customer's money has arrived or is under way. */
  readonly onlyUnpaid?: readonly RequestStatus[]
}

const OPEN_STATUSES = REQUEST_STATUSES.filter(
  (status) => status !== 'completed' && status !== 'canceled',
) as readonly RequestStatus[]

const AFTER_LINK = ['customer_scheduling', 'expired', 'pending_payment'] as const

/**
 * The moves of product.md §2, each under the occasion that makes it, and nothing else. A move of a status to itself is
 * a move too. The guarded UPDATE of each use case repeats its row's `from` in its WHERE, which is what holds under race.
 */
export const STEPS = {
  trainers_notified: { from: ['new'], to: 'trainers_notified' },
  claimed: { from: UNCLAIMED_STATUSES, to: 'claimed' },
  assigned: { from: [...UNCLAIMED_STATUSES, ...UNBOOKED_STATUSES], to: 'claimed' },
  released: { from: UNBOOKED_STATUSES, to: 'trainers_notified' },
  taken_back: { from: UNBOOKED_STATUSES, to: 'trainers_notified' },
  link_sent: {
    from: [...UNBOOKED_STATUSES, 'pending_payment'],
    to: 'customer_scheduling',
    onlyUnpaid: ['pending_payment'],
  },
  slot_taken: { from: AFTER_LINK, to: 'pending_payment', onlyUnpaid: ['pending_payment'] },
  slot_changed: { from: AFTER_LINK, to: 'pending_payment', onlyUnpaid: ['pending_payment'] },
  late_payment_honoured: { from: ['expired'], to: 'pending_payment' },
  free_slot_taken: { from: AFTER_LINK, to: 'confirmed', onlyUnpaid: ['pending_payment'] },
  payment_verified: { from: ['pending_payment'], to: 'confirmed' },
  hold_ran_out: { from: ['pending_payment'], to: 'expired', onlyUnpaid: ['pending_payment'] },
  delayed_payment_failed: { from: ['pending_payment'], to: 'expired' },
  rescheduled: { from: ['confirmed'], to: 'confirmed' },
  customer_picks_again: { from: ['confirmed', 'pending_payment'], to: 'customer_scheduling' },
  marked_complete: { from: ['confirmed'], to: 'completed' },
  marked_no_show: { from: ['confirmed'], to: 'completed' },
  request_canceled: { from: OPEN_STATUSES, to: 'canceled' },
  booking_canceled: { from: OPEN_STATUSES, to: 'canceled' },
} as const satisfies Record<string, StepRow>

/** Why a request's status moved. */
export type StepOccasion = keyof typeof STEPS
export const STEP_OCCASIONS = Object.keys(STEPS) as StepOccasion[]

/** What a history row can give as its reason: the submission that made the request, or a step. */
export const HISTORY_OCCASIONS = ['submitted', ...STEP_OCCASIONS] as const
export type HistoryOccasion = (typeof HISTORY_OCCASIONS)[number]

/** The occasions after which anybody eligible may claim a request. */
export const OPENING_OCCASIONS = [
  'submitted',
  'trainers_notified',
  'released',
  'taken_back',
] as const satisfies readonly HistoryOccasion[]

export const HISTORY_OCCASION_LABELS: Readonly<Record<HistoryOccasion, string>> = {
  submitted: 'Request submitted',
  trainers_notified: 'Eligible trainers notified',
  claimed: 'Claimed',
  assigned: 'Assigned',
  released: 'Released',
  taken_back: 'Taken back',
  link_sent: 'Scheduling link sent',
  slot_taken: 'Time chosen',
  slot_changed: 'Another time chosen',
  late_payment_honoured: 'Late payment accepted',
  free_slot_taken: 'Time chosen, nothing to pay',
  payment_verified: 'Payment verified',
  hold_ran_out: 'Reservation ran out before payment',
  delayed_payment_failed: 'Payment failed',
  rescheduled: 'Moved to another time',
  customer_picks_again: 'Booking canceled, customer picks another time',
  marked_complete: 'Marked complete',
  marked_no_show: 'Customer did not come',
  request_canceled: 'Request canceled',
  booking_canceled: 'Booking canceled',
}

/** The statuses from which an occasion may move a request; the WHERE of its guarded UPDATE. */
export function stepSources(occasion: StepOccasion): readonly RequestStatus[] {
  return STEPS[occasion].from
}

/** Whether product.md §2 has this move for this occasion; says nothing of who asks or of money. */
export function stepAllowed(from: RequestStatus, to: RequestStatus, occasion: StepOccasion): boolean {
  const row: StepRow = STEPS[occasion]
  return row.to === to && row.from.includes(from)
}

/**
 * Whether a request in this status may take this step now.
 *
 * Refuses `invalid_state` when the table of moves has no such row, and `payment_already_received` where the row asks for
 * an unpaid booking and money has arrived or is under way.
 */
export function decideStep(
  from: RequestStatus,
  occasion: StepOccasion,
  booking: Pick<BookingState, 'status' | 'paymentStatus'> | null,
): Decision<'invalid_state' | 'payment_already_received'> {
  const row: StepRow = STEPS[occasion]
  if (!row.from.includes(from)) return refused('invalid_state')
  if (row.onlyUnpaid?.includes(from) && booking !== null && isMoneyReceived(booking)) {
    return refused('payment_already_received')
  }
  return ALLOWED
}

/** Whether nobody holds a request in this status, so that it belongs under New Requests. */
export function isUnclaimed(status: RequestStatus): boolean {
  return (UNCLAIMED_STATUSES as readonly RequestStatus[]).includes(status)
}

/** Whether a trainer holds a request in this status and it is not over. */
export function isHeld(status: RequestStatus): boolean {
  return (HELD_STATUSES as readonly RequestStatus[]).includes(status)
}

/** Whether a request in this status is over: completed or canceled. */
export function isClosed(status: RequestStatus): boolean {
  return (CLOSED_STATUSES as readonly RequestStatus[]).includes(status)
}

/** The parts of a request that the rules read. */
export interface RequestState {
  readonly status: RequestStatus
  /** The user id of the trainer who holds it, or held it last when it is closed. */
  readonly claimedBy: string | null
  readonly requiredSkills: readonly string[]
}

type Unmanaged = 'not_found' | 'insufficient_scope'

/** Release, assignment and a change of type share one condition: a trainer holds it and no live booking exists. */
function decideUnbooked(
  trainingRequest: RequestState,
  booking: BookingState | null,
  occasion: 'released' | 'assigned',
  now: Date,
): Decision<'invalid_state'> {
  if (!stepAllowed(trainingRequest.status, STEPS[occasion].to, occasion)) return refused('invalid_state')
  return booking !== null && isLive(booking, now) ? refused('invalid_state') : ALLOWED
}

/**
 * May this caller give the request back so that others can claim it?
 *
 * Its trainer and admins, in Claimed by Trainer, Customer Scheduling and Expired; `invalid_state` in any other status
 * and while a live booking exists; `not_found` for other trainers. An admin's release is recorded as `taken_back`:
 * {@link releaseOccasion}.
 */
export function decideRelease(
  caller: Caller,
  trainingRequest: RequestState,
  booking: BookingState | null,
  now: Date,
): Decision<Unmanaged | 'invalid_state'> {
  const managed = decideManage(caller, trainingRequest.claimedBy, 'requests:write')
  return managed.allowed ? decideUnbooked(trainingRequest, booking, 'released', now) : managed
}

/** Whether a release goes into history as the trainer's own, or as taken back from them by somebody else. */
export function releaseOccasion(caller: Caller, claimedBy: string | null): 'released' | 'taken_back' {
  return caller.kind === 'user' && caller.userId === claimedBy ? 'released' : 'taken_back'
}

/**
 * May this caller give the request to a trainer of their choice?
 *
 * Admins only (its own trainer is told `org_admin_required`, others `not_found`), while it is unclaimed or held without
 * a live booking; otherwise `invalid_state`. Whom they may choose: {@link decideAssignee}.
 */
export function decideAssign(
  caller: Caller,
  trainingRequest: RequestState,
  booking: BookingState | null,
  now: Date,
): Decision<Unmanaged | 'org_admin_required' | 'invalid_state'> {
  const administered = decideAdminister(caller, trainingRequest.claimedBy, 'requests:write')
  return administered.allowed ? decideUnbooked(trainingRequest, booking, 'assigned', now) : administered
}

/**
 * Can the request be given to this member? Any active trainer of the organization, with or without the skills.
 *
 * The trainer who has it already: nothing to do. Nobody, or somebody who is no active trainer: `validation_failed`.
 * The warning about missing skills is `missingSkills` of skills.ts.
 */
export function decideAssignee(
  target: { readonly userId: string; readonly isActiveTrainer: boolean } | null,
  trainingRequest: RequestState,
): RepeatableDecision<'validation_failed'> {
  if (target === null || !target.isActiveTrainer) return refused('validation_failed')
  return target.userId === trainingRequest.claimedBy ? ALREADY_HOLDS : ALLOWED
}

/**
 * May this caller change the Session Type of the request?
 *
 * Its trainer and admins, in Claimed by Trainer, Customer Scheduling and Expired, without a live booking; otherwise
 * `invalid_state` (`not_found` for other trainers).
 */
export function decideChangeSessionType(
  caller: Caller,
  trainingRequest: RequestState,
  booking: BookingState | null,
  now: Date,
): Decision<Unmanaged | 'invalid_state'> {
  // The same statuses as a release: product.md §5 names exactly these three for the dropdown.
  return decideRelease(caller, trainingRequest, booking, now)
}

/**
 * May this caller send the customer a scheduling link, or a fresh one?
 *
 * Its trainer and admins, once it is claimed and until it is paid. `payment_already_received` when the customer's money
 * has arrived or is under way; `payments_not_configured` when the session costs something and nobody could take the
 * money; `invalid_state` otherwise; `not_found` for other trainers. Whether it is a first link or a resend makes no
 * difference here.
 */
export function decideSendSchedulingLink(
  caller: Caller,
  trainingRequest: RequestState,
  booking: BookingState | null,
  payments: { readonly isPriced: boolean; readonly isProviderConfigured: boolean },
): Decision<Unmanaged | 'invalid_state' | 'payment_already_received' | 'payments_not_configured'> {
  const managed = decideManage(caller, trainingRequest.claimedBy, 'requests:write')
  if (!managed.allowed) return managed
  const step = decideStep(trainingRequest.status, 'link_sent', booking)
  if (!step.allowed) return step
  return payments.isPriced && !payments.isProviderConfigured ? refused('payments_not_configured') : ALLOWED
}

/**
 * May this caller cancel the request, and with it whatever is booked?
 *
 * Its trainer and admins, in every status but Completed (`invalid_state`); a canceled one stays canceled without
 * complaint; `not_found` for other trainers. What becomes of the money: cancellation.ts.
 */
export function decideCancelRequest(
  caller: Caller,
  trainingRequest: RequestState,
): RepeatableDecision<Unmanaged | 'invalid_state'> {
  const managed = decideManage(caller, trainingRequest.claimedBy, 'requests:write')
  if (!managed.allowed) return managed
  if (trainingRequest.status === 'canceled') return ALREADY_HOLDS
  return stepAllowed(trainingRequest.status, 'canceled', 'request_canceled') ? ALLOWED : refused('invalid_state')
}
