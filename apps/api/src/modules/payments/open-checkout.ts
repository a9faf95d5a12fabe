import { and, desc, eq, inArray } from 'drizzle-orm'
import { type Db, inTransaction, type Tx } from '../../db/client.ts'
import { payments } from '../../db/schema/payments.ts'
import type { Deps } from '../../deps.ts'
import { isHold } from '../../domain/booking.ts'
import { money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import {
  type CheckoutSnapshot,
  type PaymentGateway,
  PaymentGatewayRefused,
  PaymentGatewayUnavailable,
} from '../../platform/payment-gateway/payment-gateway.ts'
import { findBookingLinkSecret } from '../bookings/insert-booking-token.ts'
import { type BookingRow, bookingStateOf, findBooking, lockBooking } from '../bookings/repository.ts'
import { findTrainingRequest } from '../requests/repository.ts'

type CheckoutDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'paymentGateway' | 'config'>
type PaymentRow = typeof payments.$inferSelect

/** States of an attempt in which its checkout may still be paid, as far as is known here. */
export const PAYABLE_STATES = ['creating', 'open', 'processing'] as const

/**
 * Opens the checkout in which the customer pays for the time that is held for them, or finds the one that is open already.
 *
 * The attempt (number, idempotency key, deadline) is committed before the provider is asked, so that a repeat after a
 * crash or an outage sends the very same call and gets the very same checkout; its id and address are stored after. A
 * booking that is no running hold has nothing to pay: null. Never call it inside a transaction.
 *
 * Refuses `payment_provider_unavailable` when the provider does not answer (the hold stays, a repeat continues) and
 * `payments_not_configured` when there is none.
 */
export async function openCheckout(
  deps: CheckoutDeps,
  input: { scope: OrganizationScope; bookingId: string },
): Promise<{ checkoutUrl: string } | null> {
  const { scope, bookingId } = input
  const gateway = deps.paymentGateway
  if (gateway === null) throw new AppError('payments_not_configured')
  const prepared = await inTransaction(deps.db, (tx) => prepareAttempt(tx, deps, scope, bookingId, gateway))
  if (prepared === null) return null
  const { attempt, booking } = prepared
  if (attempt.state === 'open' && attempt.checkoutUrl !== null) return { checkoutUrl: attempt.checkoutUrl }
  const snapshot = await makeCheckout(deps, gateway, scope, { attempt, booking })
  if (snapshot === null) throw new AppError('payment_provider_unavailable')
  return snapshot.url === null ? null : { checkoutUrl: snapshot.url }
}

async function prepareAttempt(
  tx: Tx,
  deps: CheckoutDeps,
  scope: OrganizationScope,
  bookingId: string,
  gateway: PaymentGateway,
): Promise<{ attempt: PaymentRow; booking: BookingRow } | null> {
  const now = deps.clock.now()
  // The lock keeps a change of slot, a resend and a twin of this call from passing between look and insert.
  const booking = await lockBooking(tx, scope, bookingId)
  if (booking === null || booking.holdExpiresAt === null || !isHold(bookingStateOf(booking), now)) return null
  const latest = await findLatestAttempt(tx, scope, bookingId)
  if (latest !== null && (latest.state === 'creating' || latest.state === 'open')) return { attempt: latest, booking }
  if (latest !== null && (latest.state === 'processing' || latest.state === 'paid')) return null
  const number = (latest?.attempt ?? 0) + 1
  const [attempt] = await tx
    .insert(payments)
    .values({
      id: deps.ids.next(),
      organizationId: scope.organizationId,
      bookingId,
      provider: gateway.provider,
      attempt: number,
      idempotencyKey: `checkout:${bookingId}:${number}`,
      state: 'creating',
      amountMinor: booking.priceMinor,
      currency: booking.currency,
      expiresAt: booking.holdExpiresAt,
      createdAt: now,
    })
    .returning()
  if (attempt === undefined) throw new Error('The attempt that was just written did not come back.')
  return { attempt, booking }
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
 * refuses it for good: then there is none, and the next try is an attempt of its own.
 */
async function makeCheckout(
  deps: CheckoutDeps,
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
  const snapshot = await asked(() =>
    gateway.createCheckout({
      organizationId: scope.organizationId,
      bookingId: booking.id,
      idempotencyKey: attempt.idempotencyKey,
      amount: money(attempt.amountMinor, attempt.currency),
      // Only what never changes: under one key the provider takes no other words.
      description: `${booking.durationMinutes}-minute session, ${trainingRequest.reference}`,
      customerEmail: trainingRequest.customerEmail,
      expiresAt: attempt.expiresAt,
      returnUrl: `${deps.config.appUrl}/book/return/${returnSecret}`,
    }),
  )
  if (snapshot === null) {
    await setState(deps.db, scope, attempt.id, 'failed')
    return null
  }
  await deps.db
    .update(payments)
    .set({
      providerCheckoutId: snapshot.id,
      checkoutUrl: snapshot.url,
      // What the money is doing is written down by payment truth alone; here it only becomes payable.
      state: 'open',
    })
    .where(
      and(
        eq(payments.organizationId, scope.organizationId),
        eq(payments.id, attempt.id),
        eq(payments.state, 'creating'),
      ),
    )
  return snapshot
}

/** Null: the provider refused for good. */
async function asked(call: () => Promise<CheckoutSnapshot>): Promise<CheckoutSnapshot | null> {
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
  const gateway = deps.paymentGateway
  if (gateway === null) throw new AppError('payment_provider_unavailable')
  const booking = await findBooking(deps.db, scope, bookingId)
  if (booking === null) throw new AppError('not_found')
  for (const attempt of attempts) {
    const checkoutId =
      attempt.providerCheckoutId ?? (await makeCheckout(deps, gateway, scope, { attempt, booking }))?.id
    if (checkoutId === undefined) continue
    const snapshot = await asked(() => gateway.expireCheckout({ organizationId: scope.organizationId, checkoutId }))
    if (snapshot === null) throw new AppError('payment_provider_unavailable')
    if (snapshot.paymentStatus === 'paid' || snapshot.paymentStatus === 'processing') return 'paid'
    await setState(deps.db, scope, attempt.id, 'expired')
  }
  return 'closed'
}
