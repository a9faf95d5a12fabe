import { appendEvent } from '../../db/append-event.ts'
import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { BOOKING_STATUSES, isLapsedHold, paymentStatusAfterRefund } from '../../domain/booking.ts'
import type { Actor } from '../../domain/caller.ts'
import type { DomainEvent } from '../../domain/events.ts'
import type { Money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isRefundOfBooking, type PaymentOutcome, type RefundReason } from '../../domain/payment.ts'
import { settledRefundsMinorOf } from '../../domain/refund.ts'
import type { StepOccasion } from '../../domain/training-request.ts'
import { expireLapsedHold, expireLapsedHoldsOfTrainer } from '../bookings/expire-lapsed-holds.ts'
import {
  type BookingChange,
  type BookingRow,
  bookingStateOf,
  recordOnBooking,
  stepBooking,
} from '../bookings/repository.ts'
import { endSchedulingToken } from '../requests/end-scheduling-token.ts'
import { stepTrainingRequest, type TrainingRequestRow } from '../requests/repository.ts'
import { isCountedRefund, lockMoneyOfBooking } from './counted-payment.ts'
import { insertRefund } from './refund-repository.ts'
import type { PaymentRow } from './repository.ts'

export interface PaymentOutcomeInput {
  scope: OrganizationScope
  trainingRequest: TrainingRequestRow
  booking: BookingRow
  payment: PaymentRow
  outcome: PaymentOutcome
  /** What the provider says was paid, or would be. */
  captured: Money
  /** The booking counts a payment as its own already. */
  isRecorded: boolean
  actor: Actor
  now: Date
}

type ApplyDeps = Pick<Deps, 'ids'>

/**
 * Does to booking and request what `paymentOutcome` has judged, with history and events; in the transaction and under the
 * locks of `syncPayment`, which alone may call it. `close_checkout` and `nothing` change nothing here.
 */
export async function applyPaymentOutcome(tx: Tx, deps: ApplyDeps, input: PaymentOutcomeInput): Promise<void> {
  const { outcome } = input
  switch (outcome.kind) {
    case 'nothing':
    case 'close_checkout':
      return
    case 'record_processing':
      return recordProcessing(tx, deps, input)
    case 'record_failed':
      return recordFailed(tx, deps, input)
    case 'record_paid':
      return recordPaid(tx, deps, input)
    case 'confirm':
      return confirm(tx, deps, input, input.isRecorded ? null : 'payment_received')
    case 'expire':
      return expire(tx, deps, input, outcome.reason)
    case 'honour_late':
      return honourLate(tx, deps, input, outcome.confirm)
    case 'refund':
      return sendBack(tx, deps, input, outcome.reason)
    case 'mismatch':
      return outcome.refund === null ? undefined : sendBack(tx, deps, input, outcome.refund)
  }
}

function emit(tx: Tx, deps: ApplyDeps, input: PaymentOutcomeInput, event: DomainEvent): Promise<string> {
  return appendEvent(tx, deps, {
    organizationId: input.scope.organizationId,
    actor: input.actor,
    now: input.now,
    event,
  })
}

function about(input: PaymentOutcomeInput, booking: Pick<BookingRow, 'status'>) {
  return {
    requestId: input.trainingRequest.id,
    bookingId: input.booking.id,
    status: booking.status,
    trainerId: input.booking.trainerUserId,
  }
}

/** The row was locked before the rule was asked, so a guarded step that finds nothing means that the two disagree. */
function stepped<Row>(row: Row | null): Row {
  if (row === null) throw new Error('The table of moves does not allow what the payment rule asks for.')
  return row
}

async function stepRequest(
  tx: Tx,
  deps: ApplyDeps,
  input: PaymentOutcomeInput,
  occasion: StepOccasion,
): Promise<TrainingRequestRow> {
  const { scope, trainingRequest, actor, now } = input
  return stepped(
    await stepTrainingRequest(tx, scope, {
      trainingRequestId: trainingRequest.id,
      occasion,
      actor,
      now,
      ids: deps.ids,
    }),
  )
}

