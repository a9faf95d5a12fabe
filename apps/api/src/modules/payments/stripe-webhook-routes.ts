import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors/app-error.ts'
import { isSignatureHeader } from '../../platform/payment-gateway/stripe-webhook.ts'
import { STRIPE_WEBHOOK_EVENTS } from '../../platform/payment-gateway/stripe-webhook-events.ts'
import { closed, id } from '../../wire/schema.ts'
import { receiveStripeEvent } from './receive-stripe-event.ts'

/** An event holds one object; the largest that is listened to is a few kilobytes. */
const BODY_LIMIT_BYTES = 256 * 1024

const Received = closed({ received: Type.Literal(true, { description: 'Stripe need not tell this again.' }) })

const EVENTS = STRIPE_WEBHOOK_EVENTS.map((name) => `\`${name}\``).join(', ')
const ANSWERS =
  '200 once the event has had its effect, also when it comes again, is about nothing of ours, or is of another kind. 400 `invalid_signature` when the `Stripe-Signature` header is missing, was made with another secret or over other bytes, or is more than 300 seconds old. 503 when Stripe or the database cannot be asked just now: nothing was kept, Stripe tells again.'
const PROBLEMS = ['invalid_signature', 'body_too_large', 'payment_provider_unavailable'] as const

const Signed = Type.Object({
  'Stripe-Signature': Type.Optional(
    Type.String({
      description: 'Stripe’s signature over the raw body.',
      examples: ['t=1795356000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd'],
    }),
  ),
})

/**
 * Where Stripe tells what has happened. Every byte of the body is kept as it came, for the signature; no limit counts
 * these calls, so that Stripe is never sent away, and whatever is not even signed is refused before its body is read.
 */
export const stripeWebhookRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  // Only within this plugin: everywhere else bodies are JSON.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) => {
    done(null, body)
  })
  app.addHook('onRequest', async (request) => {
    if (!isSignatureHeader(request.headers['stripe-signature'])) throw new AppError('invalid_signature')
  })

  app.post(
    '/v1/webhooks/stripe',
    {
      config: { audience: ['public'], problems: PROBLEMS },
      schema: {
        operationId: 'receiveStripeEvent',
        tags: ['Payments'],
        summary: 'Stripe tells of the deployment’s account',
        description: `Called by Stripe with ${EVENTS}. ${ANSWERS}`,
        headers: Signed,
        response: { 200: Received },
      },
    },
    async (request) => {
      await receiveStripeEvent(deps, { integrationId: null, ...signedBodyOf(request) })
      return { received: true as const }
    },
  )

  app.post(
    '/v1/webhooks/stripe/:integrationId',
    {
      config: { audience: ['public'], problems: PROBLEMS },
      schema: {
        operationId: 'receiveOrganizationStripeEvent',
        tags: ['Payments'],
        summary: 'Stripe tells of an organization’s own account',
        description: `For organizations with a Stripe account of their own; the address stands on its card in Integrations. Called by Stripe with ${EVENTS}. ${ANSWERS}`,
        params: closed({ integrationId: id({ description: 'The integration that the address was made for.' }) }),
        headers: Signed,
        response: { 200: Received },
      },
    },
    async (request) => {
      await receiveStripeEvent(deps, { integrationId: request.params.integrationId, ...signedBodyOf(request) })
      return { received: true as const }
    },
  )
}

function signedBodyOf(request: FastifyRequest): { body: Buffer; signature: string } {
  const { 'stripe-signature': signature } = request.headers
  if (!Buffer.isBuffer(request.body) || !isSignatureHeader(signature)) throw new AppError('invalid_signature')
  return { body: request.body, signature }
}
