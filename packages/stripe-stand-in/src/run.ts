import { startStripeStandIn } from './stand-in.ts'

/*
 * Runs the stand-in by itself, for trying the product out with Stripe's own SDK and no account at Stripe. Prints what to
 * start the product with.
 */
const port = Number(process.env.PORT ?? '4242')
const product = process.env.APP_URL ?? 'http://localhost:3000'
const standIn = await startStripeStandIn({ port, webhookUrl: `${product}/v1/webhooks/stripe` })
process.stdout.write(
  `${[
    `STRIPE_API_BASE=${standIn.origin}`,
    `STRIPE_SECRET_KEY=${standIn.secretKey}`,
    `STRIPE_WEBHOOK_SECRET=${standIn.webhookSecret}`,
  ].join('\n')}\n`,
)
