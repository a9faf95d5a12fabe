import { type Caller, decideAdminister, decideManage, isOrgAdmin } from './caller.ts'
import {
  type Action,
  ALLOWED,
  ALREADY_HOLDS,
  actionOf,
  type Decision,
  type RepeatableDecision,
  refused,
} from './decision.ts'

export const BOOKING_STATUSES = ['pending_payment', 'confirmed', 'completed', 'canceled', 'expired', 'no_show'] as const
export type BookingStatus = (typeof BOOKING_STATUSES)[number]

export const BOOKING_STATUS_LABELS: Readonly<Record<BookingStatus, string>> = {
  pending_payment: 'Pending Payment',
  confirmed: 'Confirmed',
  completed: 'Completed',
  canceled: 'Canceled',
  expired: 'Expired',
  no_show: 'No-show',
}

export const PAYMENT_STATUSES = [
  'not_required',
  'unpaid',
  'processing',
  'paid',
  'failed',
  'refunded',
  'partially_refunded',
] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

const PAYMENT_STATUS_LABELS: Readonly<Record<PaymentStatus, string>> = {
  not_required: 'No payment needed',
  unpaid: 'Not paid',
  processing: 'Processing',
  paid: 'Paid',
  failed: 'Payment failed',
  refunded: 'Refunded',
  partially_refunded: 'Partly refunded',
}

/** Which wait it is while the booking is Pending Payment (product.md §3). */
const PENDING_PAYMENT_STATUS_LABELS: Readonly<Record<PaymentStatus, string>> = {
  ...PAYMENT_STATUS_LABELS,
  unpaid: 'Awaiting the customer',
  paid: 'Paid, awaiting you',
}

/** Why a booking ended without taking place. */
export const BOOKING_END_REASONS = [
  'hold_ran_out',
  'delayed_payment_failed',
  'slot_changed',
  'link_resent',
  'request_canceled',
  'canceled_by_organization',
  'canceled_by_customer',
  'customer_picks_again',
] as const
export type BookingEndReason = (typeof BOOKING_END_REASONS)[number]

export const CANCELED_BY = ['customer', 'organization', 'system'] as const
export type CanceledBy = (typeof CANCELED_BY)[number]

/** The lists of bookings a dashboard can ask for. */
export const BOOKING_LISTS = ['upcoming', 'past', 'all'] as const
export type BookingList = (typeof BOOKING_LISTS)[number]

/** The longest and shortest session that can be sold, in minutes (shapes.md, settings). */
export const SESSION_MINUTES = { min: 5, max: 480 } as const

/** From so many minutes after the start the customer can be said not to have come (product.md §11). */
export const NO_SHOW_AFTER_MINUTES = 10
/** For so many days an admin may turn a no-show into a completed session (product.md §11). */
export const NO_SHOW_CORRECTION_DAYS = 30

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

interface BookingStepRow {
  readonly from: readonly BookingStatus[]
  readonly to: BookingStatus
}

/** The moves of product.md §3 (and §11's correction of a no-show), each under its occasion, and nothing else. */
export const BOOKING_STEPS = {
  payment_verified: { from: ['pending_payment'], to: 'confirmed' },
  hold_ran_out: { from: ['pending_payment'], to: 'expired' },
  delayed_payment_failed: { from: ['pending_payment'], to: 'expired' },
  late_payment_honoured: { from: ['expired'], to: 'pending_payment' },
  slot_changed: { from: ['pending_payment'], to: 'canceled' },
  link_resent: { from: ['pending_payment'], to: 'canceled' },
  canceled: { from: ['pending_payment', 'confirmed'], to: 'canceled' },
  rescheduled: { from: ['confirmed'], to: 'confirmed' },
  marked_complete: { from: ['confirmed'], to: 'completed' },
  marked_no_show: { from: ['confirmed'], to: 'no_show' },
  no_show_corrected: { from: ['no_show'], to: 'completed' },
} as const satisfies Record<string, BookingStepRow>

export type BookingOccasion = keyof typeof BOOKING_STEPS
export const BOOKING_OCCASIONS = Object.keys(BOOKING_STEPS) as BookingOccasion[]

/** Whether product.md §3 has this move of a booking for this occasion; says nothing of who asks, money or time. */
export function bookingStepAllowed(from: BookingStatus, to: BookingStatus, occasion: BookingOccasion): boolean {
  const row: BookingStepRow = BOOKING_STEPS[occasion]
  return row.to === to && row.from.includes(from)
}

