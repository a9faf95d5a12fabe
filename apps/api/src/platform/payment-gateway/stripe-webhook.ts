import Stripe from 'stripe'
import { STRIPE_WEBHOOK_EVENTS, type StripeWebhookEvent } from './stripe-webhook-events.ts'

/** Older signatures are refused: whoever has recorded a delivery cannot repeat it later. Stripe's own recommendation. */
export const SIGNATURE_TOLERANCE_SECONDS = 300

/** `t=…` and at least one `v1=` of SHA-256 in hex; Stripe adds other schemes beside it. */
const SIGNATURE_HEADER = /^(?=.*(?:^|,)t=\d{1,12}(?:,|$))(?=.*(?:^|,)v1=[0-9a-f]{64}(?:,|$))[\x21-\x7e]{1,2000}$/

/**
 * Whether a `Stripe-Signature` header looks like one at all: what does not is refused before a byte of the body is read
 * and before anything is asked of the database.
 */
export function isSignatureHeader(header: unknown): header is string {
  return typeof header === 'string' && SIGNATURE_HEADER.test(header)
}

/**
 * What is taken from a delivered event: which one it is, and by which ids the thing that it is about can be found. What has
 * become of that thing is asked of Stripe; its copy in the event may be older than the one of an event before.
 *
 * Only ids are read, so an endpoint that was set to another API version is understood as well: ids are the same in all.
 */
export interface StripeEvent {
  readonly id: string
  /** Null: none of {@link STRIPE_WEBHOOK_EVENTS}. */
  readonly type: StripeWebhookEvent | null
  /** The Checkout Session, where the event is about one. */
  readonly checkoutId: string | null
  /** The PaymentIntent that was paid, paid back or disputed; null while there is none. */
  readonly paymentId: string | null
  /** The dispute, where the event is about one. */
  readonly disputeId: string | null
  /** The booking that the product named when it made the checkout; null on objects that do not repeat it. */
  readonly bookingId: string | null
  /** The key under which the product made the checkout; null in the same way. */
  readonly attempt: string | null
}

/**
 * Reads a delivered event from the bytes of its request. Null when none of the secrets has signed exactly these bytes
 * within the last {@link SIGNATURE_TOLERANCE_SECONDS}, judged at `now`; blank secrets sign nothing.
 */
export function readStripeEvent(input: {
  body: Buffer
  signature: string
  secrets: readonly string[]
  now: Date
}): StripeEvent | null {
  const text = textOf(input.body)
  if (text === null || !isSignatureHeader(input.signature)) return null
  if (!input.secrets.some((secret) => hasSigned(secret, text, input.signature, input.now))) return null
  return eventOf(parsed(text))
}

/**
 * The SDK's own reading drops a byte order mark and takes every broken sequence for the same character, so that other
 * bytes than the signed ones would pass. Stripe sends neither.
 */
function textOf(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return null
  }
}

function hasSigned(secret: string, text: string, signature: string, now: Date): boolean {
  try {
    const { signature: check } = Stripe.webhooks
    return check?.verifyHeader(text, signature, secret, SIGNATURE_TOLERANCE_SECONDS, undefined, now.getTime()) === true
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Signed by Stripe, so its shape is taken in good faith; what is missing is null. */
function eventOf(body: unknown): StripeEvent {
  const event = recordOf(body)
  const about = recordOf(recordOf(event.data).object)
  const metadata = recordOf(about.metadata)
  const id = idOf(event.id)
  return {
    id: id ?? '',
    type: id === null ? null : (STRIPE_WEBHOOK_EVENTS.find((one) => one === event.type) ?? null),
    checkoutId: about.object === 'checkout.session' ? idOf(about.id) : null,
    paymentId: idOf(about.payment_intent),
    disputeId: about.object === 'dispute' ? idOf(about.id) : null,
    bookingId: idOf(metadata.booking_id) ?? idOf(about.client_reference_id),
    attempt: idOf(metadata.attempt),
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** An id, or that of the object in its place where the endpoint was told to expand it. Nothing else may reach a statement. */
function idOf(value: unknown): string | null {
  const id = typeof value === 'object' ? recordOf(value).id : value
  return typeof id === 'string' && /^[\x21-\x7e]{1,255}$/.test(id) ? id : null
}
