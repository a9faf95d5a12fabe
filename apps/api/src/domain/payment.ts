import { type BookingState, isLapsedHold } from './booking.ts'
import { isSameMoney, type Money } from './money.ts'
import type { RequestStatus } from './training-request.ts'

export const REFUND_STATUSES = ['pending', 'succeeded', 'failed'] as const
export type RefundStatus = (typeof REFUND_STATUSES)[number]

/** Why money goes back; the customer's mail and the booking's page explain each in words. */
export const REFUND_REASONS = [
  'canceled_by_organization',
  'canceled_by_customer',
  'customer_picks_again',
  'refunded_by_admin',
  'refunded_at_provider',
  'request_canceled',
  'booking_canceled',
  'slot_taken',
  'slot_unknown',
  'replaced',
  'session_started',
  'paid_twice',
  'not_due',
  'amount_mismatch',
  'currency_mismatch',
] as const
export type RefundReason = (typeof REFUND_REASONS)[number]

export const REFUND_REASON_LABELS: Readonly<Record<RefundReason, string>> = {
  canceled_by_organization: 'The session was canceled',
  canceled_by_customer: 'You canceled the session',
  customer_picks_again: 'The booking was canceled so that another time can be chosen',
  refunded_by_admin: 'The organization paid you back',
  refunded_at_provider: 'The organization paid you back',
  request_canceled: 'Your request had been canceled before the payment arrived',
  booking_canceled: 'Your booking had been canceled before the payment arrived',
  slot_taken: 'The payment arrived after your reservation had ended, and the time is no longer free',
  slot_unknown:
    'The payment arrived after your reservation had ended, and we could not confirm that the time is still free',
  replaced: 'The payment arrived for a time that you had since replaced',
  session_started: 'The payment arrived after the time of the session',
  paid_twice: 'The session had already been paid',
  not_due: 'Nothing was to be paid',
  amount_mismatch: 'The amount paid was not the price of the session',
  currency_mismatch: 'The currency paid was not that of the price',
}

/** Why money goes back, in words for the customer, who is told that it went back once it has. */
export function refundReasonInWords(reason: RefundReason, status: RefundStatus): string {
  const isByOrganization = reason === 'refunded_by_admin' || reason === 'refunded_at_provider'
  return isByOrganization && status !== 'succeeded'
    ? 'The organization is paying you back'
    : REFUND_REASON_LABELS[reason]
}

/** The same in words for the organization's own screens. */
export const REFUND_REASON_STAFF_LABELS: Readonly<Record<RefundReason, string>> = {
  canceled_by_organization: 'The organization canceled the session',
  canceled_by_customer: 'The customer canceled the session',
  customer_picks_again: 'Canceled so that the customer can choose another time',
  refunded_by_admin: 'Refunded by an admin',
  refunded_at_provider: 'Refunded at the payment provider',
  request_canceled: 'Paid after the request had been canceled',
  booking_canceled: 'Paid after the booking had been canceled',
  slot_taken: 'Paid after the hold had ended, and the time was no longer free',
  slot_unknown: 'Paid after the hold had ended, while the calendar could not be read',
  replaced: 'Paid for a time that the customer had since replaced',
  session_started: 'Paid after the time of the session',
  paid_twice: 'Paid a second time',
  not_due: 'Nothing was to be paid',
  amount_mismatch: 'Another amount was paid than the price',
  currency_mismatch: 'Another currency was paid than that of the price',
}

/** What came was not what was asked; how much came is told by the refund that returns it. */
export const MISMATCH_REASONS = ['amount_mismatch', 'currency_mismatch'] as const satisfies readonly RefundReason[]

/** Money that was never the price of its booking: it goes back beside whatever the booking counts as paid and paid back. */
const BESIDE_THE_BOOKING: ReadonlySet<RefundReason> = new Set(['paid_twice', 'not_due', ...MISMATCH_REASONS])

/** Whether a refund for this reason gives back money that the booking itself counts as paid. */
export function isRefundOfBooking(reason: RefundReason): boolean {
  return !BESIDE_THE_BOOKING.has(reason)
}

