import { and, desc, eq, isNull } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { payments } from '../../db/schema/payments.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import {
  type CheckoutSnapshot,
  type PaymentGateway,
  PaymentGatewayRefused,
  PaymentGatewayUnavailable,
  PaymentGatewayUnknownObject,
} from '../../platform/payment-gateway/payment-gateway.ts'
import type { PaymentOrigin } from '../../platform/payment-gateway/payment-gateways.ts'
import type { StripeEvent } from '../../platform/payment-gateway/stripe-webhook.ts'
import type { BookingRow } from '../bookings/repository.ts'
import { findWebhookAccount } from '../organizations/read-payment-account.ts'
import { adoptCheckout } from './adopt-checkout.ts'
import { PAYABLE_STATES } from './checkout-attempts.ts'
import type { PaymentRow } from './repository.ts'
import { syncPayment } from './sync-payment.ts'

type FindDeps = Parameters<typeof syncPayment>[0]

/** Whose endpoint was told: an organization's own account, or, null, the deployment's. */
export interface EventAccount {
  integrationId: string | null
}

/**
 * Finds the payment that a Stripe event is about; null when it is none of this account's.
 *
 * Only payments that were made with the account whose secret has signed the event are looked at, so nobody's secret speaks
 * about another's money. A checkout that is not known here by its id, because the event was faster than the answer to the
 * call that made it or because that answer was lost, is found by the booking it was made for and taken over; a payment
 * that is not known yet is asked for, by the booking that Stripe keeps with it where the event names none, as disputes and
 * refunds do not. Throws `PaymentGatewayUnavailable` when Stripe does not answer, or while a checkout of that booking is
 * under way which may still turn out to be what the event is about: then it has to be told again. A paid checkout that
 * names a booking and none of its attempts, because it was made elsewhere, becomes one (`adoptCheckout`).
 */
export async function findPaymentOfEvent(
  deps: FindDeps,
  account: EventAccount,
  event: StripeEvent,
): Promise<PaymentRow | null> {
  if (event.checkoutId !== null)
    return (
      (await findByCheckout(deps.db, account, event.checkoutId)) ??
      (await takeOver(deps, account, event)) ??
      (await adopt(deps, account, event))
    )
  if (event.paymentId === null) return null
  return (await findByProviderPayment(deps.db, account, event.paymentId)) ?? (await askForPayment(deps, account, event))
}

function ofAccount({ integrationId }: EventAccount) {
  return and(
    eq(payments.provider, 'stripe'),
    integrationId === null ? isNull(payments.integrationId) : eq(payments.integrationId, integrationId),
  )
}

async function findByCheckout(db: Db | Tx, account: EventAccount, checkoutId: string): Promise<PaymentRow | null> {
  const [row] = await db
    .select()
    .from(payments)
    .where(and(ofAccount(account), eq(payments.providerCheckoutId, checkoutId)))
  return row ?? null
}

async function findByProviderPayment(
  db: Db | Tx,
  account: EventAccount,
  providerPaymentId: string,
): Promise<PaymentRow | null> {
  const [row] = await db
    .select()
    .from(payments)
    .where(and(ofAccount(account), eq(payments.providerPaymentId, providerPaymentId)))
    .limit(1)
  return row ?? null
}

/** The attempts to be paid for the booking that an event names, the latest first. */
async function listAttempts(
  db: Db | Tx,
  account: EventAccount,
  { bookingId }: Pick<StripeEvent, 'bookingId'>,
): Promise<PaymentRow[]> {
  if (bookingId === null || !UUID.test(bookingId)) return []
  return db
    .select()
    .from(payments)
    .where(and(ofAccount(account), eq(payments.bookingId, bookingId)))
    .orderBy(desc(payments.attempt))
}

/** Other programs may use the same Stripe account and call their things as they like. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Makes a checkout that was made for an attempt of ours, and whose id never got here, that attempt's. */
async function takeOver(deps: FindDeps, account: EventAccount, event: StripeEvent): Promise<PaymentRow | null> {
  if (event.checkoutId === null) return null
  const attempts = await listAttempts(deps.db, account, event)
  // The answer to our own call may have come since it was looked for.
  const known = attempts.find((one) => one.providerCheckoutId === event.checkoutId)
  if (known !== undefined) return known
  const attempt = attempts.find((one) => one.providerCheckoutId === null && one.idempotencyKey === event.attempt)
  if (attempt === undefined) return null
  const checkout = await retrieve(deps, attempt, event.checkoutId)
  if (checkout === null || checkout.bookingId !== attempt.bookingId) return null
  await deps.db
    .update(payments)
    .set({
      providerCheckoutId: checkout.id,
      checkoutUrl: checkout.url,
      // One that was given up stays so until the provider's word about its money says otherwise.
      ...(attempt.state === 'creating' ? { state: 'open' as const } : {}),
    })
    .where(
      and(
        eq(payments.organizationId, attempt.organizationId),
        eq(payments.id, attempt.id),
        eq(payments.state, attempt.state),
        isNull(payments.providerCheckoutId),
      ),
    )
  // Whoever was faster, the answer to our own call or this, has stored the same id.
  return findByCheckout(deps.db, account, event.checkoutId)
}