/** The statuses from which an occasion may move a booking; the WHERE of its guarded UPDATE. */
export function bookingStepSources(occasion: BookingOccasion): readonly BookingStatus[] {
  return BOOKING_STEPS[occasion].from
}

/** The parts of a booking that the rules read. */
export interface BookingState {
  readonly status: BookingStatus
  readonly paymentStatus: PaymentStatus
  /** The user id of the trainer who runs it. */
  readonly trainerId: string
  readonly startAt: Date
  readonly endAt: Date
  /** The instant at which an unpaid reservation ends; null once money is known, or when nothing is to pay. */
  readonly holdExpiresAt: Date | null
  /** When it was marked complete or no-show. */
  readonly completedAt: Date | null
}

/** The word under Pending Payment, and the state of the money in every other status. */
export function paymentStatusLabel(booking: Pick<BookingState, 'status' | 'paymentStatus'>): string {
  const labels = booking.status === 'pending_payment' ? PENDING_PAYMENT_STATUS_LABELS : PAYMENT_STATUS_LABELS
  return labels[booking.paymentStatus]
}

/** Whether the customer's money has arrived or is under way, so that neither a sweep nor a resend may end the booking. */
export function isMoneyReceived(booking: Pick<BookingState, 'status' | 'paymentStatus'>): boolean {
  return booking.paymentStatus === 'processing' || booking.paymentStatus === 'paid'
}

/** Whether the slot is reserved while its customer still has to pay; at the very instant of `holdExpiresAt` it is not. */
export function isHold(booking: Pick<BookingState, 'status' | 'paymentStatus' | 'holdExpiresAt'>, now: Date): boolean {
  return (
    booking.status === 'pending_payment' &&
    booking.paymentStatus === 'unpaid' &&
    booking.holdExpiresAt !== null &&
    now.getTime() < booking.holdExpiresAt.getTime()
  )
}

/** Whether an unpaid reservation has run out and only waits to be recorded as Expired. */
export function isLapsedHold(
  booking: Pick<BookingState, 'status' | 'paymentStatus' | 'holdExpiresAt'>,
  now: Date,
): boolean {
  return booking.status === 'pending_payment' && booking.paymentStatus === 'unpaid' && !isHold(booking, now)
}

/**
 * Whether a booking takes up its trainer's time: confirmed, or its money is known, or its unpaid hold still runs.
 *
 * The other keeper is the exclusion constraint `bookings_no_overlap`, which cannot see the clock: writers expire lapsed
 * holds first, under the trainer's lock.
 */
export function isLive(booking: Pick<BookingState, 'status' | 'paymentStatus' | 'holdExpiresAt'>, now: Date): boolean {
  if (booking.status === 'confirmed') return true
  return (booking.status === 'pending_payment' && isMoneyReceived(booking)) || isHold(booking, now)
}

/** Whether a booking belongs under My Upcoming Sessions: confirmed, or Pending Payment whose money is known, however long ago it ended. */
export function isUpcoming(booking: Pick<BookingState, 'status' | 'paymentStatus'>): boolean {
  return booking.status === 'confirmed' || (booking.status === 'pending_payment' && isMoneyReceived(booking))
}

type Unmanaged = 'not_found' | 'insufficient_scope'

/** May this caller read the booking? Its trainer and admins; for everyone else it does not exist (`not_found`). */
export function decideReadBooking(caller: Caller, booking: Pick<BookingState, 'trainerId'>): Decision<Unmanaged> {
  return decideManage(caller, booking.trainerId, 'bookings:read')
}

/**
 * May this caller confirm the payment?
 *
 * Its trainer and admins, while it is Pending Payment, whatever our own record says of the money: pressing it is what
 * asks the provider, who alone knows (payment.ts; `payment_not_completed` and `payment_mismatch` come from there). A
 * confirmed one stays confirmed without complaint; any other status: `invalid_state`.
 */
export function decideConfirmPayment(
  caller: Caller,
  booking: Pick<BookingState, 'status' | 'trainerId'>,
): RepeatableDecision<Unmanaged | 'invalid_state'> {
  const managed = decideManage(caller, booking.trainerId, 'payments:write')
  if (!managed.allowed) return managed
  if (booking.status === 'confirmed') return ALREADY_HOLDS
  return booking.status === 'pending_payment' ? ALLOWED : refused('invalid_state')
}