function paidNow(input: PaymentOutcomeInput): BookingChange {
  return { paymentStatus: 'paid', paidMinor: input.captured.amount, paidAt: input.now, holdExpiresAt: null }
}

/** Part of the money may have gone back at the provider while the session waited for its trainer; what is on its way has not. */
async function paidBefore(tx: Tx, scope: OrganizationScope, booking: BookingRow): Promise<BookingChange> {
  if (booking.refundedMinor === 0) return {}
  const { refunds } = await lockMoneyOfBooking(tx, scope, booking.id)
  const settledMinor = settledRefundsMinorOf(refunds.filter(isCountedRefund))
  return { paymentStatus: paymentStatusAfterRefund(booking.paidMinor, settledMinor) }
}

async function recordProcessing(tx: Tx, deps: ApplyDeps, input: PaymentOutcomeInput): Promise<void> {
  const { scope, booking, actor, now } = input
  const row = stepped(
    await recordOnBooking(tx, scope, {
      bookingId: booking.id,
      statusIn: ['pending_payment'],
      paymentStatusIn: ['unpaid'],
      set: { paymentStatus: 'processing', holdExpiresAt: null },
      reason: 'payment_processing',
      actor,
      now,
      ids: deps.ids,
    }),
  )
  await emit(tx, deps, input, { name: 'payment_processing', payload: about(input, row) })
}

async function recordFailed(tx: Tx, deps: ApplyDeps, input: PaymentOutcomeInput): Promise<void> {
  const { scope, booking, actor, now } = input
  const row = stepped(
    await recordOnBooking(tx, scope, {
      bookingId: booking.id,
      statusIn: BOOKING_STATUSES,
      paymentStatusIn: ['processing'],
      set: { paymentStatus: 'failed' },
      reason: 'payment_failed',
      actor,
      now,
      ids: deps.ids,
    }),
  )
  await emit(tx, deps, input, { name: 'payment_failed', payload: about(input, row) })
}

async function recordPaid(tx: Tx, deps: ApplyDeps, input: PaymentOutcomeInput): Promise<void> {
  const { scope, booking, payment, actor, now } = input
  const row = stepped(
    await recordOnBooking(tx, scope, {
      bookingId: booking.id,
      statusIn: ['pending_payment'],
      set: paidNow(input),
      reason: 'payment_received',
      actor,
      now,
      ids: deps.ids,
    }),
  )
  await emit(tx, deps, input, { name: 'payment_received', payload: { ...about(input, row), paymentId: payment.id } })
}

async function confirm(
  tx: Tx,
  deps: ApplyDeps,
  input: PaymentOutcomeInput,
  received: 'payment_received' | null,
): Promise<void> {
  const { scope, booking, payment, actor, now } = input
  const row = stepped(
    await stepBooking(tx, scope, {
      bookingId: booking.id,
      occasion: 'payment_verified',
      set: { ...(received === null ? await paidBefore(tx, scope, booking) : paidNow(input)), confirmedAt: now },
      actor,
      now,
      ids: deps.ids,
    }),
  )
  await stepRequest(tx, deps, input, 'payment_verified')
  await endSchedulingToken(tx, scope, { trainingRequestId: booking.trainingRequestId, reason: 'used', now })
  if (received !== null)
    await emit(tx, deps, input, { name: received, payload: { ...about(input, row), paymentId: payment.id } })
  await emit(tx, deps, input, { name: 'booking_confirmed', payload: about(input, row) })
}

async function expire(
  tx: Tx,
  deps: ApplyDeps,
  input: PaymentOutcomeInput,
  reason: 'hold_ran_out' | 'delayed_payment_failed',
): Promise<void> {
  if (reason === 'hold_ran_out') await expireLapsedHold(tx, input.booking, { now: input.now, ids: deps.ids })
  else await endReservation(tx, deps, input, reason, { paymentStatus: 'failed', holdExpiresAt: null })
}

