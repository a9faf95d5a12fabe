import { appendEvent } from '../../db/append-event.ts'
import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { BOOKING_STATUSES, type PaymentStatus, paymentStatusAfterRefund } from '../../domain/booking.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import type { Money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { RefundReason, RefundStatus } from '../../domain/payment.ts'
import { refundedMinorOf, refundStatusAfter, settledRefundsMinorOf } from '../../domain/refund.ts'
import { type BookingRow, getBooking, lockBooking, recordOnBooking } from '../bookings/repository.ts'
import { lockTrainingRequest, type TrainingRequestRow } from '../requests/repository.ts'
import { besideReason, isCountedRefund, lockMoneyOfBooking } from './counted-payment.ts'
import { endRefundedBooking } from './end-refunded-booking.ts'
import { insertRefundOfProvider, type RefundRow, updateRefund } from './refund-repository.ts'
import type { PaymentRow } from './repository.ts'

/** What is known of one refund after asking. */
export interface ToldRefund {
  /** Our refund that it was made for; null: made elsewhere. */
  refundId: string | null
  /** The provider's id; null: it refused to make it. */
  providerRefundId: string | null
  status: RefundStatus
  amount: Money
  /** Why it failed, in words. */
  problem: string | null
}

/** When a refund that is under way at the provider is asked about again; null: it is no longer under way. */
export type NextAskAt = (refund: Pick<RefundRow, 'createdAt'>) => Date

const UNEXPLAINED = 'The payment provider does not say why'

/**
 * Writes down what the payment provider says of refunds of one payment, and what follows for booking and request; answers
 * whether anything changed. Call it in a transaction of its own, which locks request, booking, payments and refunds.
 *
 * A refund of ours is known again by the provider's id or, where the answer to making it was lost, by the id of ours that
 * the provider keeps beside it; whatever else is listed was made at the provider itself and becomes a row of its own, so
 * nothing is ever counted twice. A status only moves on (`refundStatusAfter`), so answers may arrive in any order. The
 * booking counts money on its way back as refunded; one that fails gives it back. A reservation that has not been confirmed
 * and whose money has all gone back ends.
 */
export async function settleRefunds(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: {
    scope: OrganizationScope
    payment: Pick<PaymentRow, 'id' | 'bookingId'>
    told: readonly ToldRefund[]
    nextAskAt: NextAskAt
    /** Asked once the rows are locked: false leaves everything as it is. */
    isWanted?: (tx: Tx) => Promise<boolean>
    now: Date
  },
): Promise<boolean> {
  const { scope, payment, now } = input
  const { trainingRequestId } = await getBooking(tx, scope, payment.bookingId)
  const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
  const booking = await lockBooking(tx, scope, payment.bookingId)
  const { refunds } = await lockMoneyOfBooking(tx, scope, payment.bookingId)
  if (trainingRequest === null || booking === null) throw new Error('A payment has its booking and its request.')
  if (input.isWanted !== undefined && !(await input.isWanted(tx))) return false
  const after = [...refunds]
  const news: RefundRow[] = []
  for (const told of input.told) {
    const index = after.findIndex((row) => row.paymentId === payment.id && isSameRefund(row, told))
    const known = after[index]
    const row =
      known === undefined
        ? await recordRefundOfProvider(tx, deps, { ...input, told, refunds: after, bookingId: booking.id })
        : await recordTold(tx, { ...input, told, known })
    if (row === null) continue
    if (known === undefined) after.push(row)
    else after[index] = row
    if (known === undefined || row.status !== known.status || known.providerRefundId === null) news.push(row)
  }
  if (news.length === 0) return false
  await recordMoney(tx, deps, { scope, trainingRequest, booking, news, after, now })
  return true
}

function isSameRefund(row: RefundRow, told: ToldRefund): boolean {
  if (told.providerRefundId !== null && row.providerRefundId === told.providerRefundId) return true
  return row.id === told.refundId && (row.providerRefundId === null || told.providerRefundId === null)
}

