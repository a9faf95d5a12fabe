import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { isHold } from '../../domain/booking.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import { checkoutDeadline } from '../../domain/hold.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import type { PaymentAccount } from '../../platform/payment-gateway/payment-gateways.ts'
import { expireLapsedHold } from '../bookings/expire-lapsed-holds.ts'
import { extendBookingToken } from '../bookings/insert-booking-token.ts'
import { lockTrainer } from '../bookings/lock-trainer.ts'
import { type BookingRow, bookingStateOf, lockBooking, recordOnBooking } from '../bookings/repository.ts'
import { accountOfAttempt, askProvider } from './ask-provider.ts'
import { findLatestAttempt, giveUpAttempt, insertAttempt } from './checkout-attempts.ts'
import { besideReason } from './counted-payment.ts'
import { makeCheckout } from './make-checkout.ts'
import { listRefundsOfBooking } from './refund-repository.ts'
import type { PaymentRow } from './repository.ts'

type CheckoutDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'paymentGateways' | 'config'>

/**
 * Opens the checkout in which the customer pays for the time that is held for them, or finds the one that is open already.
 *
 * The attempt (number, idempotency key, deadline) is committed before the provider is asked, so that a repeat after a
 * crash or an outage sends the very same call and gets the very same checkout; its id and address are stored after. Where
 * too little is left of the hold for a checkout, its one deadline moves with the new attempt (`checkoutDeadline`,
 * domain/hold.ts). Where another amount or currency came than was asked, and goes back, the customer may pay anew. A
 * booking that is no running hold has nothing to pay: null. Never call it inside a transaction.
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
    const account = await askProvider(() => deps.paymentGateways.current(scope.organizationId))
    if (account === null) throw new AppError('payments_not_configured')
    const prepared = await inTransaction(deps.db, (tx) => prepareAttempt(tx, deps, scope, bookingId, account))
    if (prepared === null) return null
    const { attempt, booking } = prepared
    if (attempt === 'too_late') {
      await inTransaction(deps.db, (tx) => endHoldTooLate(tx, deps, booking))
      throw new AppError('slot_unavailable')
    }
    if (attempt.state === 'open' && attempt.checkoutUrl !== null) return { checkoutUrl: attempt.checkoutUrl }
    const gateway = await accountOfAttempt(deps, attempt)
    const snapshot = await askProvider(() => makeCheckout(deps, gateway, scope, { attempt, booking }))
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
  if (latest?.state === 'processing') return null
  // Money that was never the price goes back beside the booking, which is still to be paid.
  if (latest?.state === 'paid' && besideReason(latest.id, await listRefundsOfBooking(tx, scope, bookingId)) === null)
    return null
  if (latest !== null && (latest.state === 'creating' || latest.state === 'open')) {
    if (!isBegunElsewhere(latest, account)) return { attempt: latest, booking }
    // Nobody knows the address of what may have been made there, so nobody can pay for it.
    await giveUpAttempt(tx, scope, latest.id, { state: 'failed', now })
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
  const attempt = await insertAttempt(tx, scope, {
    id: deps.ids.next(),
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