/** Booking and request become Expired, and the time is free again. */
async function endReservation(
  tx: Tx,
  deps: ApplyDeps,
  input: PaymentOutcomeInput,
  reason: 'hold_ran_out' | 'delayed_payment_failed',
  set: BookingChange,
): Promise<void> {
  const { scope, booking, actor, now } = input
  const row = stepped(
    await stepBooking(tx, scope, {
      bookingId: booking.id,
      occasion: reason,
      set,
      actor,
      now,
      ids: deps.ids,
    }),
  )
  await stepRequest(tx, deps, input, reason)
  await emit(tx, deps, input, { name: 'booking_hold_expired', payload: { ...about(input, row), reason } })
}

async function honourLate(tx: Tx, deps: ApplyDeps, input: PaymentOutcomeInput, isConfirmed: boolean): Promise<void> {
  const { scope, booking, payment, actor, now } = input
  // A hold whose end nobody has recorded yet ends first, so that history tells what happened.
  await expireIfLapsed(tx, deps, input)
  // The database cannot see the clock: other lapsed holds leave the time before this booking takes it again.
  await expireLapsedHoldsOfTrainer(tx, { ...booking, now, ids: deps.ids })
  const row = stepped(
    await stepBooking(tx, scope, {
      bookingId: booking.id,
      occasion: 'late_payment_honoured',
      set: paidNow(input),
      actor,
      now,
      ids: deps.ids,
    }),
  )
  await stepRequest(tx, deps, input, 'late_payment_honoured')
  await emit(tx, deps, input, {
    name: 'late_payment_honoured',
    payload: { ...about(input, row), paymentId: payment.id },
  })
  if (isConfirmed) await confirm(tx, deps, input, null)
}

async function expireIfLapsed(tx: Tx, deps: ApplyDeps, input: PaymentOutcomeInput): Promise<boolean> {
  if (!isLapsedHold(bookingStateOf(input.booking), input.now)) return false
  return expireLapsedHold(tx, input.booking, { now: input.now, ids: deps.ids })
}

/** Ends a reservation that this money would have kept: one whose deadline has passed, or whose session should have begun. */
async function endUnkept(tx: Tx, deps: ApplyDeps, input: PaymentOutcomeInput, reason: RefundReason): Promise<boolean> {
  if (await expireIfLapsed(tx, deps, input)) return true
  if (reason !== 'session_started' || input.booking.status !== 'pending_payment') return false
  await endReservation(tx, deps, input, 'hold_ran_out', { holdExpiresAt: null })
  return true
}

/**
 * All of it goes back: the refund's row and the event that makes a job of it. Money that was meant for this booking is
 * counted on it, paid and on its way back; money beside it (paid twice, another amount or currency) is not.
 */
async function sendBack(tx: Tx, deps: ApplyDeps, input: PaymentOutcomeInput, reason: RefundReason): Promise<void> {
  const { scope, booking, payment, captured, actor, now } = input
  let status = (await endUnkept(tx, deps, input, reason)) ? ('expired' as const) : booking.status
  if (isRefundOfBooking(reason)) {
    const row = stepped(
      await recordOnBooking(tx, scope, {
        bookingId: booking.id,
        statusIn: BOOKING_STATUSES,
        set: { ...paidNow(input), refundedMinor: captured.amount },
        reason: 'payment_not_honoured',
        actor,
        now,
        ids: deps.ids,
      }),
    )
    status = row.status
  }
  const refundId = deps.ids.next()
  await insertRefund(tx, scope, {
    id: refundId,
    bookingId: booking.id,
    paymentId: payment.id,
    amountMinor: captured.amount,
    currency: captured.currency,
    status: 'pending',
    reason,
    createdAt: now,
  })
  await emit(tx, deps, input, {
    name: 'payment_not_honoured',
    payload: { ...about(input, { status }), paymentId: payment.id, refundId },
  })
}