/**
 * May this caller mark the session complete?
 *
 * Its trainer and admins, once it is Confirmed and its end has come: at the end's very instant yes, a millisecond before
 * `session_not_ended`. Within 30 days of being marked a no-show an admin may correct it (its trainer: `org_admin_required`).
 * A completed one stays so without complaint; any other status: `invalid_state`.
 */
export function decideComplete(
  caller: Caller,
  booking: BookingState,
  now: Date,
): RepeatableDecision<Unmanaged | 'invalid_state' | 'session_not_ended' | 'org_admin_required'> {
  const managed = decideManage(caller, booking.trainerId, 'bookings:write')
  if (!managed.allowed) return managed
  if (booking.status === 'completed') return ALREADY_HOLDS
  if (booking.status === 'no_show') return decideCorrectNoShow(caller, booking, now)
  if (booking.status !== 'confirmed') return refused('invalid_state')
  return now.getTime() >= booking.endAt.getTime() ? ALLOWED : refused('session_not_ended')
}

function decideCorrectNoShow(
  caller: Caller,
  booking: BookingState,
  now: Date,
): Decision<'invalid_state' | 'session_not_ended' | 'org_admin_required'> {
  if (!isOrgAdmin(caller)) return refused('org_admin_required')
  const markedAt = booking.completedAt ?? booking.endAt
  if (now.getTime() > markedAt.getTime() + NO_SHOW_CORRECTION_DAYS * DAY) return refused('invalid_state')
  return now.getTime() >= booking.endAt.getTime() ? ALLOWED : refused('session_not_ended')
}

/** The step that completing makes: the usual one, or an admin's correction of a no-show. */
export function completionOccasion(status: BookingStatus): 'marked_complete' | 'no_show_corrected' {
  return status === 'no_show' ? 'no_show_corrected' : 'marked_complete'
}

/**
 * May this caller say that the customer did not come?
 *
 * Its trainer and admins, from 10 minutes after the start (at that very instant yes; before: `session_not_started`), on
 * a Confirmed booking; a no-show stays one without complaint; any other status: `invalid_state`.
 */
export function decideMarkNoShow(
  caller: Caller,
  booking: BookingState,
  now: Date,
): RepeatableDecision<Unmanaged | 'invalid_state' | 'session_not_started'> {
  const managed = decideManage(caller, booking.trainerId, 'bookings:write')
  if (!managed.allowed) return managed
  if (booking.status === 'no_show') return ALREADY_HOLDS
  if (booking.status !== 'confirmed') return refused('invalid_state')
  const from = booking.startAt.getTime() + NO_SHOW_AFTER_MINUTES * MINUTE
  return now.getTime() >= from ? ALLOWED : refused('session_not_started')
}

/** What the organization lets customers do, read when they try it; the notice for moving is frozen on the booking. */
export interface CustomerRights {
  readonly customerMayCancel: boolean
  readonly customerMayReschedule: boolean
  readonly rescheduleWindowHours: number
}

/**
 * May this caller cancel the booking?
 *
 * The organization's side (its trainer, admins) while it is Pending Payment or Confirmed. The customer only a Confirmed
 * one, before its start (`session_already_started` from the very instant), and only where the organization allows it
 * (`change_not_allowed`). A canceled one stays so without complaint; any other status: `invalid_state`. What is paid
 * back: cancellation.ts.
 */
export function decideCancelBooking(
  caller: Caller,
  booking: BookingState,
  rights: Pick<CustomerRights, 'customerMayCancel'>,
  now: Date,
): RepeatableDecision<Unmanaged | 'invalid_state' | 'session_already_started' | 'change_not_allowed'> {
  if (caller.kind !== 'customer') {
    const managed = decideManage(caller, booking.trainerId, 'bookings:write')
    if (!managed.allowed) return managed
    if (booking.status === 'canceled') return ALREADY_HOLDS
    return bookingStepAllowed(booking.status, 'canceled', 'canceled') ? ALLOWED : refused('invalid_state')
  }
  if (booking.status === 'canceled') return ALREADY_HOLDS
  if (booking.status !== 'confirmed') return refused('invalid_state')
  if (now.getTime() >= booking.startAt.getTime()) return refused('session_already_started')
  return rights.customerMayCancel ? ALLOWED : refused('change_not_allowed')
}

/** The last instant at which a customer may still move their booking: so many hours before its start. */
export function rescheduleDeadline(startAt: Date, rescheduleWindowHours: number): Date {
  return new Date(startAt.getTime() - rescheduleWindowHours * 60 * MINUTE)
}