/** Reasons that somebody decided on, customer, organization or provider. */
const DECIDED: ReadonlySet<RefundReason> = new Set([
  'canceled_by_organization',
  'canceled_by_customer',
  'customer_picks_again',
  'refunded_by_admin',
  'refunded_at_provider',
])

/** Whether a refund for this reason is of a payment that could not be used, so that its request is flagged. */
export function isPaymentNotHonoured(reason: RefundReason): boolean {
  return !DECIDED.has(reason)
}

/** A captured payment that is neither booked nor on its way back after so long is one too many (quality.md, reliability). */
export const UNSETTLED_AFTER_MINUTES = 15

/** So many minutes before its start the system confirms a paid booking by itself (product.md §9). */
export const CONFIRM_BY_ITSELF_BEFORE_START_MINUTES = 60

/** What the payment provider says about one checkout, read at one moment: the only form in which truth comes in. */
export interface CheckoutTruth {
  readonly status: 'open' | 'complete' | 'expired'
  readonly paymentStatus: 'unpaid' | 'processing' | 'paid' | 'failed'
  readonly amount: Money
  readonly bookingId: string
  /** The provider's id of the captured payment; null until there is one. */
  readonly paymentId: string | null
}

/** Whether a time is still to be had: `unknown` while a calendar cannot be read, which counts as not free. */
export type SlotState = 'free' | 'taken' | 'unknown'

/** How things stand here when that truth arrives, read under the locks of the transaction that will act on it. */
export interface PaymentSituation {
  readonly booking: BookingState & { readonly id: string; readonly price: Money }
  readonly requestStatus: RequestStatus
  /** The provider's id of the payment that this booking already counts as its own. */
  readonly recordedPaymentId: string | null
  /** A refund of this checkout's payment is recorded, under way or done. */
  readonly isRefundRecorded: boolean
  /** The request has a link or a booking newer than this one. */
  readonly hasNewerChoice: boolean
  /** Whether the booking's time is open in slots and calendar, this booking left aside. */
  readonly slot: SlotState
  /** Somebody pressed Confirm Payment, or the organization confirms automatically. */
  readonly confirm: boolean
}

export type PaymentOutcome =
  /** Leave everything as it is. */
  | {
      readonly kind: 'nothing'
      readonly reason:
        | 'not_paid'
        | 'declined'
        | 'processing'
        | 'already_recorded'
        | 'already_refunded'
        | 'already_ended'
    }
  /** The money is under way: payment `processing`, the deadline cleared. */
  | { readonly kind: 'record_processing' }
  /** The booking was canceled while its money was under way, and the money did not come: payment `failed`. */
  | { readonly kind: 'record_failed' }
  /** The money is here: payment `paid`, the deadline cleared; the trainer has yet to confirm. */
  | { readonly kind: 'record_paid' }
  /** Record the payment if that is still to do, and confirm the booking. */
  | { readonly kind: 'confirm' }
  /** The reservation is over; close its checkout first where it can still be paid. */
  | {
      readonly kind: 'expire'
      readonly reason: 'hold_ran_out' | 'delayed_payment_failed'
      readonly closeCheckout: boolean
    }
  /** The booking is over, yet its checkout could still be paid: close it. */
  | { readonly kind: 'close_checkout' }
  /** Paid too late, but everything is still free: expired → pending_payment and paid; `confirm`: and at once confirmed. */
  | { readonly kind: 'honour_late'; readonly confirm: boolean }
  /** The money cannot be used: back in full, the customer told why, the request flagged `payment_not_honoured`. */
  | { readonly kind: 'refund'; readonly reason: RefundReason }
  /**
   * What was paid is not what was asked. `refund`: the reason for sending it back in full, flagged as above; null when
   * no money has been captured, or when the checkout is another booking's, whose own check judges it.
   */
  | {
      readonly kind: 'mismatch'
      readonly reason: 'booking' | 'amount' | 'currency'
      readonly refund: 'amount_mismatch' | 'currency_mismatch' | null
    }