async function retrieve(
  deps: Pick<Deps, 'paymentGateways'>,
  origin: PaymentOrigin,
  checkoutId: string,
): Promise<CheckoutSnapshot | null> {
  const gateway = await deps.paymentGateways.of(origin)
  try {
    return (await gateway?.retrieveCheckout({ organizationId: origin.organizationId, checkoutId })) ?? null
  } catch (error) {
    if (error instanceof PaymentGatewayRefused) return null
    throw error
  }
}

/** Makes a paid checkout of nobody's an attempt of the booking that it names: captured money has to come to an end. */
async function adopt(deps: FindDeps, { integrationId }: EventAccount, event: StripeEvent): Promise<PaymentRow | null> {
  const { checkoutId, bookingId } = event
  if (checkoutId === null || bookingId === null || !UUID.test(bookingId)) return null
  const booking = await findBookingOfAccount(deps, { bookingId, integrationId })
  if (booking === null) return null
  const origin = { organizationId: booking.organizationId, provider: 'stripe' as const, integrationId }
  const checkout = await retrieve(deps, origin, checkoutId).catch((error: unknown) => {
    // This account has no such checkout, so no money of it either.
    if (error instanceof PaymentGatewayUnknownObject) return null
    throw error
  })
  if (checkout === null || checkout.bookingId !== bookingId || checkout.paymentStatus !== 'paid') return null
  await adoptCheckout(deps, { scope: scopeOfRow(booking), bookingId, integrationId, checkout })
  return findByCheckout(deps.db, { integrationId }, checkoutId)
}

/** A booking whose organization this account speaks for: the deployment's for each, an organization's own for itself. */
async function findBookingOfAccount(
  deps: FindDeps,
  { bookingId, integrationId }: EventAccount & { bookingId: string },
): Promise<Pick<BookingRow, 'organizationId'> | null> {
  const account =
    integrationId === null ? null : await findWebhookAccount(deps, { integrationId, now: deps.clock.now() })
  if (integrationId !== null && account === null) return null
  const [row] = await deps.db
    .select({ organizationId: bookings.organizationId })
    .from(bookings)
    .where(
      and(
        eq(bookings.id, bookingId),
        account === null ? undefined : eq(bookings.organizationId, account.organizationId),
      ),
    )
  return row ?? null
}

/** A refund or a dispute of a payment that nobody has heard of yet: its checkouts are asked about first. */
async function askForPayment(deps: FindDeps, account: EventAccount, event: StripeEvent): Promise<PaymentRow | null> {
  const { paymentId } = event
  if (paymentId === null) return null
  const about = { bookingId: event.bookingId ?? (await askForBooking(deps, account, paymentId)) }
  for (const attempt of await listAttempts(deps.db, account, about))
    if (attempt.providerPaymentId === null)
      await syncPayment(deps, { scope: scopeOfRow(attempt), paymentId: attempt.id, confirmFor: null })
  const found = await findByProviderPayment(deps.db, account, paymentId)
  if (found !== null) return found
  const isUnderWay = (await listAttempts(deps.db, account, about)).some(({ state }) => isOneOf(PAYABLE_STATES, state))
  if (isUnderWay) throw new PaymentGatewayUnavailable(`Which checkout ${paymentId} belongs to is not known yet.`)
  return null
}

function isOneOf(states: readonly PaymentRow['state'][], state: PaymentRow['state']): boolean {
  return states.includes(state)
}

/** The booking that Stripe keeps with a payment; null: this account knows no such payment, or it was not begun from here. */
async function askForBooking(deps: FindDeps, account: EventAccount, paymentId: string): Promise<string | null> {
  const gateway = await gatewayOf(deps, account)
  if (gateway === null) throw new PaymentGatewayUnavailable('The keys of the account that was told are not known here.')
  try {
    return await gateway.retrieveBookingId({ paymentId })
  } catch (error) {
    if (error instanceof PaymentGatewayRefused || error instanceof PaymentGatewayUnknownObject) return null
    throw error
  }
}

async function gatewayOf(deps: FindDeps, { integrationId }: EventAccount): Promise<PaymentGateway | null> {
  if (integrationId === null) return deps.paymentGateways.deployment
  const account = await findWebhookAccount(deps, { integrationId, now: deps.clock.now() })
  if (account === null) return null
  return deps.paymentGateways.of({ organizationId: account.organizationId, provider: 'stripe', integrationId })
}
