import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { appendEvent } from '../../db/append-event.ts'
import { type Db, inTransaction, type Tx } from '../../db/client.ts'
import { payments } from '../../db/schema/payments.ts'
import type { Deps } from '../../deps.ts'
import { checkoutDeadline, isHold } from '../../domain/booking.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import { money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import {
  type CheckoutSnapshot,
  type PaymentGateway,
  PaymentGatewayRefused,
  PaymentGatewayUnavailable,
} from '../../platform/payment-gateway/payment-gateway.ts'
import type { PaymentAccount } from '../../platform/payment-gateway/payment-gateways.ts'
import { expireLapsedHold } from '../bookings/expire-lapsed-holds.ts'
import { extendBookingToken, findBookingLinkSecret } from '../bookings/insert-booking-token.ts'
import { lockTrainer } from '../bookings/lock-trainer.ts'
import { type BookingRow, bookingStateOf, findBooking, lockBooking, recordOnBooking } from '../bookings/repository.ts'
import { findTrainingRequest } from '../requests/repository.ts'

type CheckoutDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'paymentGateways' | 'config'>
type PaymentRow = typeof payments.$inferSelect

/** States of an attempt in which its checkout may still be paid, as far as is known here. */
export const PAYABLE_STATES = ['creating', 'open', 'processing'] as const

/**
 * Opens the checkout in which the customer pays for the time that is held for them, or finds the one that is open already.
 *
 * The attempt (number, idempotency key, deadline) is committed before the provider is asked, so that a repeat after a
 * crash or an outage sends the very same call and gets the very same checkout; its id and address are stored after. Where
 * too little is left of the hold for a checkout, its one deadline moves with the new attempt (`checkoutDeadline`,
 * domain/booking.ts). A booking that is no running hold has nothing to pay: null. Never call it inside a transaction.
 *
 * Refuses `payment_provider_unavailable` when the provider does not answer (the hold stays, a repeat continues),
 * `payments_not_configured` when there is none, and `slot_unavailable` when it is too late for a checkout: the hold has
 * ended.
 */
export async function openCheckout(
  deps: CheckoutDeps,
  input: { scope: OrganizationScope; bookingId: string },
): Promise<{ checkoutUrl: string } | null> {
  const { scope, bookingId } = input
  for (let tried = 0; tried < TRIES; tried += 1) {
    const account = await asked(() => deps.paymentGateways.current(scope.organizationId))
    if (account === null) throw new AppError('payments_not_configured')
    const prepared = await inTransaction(deps.db, (tx) => prepareAttempt(tx, deps, scope, bookingId, account))
    if (prepared === null) return null
    const { attempt, booking } = prepared
    if (attempt === 'too_late') {
      await inTransaction(deps.db, (tx) => endHoldTooLate(tx, deps, booking))
      throw new AppError('slot_unavailable')
    }
    if (attempt.state === 'open' && attempt.checkoutUrl !== null) return { checkoutUrl: attempt.checkoutUrl }
    const gateway = await gatewayOf(deps, attempt)
    const snapshot = await asked(() => makeCheckout(deps, gateway, scope, { attempt, booking }))
    if (snapshot !== null) return snapshot.url === null ? null : { checkoutUrl: snapshot.url }
  }
  throw new AppError('payment_provider_unavailable')
}

/** One attempt that the provider refuses may have been begun too long ago; its successor has a deadline of its own. */
const TRIES = 2