/**
 * May this caller move the booking to another time?
 *
 * Confirmed ones only (`invalid_state`), before the start (`session_already_started` from the very instant). The
 * customer also needs the organization's leave and the notice frozen on the booking: exactly so many hours before is
 * still allowed, a millisecond later `change_not_allowed`. Whether the new time is open is the slot engine's to say.
 */
export function decideReschedule(
  caller: Caller,
  booking: BookingState,
  rights: Omit<CustomerRights, 'customerMayCancel'>,
  now: Date,
): Decision<Unmanaged | 'invalid_state' | 'session_already_started' | 'change_not_allowed'> {
  if (caller.kind !== 'customer') {
    const managed = decideManage(caller, booking.trainerId, 'bookings:write')
    if (!managed.allowed) return managed
  }
  if (booking.status !== 'confirmed') return refused('invalid_state')
  if (now.getTime() >= booking.startAt.getTime()) return refused('session_already_started')
  if (caller.kind !== 'customer') return ALLOWED
  const deadline = rescheduleDeadline(booking.startAt, rights.rescheduleWindowHours)
  return rights.customerMayReschedule && now.getTime() <= deadline.getTime() ? ALLOWED : refused('change_not_allowed')
}

/** Money of one booking in minor units of its currency; `refundedMinor` counts refunds under way as well. */
export interface BookingMoney {
  readonly paidMinor: number
  readonly refundedMinor: number
  /** A bank holds it until it has decided on the customer's dispute (dispute.ts). */
  readonly isHeldByBank: boolean
}

/**
 * May this caller send money back by hand?
 *
 * Admins only (its trainer: `org_admin_required`), on a booking that is confirmed or over; a paid one that is not yet
 * confirmed is canceled instead, which pays back in full (`invalid_state`). Nothing was paid: `payment_not_completed`.
 * While a bank decides on a dispute nothing can be refunded, and what it gives back would be paid twice (`invalid_state`).
 * More than what is left of the payment, or nothing at all: `refund_exceeds_paid`. The other keeper is the ledger's
 * constraint. Leave `amountMinor` out to ask whether any refund is possible.
 */
export function decideRefund(
  caller: Caller,
  booking: Pick<BookingState, 'status' | 'trainerId'>,
  money: BookingMoney,
  amountMinor?: number,
): Decision<Unmanaged | 'org_admin_required' | 'invalid_state' | 'payment_not_completed' | 'refund_exceeds_paid'> {
  const administered = decideAdminister(caller, booking.trainerId, 'payments:write')
  if (!administered.allowed) return administered
  if (booking.status === 'pending_payment') return refused('invalid_state')
  if (money.paidMinor <= 0) return refused('payment_not_completed')
  if (money.isHeldByBank) return refused('invalid_state')
  const left = money.paidMinor - money.refundedMinor
  const wanted = amountMinor ?? 1
  return wanted >= 1 && wanted <= left ? ALLOWED : refused('refund_exceeds_paid')
}

/** The payment status after money went back: nothing, part or all of it. Counts refunds that succeeded. */
export function paymentStatusAfterRefund(paidMinor: number, refundedMinor: number): PaymentStatus {
  if (refundedMinor <= 0) return 'paid'
  return refundedMinor >= paidMinor ? 'refunded' : 'partially_refunded'
}

export const BOOKING_ACTIONS = ['confirmPayment', 'complete', 'cancel', 'reschedule', 'markNoShow', 'refund'] as const
export type BookingAction = (typeof BOOKING_ACTIONS)[number]

/** Everything a member or a key may do with this booking now, from the same decisions that the commands ask. */
export function bookingActions(
  caller: Caller,
  booking: BookingState,
  money: BookingMoney,
  now: Date,
): Record<BookingAction, Action> {
  // The organization's side never needs the customer's rights.
  const rights = { customerMayCancel: false, customerMayReschedule: false, rescheduleWindowHours: 0 }
  return {
    confirmPayment: actionOf(decideConfirmPayment(caller, booking)),
    complete: actionOf(decideComplete(caller, booking, now)),
    cancel: actionOf(decideCancelBooking(caller, booking, rights, now)),
    reschedule: actionOf(decideReschedule(caller, booking, rights, now)),
    markNoShow: actionOf(decideMarkNoShow(caller, booking, now)),
    refund: actionOf(decideRefund(caller, booking, money)),
  }
}
