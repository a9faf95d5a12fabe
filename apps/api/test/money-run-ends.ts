import type { CapturedPayment } from '@ordinatus/stripe-stand-in/account-control'
import { sql } from 'drizzle-orm'
import { bookings } from '../src/db/schema/bookings.ts'
import { events } from '../src/db/schema/events.ts'
import { payments, refunds } from '../src/db/schema/payments.ts'
import { isRefundOfBooking, type RefundReason } from '../src/domain/payment.ts'
import { listUnsettledPayments } from '../src/modules/payments/unsettled-payments.ts'
import type { Flow } from './money-run-people.ts'
import type { MoneyRunWorld } from './money-run-world.ts'

type BookingRow = typeof bookings.$inferSelect
type PaymentRow = typeof payments.$inferSelect
type RefundRow = typeof refunds.$inferSelect

interface Kept {
  bookings: Map<string, BookingRow>
  payments: PaymentRow[]
  refunds: RefundRow[]
}

/**
 * Everything that is wrong at the end of a run, in words; the product's books held against Stripe's own.
 *
 * Each captured payment has exactly one end: its booking counts it, or all of it has gone back, or its booking was
 * confirmed and then canceled and paid back as the books say. Nothing is paid back twice, nobody is booked twice, and each
 * confirmed session has been confirmed by one mail.
 */
export async function findWrongs(run: MoneyRunWorld, flows: readonly Flow[]): Promise<string[]> {
  const { db } = run.world.database
  const kept: Kept = {
    bookings: new Map((await db.select().from(bookings)).map((row) => [row.id, row])),
    payments: await db.select().from(payments),
    refunds: await db.select().from(refunds),
  }
  const wrongs: string[] = []
  for (const captured of run.stripe.account.captured()) {
    const end = endOf(run, captured, kept)
    run.tally.add(`end: ${end.kind}`)
    if (end.kind === 'lost') wrongs.push(`${describe(captured, kept)}: ${end.why}`)
    wrongs.push(...wrongRefunds(captured, kept))
  }
  for (const refund of kept.refunds) run.tally.add(`refund: ${refund.reason}`)
  for (const { name } of await db.select({ name: events.name }).from(events))
    if (name.includes('payment')) run.tally.add(`event: ${name}`)
  for (const one of await listUnsettledPayments(db, run.world.clock.now()))
    wrongs.push(`unsettled_payments() says of ${one.reference}, payment ${one.paymentId}: ${one.why}`)
  wrongs.push(...wrongMails(run, flows, kept))
  wrongs.push(...(await doubleBookings(run)))
  wrongs.push(...run.faultyAnswers)
  return wrongs
}

type End = { kind: 'booked' | 'refunded' | 'booked, then canceled' } | { kind: 'lost'; why: string }

function endOf(run: MoneyRunWorld, captured: CapturedPayment, kept: Kept): End {
  const booking = kept.bookings.get(captured.reference ?? '')
  const payment = kept.payments.find((one) => one.providerCheckoutId === captured.sessionId)
  if (booking === undefined || payment === undefined) return { kind: 'lost', why: 'the product knows nothing of it' }
  if (payment.state !== 'paid' || payment.providerPaymentId !== captured.paymentIntentId)
    return { kind: 'lost', why: `the product takes it for ${payment.state}` }
  const counts = isCounted(payment, kept)
  const isBooked =
    counts &&
    (['confirmed', 'completed', 'no_show'].includes(booking.status) ||
      (booking.status === 'pending_payment' && booking.startAt > run.world.clock.now()))
  if (isBooked && booking.refundedMinor !== captured.refunded)
    return { kind: 'lost', why: `the booking counts ${booking.refundedMinor} as refunded, Stripe ${captured.refunded}` }
  if (isBooked) return { kind: 'booked' }
  if (captured.refunded === captured.amount) return { kind: 'refunded' }
  if (counts && booking.status === 'canceled' && booking.confirmedAt !== null)
    return booking.refundedMinor === captured.refunded
      ? { kind: 'booked, then canceled' }
      : { kind: 'lost', why: `${booking.refundedMinor} should have gone back, ${captured.refunded} did` }
  return { kind: 'lost', why: `the booking is ${booking.status}, ${captured.refunded} went back` }
}