/**
 * What must happen now that the provider has said this about a booking's checkout.
 *
 * The brain of `syncPayment`, the only door for payment truth: webhook, Confirm Payment, return page, sweep and
 * reconciler all ask it, in any order and any number of times, so it depends on nothing but the truth and the state, and
 * asked again after its answer was carried out it answers `nothing`. Every captured payment ends in exactly one of:
 * reserved or booked, booked again on the same free slot, refunded in full (product.md §9). Money that is first heard of at
 * the session's start or later goes back, however it came. Money once recorded is never unrecorded here; an unpaid hold
 * ends at the instant of its deadline. The other keepers are the booking's guarded
 * UPDATE, `bookings_no_overlap`, and the unique keys on payments and refunds.
 */
export function paymentOutcome(checkout: CheckoutTruth, situation: PaymentSituation, now: Date): PaymentOutcome {
  const outcome = judge(checkout, situation, now)
  // Whatever else is true of the money, a reservation that it does not keep has to end at its deadline.
  const keepsNothing = outcome.kind === 'nothing' || (outcome.kind === 'mismatch' && outcome.refund === null)
  if (keepsNothing && isLapsedHold(situation.booking, now)) {
    return { kind: 'expire', reason: 'hold_ran_out', closeCheckout: isOurs(checkout, situation) && isPayable(checkout) }
  }
  return outcome
}

function judge(checkout: CheckoutTruth, situation: PaymentSituation, now: Date): PaymentOutcome {
  if (!isOurs(checkout, situation)) return { kind: 'mismatch', reason: 'booking', refund: null }
  switch (checkout.paymentStatus) {
    case 'paid':
      return judgePaid(checkout, situation, now)
    case 'processing':
      return judgeProcessing(checkout, situation, now)
    case 'failed':
      return judgeFailed(checkout, situation)
    case 'unpaid':
      return judgeUnpaid(checkout, situation)
  }
}

function isOurs(checkout: CheckoutTruth, situation: PaymentSituation): boolean {
  return checkout.bookingId === situation.booking.id
}

function isPayable(checkout: CheckoutTruth): boolean {
  return checkout.status === 'open'
}

function mismatchOf(checkout: CheckoutTruth, situation: PaymentSituation): 'amount' | 'currency' | null {
  const { price } = situation.booking
  if (isSameMoney(checkout.amount, price)) return null
  return checkout.amount.currency === price.currency ? 'amount' : 'currency'
}

/** Whether a paid booking is confirmed without waiting: somebody asked for it, or its start is an hour away or less. */
export function isConfirmationDue(confirm: boolean, startAt: Date, now: Date): boolean {
  return confirm || now.getTime() >= startAt.getTime() - CONFIRM_BY_ITSELF_BEFORE_START_MINUTES * 60_000
}

function judgePaid(checkout: CheckoutTruth, situation: PaymentSituation, now: Date): PaymentOutcome {
  const { booking, recordedPaymentId } = situation
  if (situation.isRefundRecorded) return { kind: 'nothing', reason: 'already_refunded' }
  const mismatch = mismatchOf(checkout, situation)
  if (mismatch !== null) {
    return {
      kind: 'mismatch',
      reason: mismatch,
      refund: mismatch === 'amount' ? 'amount_mismatch' : 'currency_mismatch',
    }
  }
  if (recordedPaymentId !== null && recordedPaymentId !== checkout.paymentId) {
    return { kind: 'refund', reason: 'paid_twice' }
  }
  const confirm = isConfirmationDue(situation.confirm, booking.startAt, now)
  if (recordedPaymentId !== null) {
    return booking.status === 'pending_payment' && confirm
      ? { kind: 'confirm' }
      : { kind: 'nothing', reason: 'already_recorded' }
  }
  switch (booking.status) {
    case 'pending_payment':
      if (isLapsedHold(booking, now)) return judgeLate(situation, confirm, now)
      // However long it was under way: what arrives once the session should have begun pays for nothing.
      if (hasStarted(booking, now)) return { kind: 'refund', reason: 'session_started' }
      return confirm ? { kind: 'confirm' } : { kind: 'record_paid' }
    case 'expired':
      return judgeLate(situation, confirm, now)
    case 'canceled':
      return { kind: 'refund', reason: endedReason(situation) }
    case 'confirmed':
    case 'completed':
    case 'no_show':
      return { kind: 'refund', reason: 'not_due' }
  }
}

function hasStarted(booking: Pick<BookingState, 'startAt'>, now: Date): boolean {
  return now.getTime() >= booking.startAt.getTime()
}

