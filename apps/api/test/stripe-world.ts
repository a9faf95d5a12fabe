import { type StripeStandIn, startStripeStandIn } from '@ordinatus/stripe-stand-in'
import { createTestWorld, type TestWorld } from './test-world.ts'

export interface StripeWorld extends TestWorld {
  stripe: StripeStandIn
}

/**
 * A whole product in one process that takes its money through Stripe's own SDK, from a stand-in that goes by the world's
 * clock and tells of its events at the product's webhook. End a test by expecting `stripe.violations` to be empty.
 */
export async function createStripeWorld(options: { now: string }): Promise<StripeWorld> {
  // Each needs the other: the world its stand-in's address, the stand-in the world's clock and webhook.
  const made: { world: TestWorld | null } = { world: null }
  const stripe = await startStripeStandIn({
    clock: () => made.world?.clock.now() ?? new Date(options.now),
    webhookUrl: '/v1/webhooks/stripe',
    sendWebhook: async ({ url, headers, body }) => {
      if (made.world === null) throw new Error('The world has not begun.')
      const answer = await made.world.app.inject({ method: 'POST', url, headers, payload: body })
      return answer.statusCode
    },
  })
  const world = await createTestWorld({
    now: options.now,
    config: {
      stripeSecretKey: stripe.secretKey,
      stripeWebhookSecret: stripe.webhookSecret,
      stripeApiBase: stripe.origin,
    },
  })
  made.world = world
  return {
    ...world,
    stripe,
    async close() {
      await stripe.stop()
      await world.close()
    },
  }
}
