import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type StripeStandIn, startStripeStandIn, WEBHOOK_EVENTS } from '@ordinatus/stripe-stand-in'
import postgres from 'postgres'
import { Product, type RunOptions } from './product.ts'

/** An Ordinatus that takes its money through Stripe's own SDK, and the stand-in at the other end of it. */
export interface StripeHouse {
  product: Product
  stripe: StripeStandIn
  /** What the program is started with, again too. */
  run: RunOptions
  /** Moves the clocks of both together; null goes back to the real time. */
  moveClocks(now: Date | null): Promise<void>
  dispose(): Promise<void>
}

export async function startStripeHouse(): Promise<StripeHouse> {
  const stripe = await startStripeStandIn()
  const run: RunOptions = {
    env: {
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
      STRIPE_API_BASE: stripe.origin,
    },
  }
  const product = await Product.start(run)
  stripe.account.addWebhook({
    url: `${product.origin}/v1/webhooks/stripe`,
    secrets: [stripe.webhookSecret],
    events: WEBHOOK_EVENTS,
  })
  return {
    product,
    stripe,
    run,
    async moveClocks(now) {
      // Stripe first: the product asks it about whatever the new time has ended.
      stripe.moveClock(now)
      await product.moveClock(now)
    },
    async dispose() {
      await product.dispose()
      await stripe.stop()
    },
  }
}

/** The id at the end of a checkout's address. */
export function sessionIn(checkoutUrl: string): string {
  return new URL(checkoutUrl).pathname.split('/').at(-1) ?? ''
}

/** Gives every length of a session type one price, as its organization would set it. */
export async function setPrice(
  { product }: StripeHouse,
  sessionType: string,
  price: { amount: number; currency: string },
): Promise<void> {
  const folder = join(product.dataDir, 'postgres')
  const port = Number(readFileSync(join(folder, 'cluster/postmaster.pid'), 'utf8').split('\n')[3])
  const password = readFileSync(join(folder, 'password'), 'utf8').trim()
  const sql = postgres({ host: '127.0.0.1', port, database: 'ordinatus', username: 'ordinatus', password, max: 1 })
  await sql`update session_type_prices set amount_minor = ${price.amount}, currency = ${price.currency}
    where session_type_id in (select id from session_types where name = ${sessionType})`
  await sql.end()
}