function endedReason(situation: PaymentSituation): RefundReason {
  if (situation.requestStatus === 'canceled') return 'request_canceled'
  return situation.hasNewerChoice ? 'replaced' : 'booking_canceled'
}

function judgeLate(situation: PaymentSituation, confirm: boolean, now: Date): PaymentOutcome {
  const { booking, requestStatus } = situation
  if (requestStatus === 'canceled') return { kind: 'refund', reason: 'request_canceled' }
  // A hold that has lapsed but is not yet recorded as expired leaves its request at Pending Payment.
  const isWaiting = requestStatus === (booking.status === 'expired' ? 'expired' : 'pending_payment')
  if (!isWaiting || situation.hasNewerChoice) return { kind: 'refund', reason: 'replaced' }
  if (hasStarted(booking, now)) return { kind: 'refund', reason: 'session_started' }
  if (situation.slot === 'free') return { kind: 'honour_late', confirm }
  return { kind: 'refund', reason: situation.slot === 'taken' ? 'slot_taken' : 'slot_unknown' }
}

function judgeProcessing(checkout: CheckoutTruth, situation: PaymentSituation, now: Date): PaymentOutcome {
  const { booking } = situation
  const mismatch = mismatchOf(checkout, situation)
  if (mismatch !== null) return { kind: 'mismatch', reason: mismatch, refund: null }
  if (booking.status !== 'pending_payment' || booking.paymentStatus !== 'unpaid') {
    return { kind: 'nothing', reason: booking.paymentStatus === 'paid' ? 'already_recorded' : 'processing' }
  }
  // Begun within the hold, heard of after it: kept when nothing has come between, else the hold ends and the money is
  // judged when it arrives.
  if (isLapsedHold(booking, now) && (situation.slot !== 'free' || hasStarted(booking, now))) {
    return { kind: 'nothing', reason: 'processing' }
  }
  return { kind: 'record_processing' }
}

function judgeFailed(checkout: CheckoutTruth, situation: PaymentSituation): PaymentOutcome {
  const { booking } = situation
  if (booking.status !== 'pending_payment') {
    const isAwaited = booking.paymentStatus === 'processing' && !isPayable(checkout)
    return isAwaited ? { kind: 'record_failed' } : closeOrNothing(checkout)
  }
  if (booking.paymentStatus === 'paid') return { kind: 'nothing', reason: 'already_recorded' }
  // A declined card leaves the checkout open and the hold running: the customer may try another.
  if (isPayable(checkout)) return { kind: 'nothing', reason: 'declined' }
  return { kind: 'expire', reason: 'delayed_payment_failed', closeCheckout: false }
}

function judgeUnpaid(checkout: CheckoutTruth, situation: PaymentSituation): PaymentOutcome {
  const { booking } = situation
  if (booking.status !== 'pending_payment') return closeOrNothing(checkout)
  return { kind: 'nothing', reason: booking.paymentStatus === 'paid' ? 'already_recorded' : 'not_paid' }
}

function closeOrNothing(checkout: CheckoutTruth): PaymentOutcome {
  return isPayable(checkout) ? { kind: 'close_checkout' } : { kind: 'nothing', reason: 'already_ended' }
}

/**
 * What Confirm Payment answers when the provider's truth led to this outcome: null when the booking is confirmed by it.
 *
 * `payment_mismatch` for the wrong amount, currency or booking; `invalid_state` when the money goes back
 * or never came for a booking that is over; `payment_not_completed` for everything else that is not paid yet.
 */
export function confirmPaymentRefusal(
  outcome: PaymentOutcome,
): 'payment_not_completed' | 'payment_mismatch' | 'invalid_state' | null {
  switch (outcome.kind) {
    case 'confirm':
      return null
    case 'honour_late':
      return outcome.confirm ? null : 'payment_not_completed'
    case 'mismatch':
      return 'payment_mismatch'
    case 'refund':
    case 'record_failed':
      return 'invalid_state'
    case 'nothing':
      return outcome.reason === 'already_refunded' || outcome.reason === 'already_ended'
        ? 'invalid_state'
        : 'payment_not_completed'
    case 'record_paid':
    case 'record_processing':
    case 'expire':
    case 'close_checkout':
      return 'payment_not_completed'
  }
}