async function prepareAttempt(
  tx: Tx,
  deps: CheckoutDeps,
  scope: OrganizationScope,
  bookingId: string,
  account: PaymentAccount,
): Promise<{ attempt: PaymentRow | 'too_late'; booking: BookingRow } | null> {
  const now = deps.clock.now()
  // The lock keeps a change of slot, a resend and a twin of this call from passing between look and insert.
  const booking = await lockBooking(tx, scope, bookingId)
  if (booking === null || booking.holdExpiresAt === null || !isHold(bookingStateOf(booking), now)) return null
  const latest = await findLatestAttempt(tx, scope, bookingId)
  if (latest !== null && (latest.state === 'processing' || latest.state === 'paid')) return null
  if (latest !== null && (latest.state === 'creating' || latest.state === 'open')) {
    if (!isBegunElsewhere(latest, account)) return { attempt: latest, booking }
    // Nobody knows the address of what may have been made there, so nobody can pay for it.
    await setState(tx, scope, latest.id, 'failed')
  }
  const attemptsBefore = latest?.attempt ?? 0
  const deadline = checkoutDeadline(
    { holdExpiresAt: booking.holdExpiresAt, startAt: booking.startAt, checkoutsBefore: attemptsBefore },
    now,
  )
  if (deadline.kind === 'too_late') {
    // From this instant on the time is free; what is recorded after is what the sweep records, too.
    await moveDeadline(tx, deps, scope, { booking, deadline: now, reason: 'checkout_too_late', now })
    return { attempt: 'too_late', booking }
  }
  if (deadline.kind === 'moved')
    await moveDeadline(tx, deps, scope, { booking, deadline: deadline.deadline, reason: 'hold_extended', now })
  const number = attemptsBefore + 1
  const [attempt] = await tx
    .insert(payments)
    .values({
      id: deps.ids.next(),
      organizationId: scope.organizationId,
      bookingId,
      provider: account.gateway.provider,
      integrationId: account.integrationId,
      attempt: number,
      idempotencyKey: `checkout:${bookingId}:${number}`,
      state: 'creating',
      amountMinor: booking.priceMinor,
      currency: booking.currency,
      expiresAt: deadline.deadline,
      createdAt: now,
    })
    .returning()
  if (attempt === undefined) throw new Error('The attempt that was just written did not come back.')
  return { attempt, booking }
}

/** An attempt that was begun in an account which takes no new money any more, and came to nothing that is known. */
function isBegunElsewhere(attempt: PaymentRow, account: PaymentAccount): boolean {
  return (
    attempt.state === 'creating' &&
    attempt.providerCheckoutId === null &&
    (attempt.provider !== account.gateway.provider || attempt.integrationId !== account.integrationId)
  )
}

/** Moves the hold's one deadline, and the way back from checkout with it; everyone who shows it is told. */
async function moveDeadline(
  tx: Tx,
  deps: CheckoutDeps,
  scope: OrganizationScope,
  input: { booking: BookingRow; deadline: Date; reason: 'hold_extended' | 'checkout_too_late'; now: Date },
): Promise<void> {
  const { booking, deadline, reason, now } = input
  const actor = actorOf(SYSTEM)
  await recordOnBooking(tx, scope, {
    bookingId: booking.id,
    statusIn: ['pending_payment'],
    paymentStatusIn: ['unpaid'],
    set: { holdExpiresAt: deadline },
    reason,
    actor,
    now,
    ids: deps.ids,
  })
  if (reason === 'checkout_too_late') return
  const laterByMs = deadline.getTime() - (booking.holdExpiresAt ?? deadline).getTime()
  await extendBookingToken(tx, scope, { bookingId: booking.id, purpose: 'checkout_return', byMs: laterByMs })
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor,
    now,
    event: {
      name: 'booking_held',
      payload: {
        requestId: booking.trainingRequestId,
        bookingId: booking.id,
        status: booking.status,
        trainerId: booking.trainerUserId,
      },
    },
  })
}

async function endHoldTooLate(tx: Tx, deps: CheckoutDeps, booking: BookingRow): Promise<void> {
  await lockTrainer(tx, booking.trainerUserId)
  await expireLapsedHold(tx, booking, { now: deps.clock.now(), ids: deps.ids })
}

async function gatewayOf(deps: CheckoutDeps, attempt: PaymentRow): Promise<PaymentGateway> {
  const gateway = await asked(() => deps.paymentGateways.of(attempt))
  if (gateway === null) throw new AppError('payment_provider_unavailable')
  return gateway
}

