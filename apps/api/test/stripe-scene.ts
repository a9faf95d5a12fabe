import { type StripeStandIn, startStripeStandIn } from '@ordinatus/stripe-stand-in'
import Stripe from 'stripe'
import { ownPaymentAccounts } from '../src/modules/organizations/read-payment-account.ts'
import { createPaymentGateways } from '../src/platform/payment-gateway/payment-gateways.ts'
import { createStripeGateway } from '../src/platform/payment-gateway/stripe.ts'
import { choose, createLinked, type SchedulingScene } from './scheduling-scene.ts'
import { createTestWorld, type TestWorld } from './test-world.ts'

/** A secret that is on its way out: what it signs still counts, as `OLDER_STRIPE_WEBHOOK_SECRETS` says. */
export const OLDER_WEBHOOK_SECRET = 'whsec_the_one_that_is_being_changed'

/** The product with Stripe's own SDK, against a stand-in that is asked over HTTP and whose clock is the product's. */
export interface StripeWorld {
  world: TestWorld
  stripe: StripeStandIn
  /** Two listening instances of the app, with pools of their own. */
  origins: string[]
  close(): Promise<void>
}

export async function createStripeWorld(options: { now: string }): Promise<StripeWorld> {
  const clock: { now: () => Date } = { now: () => new Date(options.now) }
  const stripe = await startStripeStandIn({ clock: () => clock.now() })
  const world = await createTestWorld({
    now: options.now,
    config: {
      stripeSecretKey: stripe.secretKey,
      stripeWebhookSecret: stripe.webhookSecret,
      olderStripeWebhookSecrets: [OLDER_WEBHOOK_SECRET],
      stripeApiBase: stripe.origin,
    },
  })
  clock.now = () => world.clock.now()
  const gateway = (secretKey: string) => createStripeGateway({ secretKey, apiBase: stripe.origin })
  world.deps.paymentGateways = createPaymentGateways({
    deployment: gateway(stripe.secretKey),
    testCheckout: world.testCheckout,
    own: ownPaymentAccounts({ db: world.database.db, secrets: world.deps.secrets }),
    stripe: gateway,
  })
  const origins = await world.listen(2)
  return {
    world,
    stripe,
    origins,
    async close() {
      await world.close()
      await stripe.stop()
    },
  }
}

/** A request whose customer holds a time and has a checkout at the stand-in open, in that account or the deployment's. */
export async function holdAtStripe(
  { world, stripe }: StripeWorld,
  scene: SchedulingScene,
  start: string,
  account = stripe.account,
) {
  const linked = await createLinked(world, scene)
  const answer = await choose(world, linked.link, start)
  if (answer.statusCode !== 201) throw new Error(`No time was held: ${answer.body}`)
  const { booking, checkoutUrl } = answer.json<{ booking: { id: string }; checkoutUrl: string }>()
  const [session] = account.sessionsFor(booking.id)
  if (session === undefined || session.url !== checkoutUrl) throw new Error('The checkout is not at Stripe.')
  return { requestId: linked.id, bookingId: booking.id, link: linked.link, checkoutId: session.id }
}

/** The scene's organization takes its money in an account of its own from now on; answers what is needed to speak for it. */
export async function connectOwnAccount({ world, stripe }: StripeWorld, scene: SchedulingScene) {
  const account = stripe.addAccount({ displayName: 'Their own account' })
  const connect = async (body: object) => {
    const answer = await world.call({
      method: 'PUT',
      url: `/v1/organizations/${scene.organization.slug}/integrations/stripe`,
      as: scene.admin.accessToken,
      body,
    })
    if (answer.statusCode !== 200) throw new Error(`It was not connected: ${answer.body}`)
    return answer.json<{ webhookUrl: string; previousWebhookSecretUntil: string | null }>()
  }
  const secret = `whsec_${world.deps.ids.next()}`
  await connect({ secretKey: account.secretKey })
  const { webhookUrl } = await connect({ webhookSecret: secret })
  const path = new URL(webhookUrl).pathname
  return { account, connect, secret, path, integrationId: path.slice(path.lastIndexOf('/') + 1) }
}

export interface SignedBy {
  secret?: string
  /** When it says that it was signed; now where it is left out. */
  at?: Date
  /** Which endpoint it is sent to. */
  path?: string
  /** Changes the body after it was signed. */
  changed?: (body: string) => string | Buffer
}

/** Sends one event as Stripe would, or as somebody who pretends to be Stripe; answers status and problem code. */
export async function tell(
  { stripe, origins }: StripeWorld,
  event: object,
  options: SignedBy & { to?: number } = {},
): Promise<string> {
  const body = JSON.stringify(event, null, 2)
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret: options.secret ?? stripe.webhookSecret,
    ...(options.at === undefined ? {} : { timestamp: Math.floor(options.at.getTime() / 1000) }),
  })
  const origin = origins[(options.to ?? 0) % origins.length] ?? ''
  const answer = await fetch(`${origin}${options.path ?? '/v1/webhooks/stripe'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature },
    body: options.changed?.(body) ?? body,
  })
  const { code } = (await answer.json()) as { code?: string }
  return code === undefined ? String(answer.status) : `${answer.status} ${code}`
}

/** An event that is about an object as Stripe holds it at this moment. */
export function eventAbout(type: string, object: object, id = `evt_${crypto.randomUUID()}`) {
  return { id, object: 'event', type, api_version: '2026-10-28.endive', livemode: false, data: { object } }
}
