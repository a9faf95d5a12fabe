import Stripe from 'stripe'
import { afterEach } from 'vitest'
import { API_VERSION } from './account.ts'
import { type StandInOptions, type StripeStandIn, startStripeStandIn } from './stand-in.ts'

/** The SDK as the product uses it, without repeats of its own unless asked for. */
export function sdkFor(
  standIn: StripeStandIn,
  options: { secretKey?: string; maxNetworkRetries?: number } = {},
): Stripe {
  const { hostname, port } = new URL(standIn.origin)
  return new Stripe(options.secretKey ?? standIn.secretKey, {
    apiVersion: API_VERSION,
    host: hostname,
    port,
    protocol: 'http',
    timeout: 5000,
    maxNetworkRetries: options.maxNetworkRetries ?? 0,
    telemetry: false,
  })
}

const started: StripeStandIn[] = []
afterEach(async () => {
  for (const standIn of started.splice(0)) await standIn.stop()
})

/** A stand-in that ends with its test. */
export async function startForTest(options: StandInOptions = {}): Promise<StripeStandIn> {
  const standIn = await startStripeStandIn(options)
  started.push(standIn)
  return standIn
}

/** A session's parameters as the product sends them. */
export function sessionFor(
  standIn: StripeStandIn,
  change: Partial<Stripe.Checkout.SessionCreateParams> = {},
  price: { amount: number; currency: string } = { amount: 9000, currency: 'usd' },
): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: price.currency,
          unit_amount: price.amount,
          product_data: { name: '60-minute session' },
        },
      },
    ],
    success_url: 'https://product.test/book/return/secret?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://product.test/book/return/secret',
    customer_email: 'customer@example.test',
    client_reference_id: 'booking-1',
    metadata: { booking_id: 'booking-1' },
    payment_intent_data: { metadata: { booking_id: 'booking-1' } },
    expires_at: Math.floor(standIn.now().getTime() / 1000) + 60 * 60,
    ...change,
  }
}

/** What Stripe's SDK throws for a refusal. */
export async function refusalOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await call.then(
    () => null,
    (error: unknown) => error,
  )
  if (outcome instanceof Stripe.errors.StripeError) return outcome
  throw new Error(`It was not refused: ${String(outcome)}`)
}