async function findLatestAttempt(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<PaymentRow | null> {
  const [row] = await db
    .select()
    .from(payments)
    .where(and(eq(payments.organizationId, scope.organizationId), eq(payments.bookingId, bookingId)))
    .orderBy(desc(payments.attempt))
    .limit(1)
  return row ?? null
}

/**
 * Makes the provider's checkout of a stored attempt, or finds it made, and stores what it is called. Null when the provider
 * refuses it for good: then there is none, and the next try is an attempt of its own. Of an attempt that was given up
 * meanwhile the address is answered to nobody. Throws `PaymentGatewayUnavailable`; a repeat sends the very same call under
 * the same key.
 */
export async function makeCheckout(
  deps: Pick<Deps, 'db' | 'secrets' | 'config'>,
  gateway: PaymentGateway,
  scope: OrganizationScope,
  { attempt, booking }: { attempt: PaymentRow; booking: BookingRow },
): Promise<CheckoutSnapshot | null> {
  const trainingRequest = await findTrainingRequest(deps.db, scope, booking.trainingRequestId)
  const returnSecret = await findBookingLinkSecret(deps.db, deps, scope, {
    bookingId: booking.id,
    purpose: 'checkout_return',
  })
  if (trainingRequest === null || returnSecret === null)
    throw new Error('A held booking has its request and its return link.')
  let snapshot: CheckoutSnapshot
  try {
    snapshot = await gateway.createCheckout({
      organizationId: scope.organizationId,
      bookingId: booking.id,
      idempotencyKey: attempt.idempotencyKey,
      amount: money(attempt.amountMinor, attempt.currency),
      // Only what never changes: under one key the provider takes no other words.
      description: `${booking.durationMinutes}-minute session, ${trainingRequest.reference}`,
      customerEmail: trainingRequest.customerEmail,
      expiresAt: attempt.expiresAt,
      returnUrl: `${deps.config.appUrl}/book/return/${returnSecret}`,
    })
  } catch (error) {
    if (!(error instanceof PaymentGatewayRefused)) throw error
    await setState(deps.db, scope, attempt.id, 'failed')
    return null
  }
  const stored = await deps.db
    .update(payments)
    .set({
      providerCheckoutId: snapshot.id,
      checkoutUrl: snapshot.url,
      // What the money is doing is written down by payment truth alone; here it only becomes payable.
      state: sql`case when ${payments.state} = 'creating' then 'open'::checkout_state else ${payments.state} end`,
    })
    .where(
      and(
        eq(payments.organizationId, scope.organizationId),
        eq(payments.id, attempt.id),
        // Whatever has become of the attempt meanwhile, a checkout that exists must be known.
        isNull(payments.providerCheckoutId),
      ),
    )
    .returning({ state: payments.state })
  // A twin of this call was sooner and has said what there is to say.
  const isGivenUp = stored[0] !== undefined && stored[0].state !== 'open'
  return isGivenUp ? { ...snapshot, url: null } : snapshot
}

/** Null: the provider refused for good. */
async function asked<Answer>(call: () => Promise<Answer | null>): Promise<Answer | null> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof PaymentGatewayRefused) return null
    if (error instanceof PaymentGatewayUnavailable)
      throw new AppError('payment_provider_unavailable', {}, { cause: error })
    throw error
  }
}

async function setState(
  db: Db | Tx,
  scope: OrganizationScope,
  paymentId: string,
  state: 'failed' | 'expired',
): Promise<void> {
  await db
    .update(payments)
    .set({ state })
    .where(
      and(
        eq(payments.organizationId, scope.organizationId),
        eq(payments.id, paymentId),
        inArray(payments.state, ['creating', 'open']),
      ),
    )
}

/** Whether a booking has an attempt that could still be paid, as far as is known here. */
export async function hasPayableCheckout(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<boolean> {
  return (await listPayable(db, scope, bookingId)).length > 0
}

async function listPayable(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<PaymentRow[]> {
  return db
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.organizationId, scope.organizationId),
        eq(payments.bookingId, bookingId),
        inArray(payments.state, [...PAYABLE_STATES]),
      ),
    )
    .orderBy(payments.attempt)
}

/**
 * Makes sure that a booking's checkouts can no longer be paid, before the reservation is given up: `closed`. Or finds that
 * the customer has paid or is paying at this moment, and closes nothing more: `paid`; the money is then judged by payment
 * truth as ever.
 *
 * Asks the provider first and writes after (product.md §9); never call it inside a transaction. An attempt whose making
 * was interrupted is made to an end first, so that no unknown checkout is left behind. Refuses
 * `payment_provider_unavailable`.
 */
export async function closeCheckouts(
  deps: CheckoutDeps,
  input: { scope: OrganizationScope; bookingId: string },
): Promise<'closed' | 'paid'> {
  const { scope, bookingId } = input
  const attempts = await listPayable(deps.db, scope, bookingId)
  if (attempts.length === 0) return 'closed'
  const booking = await findBooking(deps.db, scope, bookingId)
  if (booking === null) throw new AppError('not_found')
  for (const attempt of attempts) {
    const gateway = await gatewayOf(deps, attempt)
    const checkoutId =
      attempt.providerCheckoutId ?? (await asked(() => makeCheckout(deps, gateway, scope, { attempt, booking })))?.id
    if (checkoutId === undefined) continue
    const snapshot = await asked(() => gateway.expireCheckout({ organizationId: scope.organizationId, checkoutId }))
    if (snapshot === null) throw new AppError('payment_provider_unavailable')
    if (snapshot.paymentStatus === 'paid' || snapshot.paymentStatus === 'processing') return 'paid'
    await setState(deps.db, scope, attempt.id, 'expired')
  }
  return 'closed'
}