async function recordTold(
  tx: Tx,
  input: { scope: OrganizationScope; told: ToldRefund; known: RefundRow; nextAskAt: NextAskAt; now: Date },
): Promise<RefundRow> {
  const { scope, told, known, now } = input
  // One that seemed to have been refused and stands in the provider's list was made after all.
  const isFound = known.providerRefundId === null && told.providerRefundId !== null
  const status = isFound ? told.status : refundStatusAfter(known.status, told.status)
  const hasMoved = status !== known.status
  const set = {
    syncedAt: now,
    status,
    providerRefundId: told.providerRefundId ?? known.providerRefundId,
    nextAttemptAt: status === 'pending' ? input.nextAskAt(known) : null,
    settledAt: hasMoved ? now : known.settledAt,
    lastError: status === 'failed' ? (hasMoved ? (told.problem ?? UNEXPLAINED) : known.lastError) : null,
  }
  await updateRefund(tx, scope, known.id, set)
  return { ...known, ...set }
}

/** Null when a refund with that id belongs to something else. */
async function recordRefundOfProvider(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: {
    scope: OrganizationScope
    payment: Pick<PaymentRow, 'id'>
    bookingId: string
    told: ToldRefund
    refunds: readonly RefundRow[]
    nextAskAt: NextAskAt
    now: Date
  },
): Promise<RefundRow | null> {
  const { scope, told, payment, now } = input
  if (told.providerRefundId === null) return null
  // Money that never was the price of the booking stays so, whoever sends it back.
  const reason: RefundReason = besideReason(payment.id, input.refunds) ?? 'refunded_at_provider'
  const row: RefundRow = {
    id: deps.ids.next(),
    organizationId: scope.organizationId,
    bookingId: input.bookingId,
    paymentId: payment.id,
    amountMinor: told.amount.amount,
    currency: told.amount.currency,
    status: told.status,
    reason,
    note: null,
    retriesRefundId: null,
    providerRefundId: told.providerRefundId,
    attempts: 0,
    nextAttemptAt: told.status === 'pending' ? input.nextAskAt({ createdAt: now }) : null,
    lastError: told.status === 'failed' ? (told.problem ?? UNEXPLAINED) : null,
    createdAt: now,
    settledAt: told.status === 'pending' ? null : now,
    syncedAt: now,
  }
  const isNew = await insertRefundOfProvider(tx, scope, { ...row, providerRefundId: told.providerRefundId })
  return isNew ? row : null
}

async function recordMoney(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: {
    scope: OrganizationScope
    trainingRequest: TrainingRequestRow
    booking: BookingRow
    news: readonly RefundRow[]
    after: readonly RefundRow[]
    now: Date
  },
): Promise<void> {
  const { scope, trainingRequest, booking, now } = input
  const actor = actorOf(SYSTEM)
  const counted = input.after.filter(isCountedRefund)
  const money = {
    refundedMinor: refundedMinorOf(booking.paidMinor, counted),
    paymentStatus: paymentStatusOf(booking, settledRefundsMinorOf(counted)),
  }
  let status = booking.status
  const countedNews = input.news.filter(isCountedRefund)
  for (const refund of countedNews) {
    const isMoved = refund.status !== 'pending' || money.refundedMinor !== booking.refundedMinor
    if (!isMoved) continue
    await recordOnBooking(tx, scope, {
      bookingId: booking.id,
      statusIn: BOOKING_STATUSES,
      set: money,
      reason: `refund_${refund.status}`,
      actor,
      now,
      ids: deps.ids,
    })
  }
  const last = countedNews.findLast((refund) => refund.status !== 'failed')
  if (last !== undefined && isReservationRefunded(booking, money.refundedMinor)) {
    await endRefundedBooking(tx, deps, { scope, trainingRequest, booking, refundId: last.id, now })
    status = 'canceled'
  }
  for (const refund of input.news)
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor,
      now,
      event: {
        name: 'refund_changed',
        payload: {
          requestId: booking.trainingRequestId,
          bookingId: booking.id,
          status,
          refundId: refund.id,
          refundStatus: refund.status,
        },
      },
    })
}

/** While nobody has confirmed the session, what its trainer waits to do is told by "paid"; only all of it undone changes that. */
function paymentStatusOf(booking: BookingRow, settledMinor: number): PaymentStatus {
  if (booking.paidMinor === 0) return booking.paymentStatus
  const status = paymentStatusAfterRefund(booking.paidMinor, settledMinor)
  return booking.status === 'pending_payment' && status === 'partially_refunded' ? 'paid' : status
}

function isReservationRefunded(booking: BookingRow, refundedMinor: number): boolean {
  return booking.status === 'pending_payment' && booking.paidMinor > 0 && refundedMinor >= booking.paidMinor
}