/** Whether the booking counts this payment's money as its price: no refund says that it never was. */
function isCounted(payment: PaymentRow, kept: Kept): boolean {
  return kept.refunds
    .filter((refund) => refund.paymentId === payment.id)
    .every((refund) => isRefundOfBooking(refund.reason as RefundReason))
}

/** Every refund at Stripe stands in the books once, and no other has arrived. */
function wrongRefunds(captured: CapturedPayment, kept: Kept): string[] {
  const wrongs: string[] = []
  for (const refund of captured.refunds) {
    const rows = kept.refunds.filter((row) => row.providerRefundId === refund.id)
    if (rows.length !== 1) wrongs.push(`${describe(captured, kept)}: refund ${refund.id} stands in ${rows.length} rows`)
    else if (rows[0]?.amountMinor !== refund.amount)
      wrongs.push(`${describe(captured, kept)}: refund ${refund.id} stands there as ${rows[0]?.amountMinor}`)
  }
  if (captured.refunded > captured.amount) wrongs.push(`${describe(captured, kept)}: more went back than came`)
  return wrongs
}

function describe(captured: CapturedPayment, kept: Kept): string {
  const booking = kept.bookings.get(captured.reference ?? '')
  const payment = kept.payments.find((one) => one.providerCheckoutId === captured.sessionId)
  const rows = kept.refunds.filter((row) => row.paymentId === payment?.id)
  const told = rows.map((row) => `${row.reason} ${row.amountMinor} ${row.status} ${row.lastError ?? ''}`).join('; ')
  return `${captured.sessionId}, ${captured.amount} ${captured.currency}, booking ${booking?.id} ${booking?.status}, payment ${payment?.state}, refunds [${told}]`
}

/** A mail may be sent twice by a worker that died, but always under one Message-ID. */
function wrongMails(run: MoneyRunWorld, flows: readonly Flow[], kept: Kept): string[] {
  const wrongs: string[] = []
  for (const flow of flows) {
    const confirmed = [...kept.bookings.values()].filter(
      (row) => row.trainingRequestId === flow.requestId && row.confirmedAt !== null,
    )
    const mails = run.world.mailer.to(flow.email).filter((mail) => mail.subject === 'Your session is confirmed')
    const different = new Set(mails.map((mail) => mail.messageId)).size
    // One that is canceled before its mail is written gets none about being confirmed.
    const atLeast = confirmed.filter((row) => row.status !== 'canceled').length
    if (different < atLeast || different > confirmed.length)
      wrongs.push(
        `${flow.email} had ${atLeast} to ${confirmed.length} sessions confirmed, and ${different} mails about it`,
      )
  }
  return wrongs
}

async function doubleBookings(run: MoneyRunWorld): Promise<string[]> {
  const rows = await run.world.database.db.execute<{ a: string; b: string }>(sql`
    select a.id as a, b.id as b from bookings a join bookings b on a.id < b.id
    where a.status in ('pending_payment', 'confirmed') and b.status in ('pending_payment', 'confirmed')
      and (a.hold_expires_at is null or a.hold_expires_at > ${run.world.clock.now().toISOString()}::timestamptz)
      and (b.hold_expires_at is null or b.hold_expires_at > ${run.world.clock.now().toISOString()}::timestamptz)
      and (a.training_request_id = b.training_request_id
        or (a.trainer_user_id = b.trainer_user_id and a.start_at < b.end_at and b.start_at < a.end_at))`)
  return rows.map(({ a, b }) => `bookings ${a} and ${b} are two where one may be`)
}
