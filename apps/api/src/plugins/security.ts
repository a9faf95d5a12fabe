import fastifyCors from '@fastify/cors'
import fastifyHelmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE']
const ALLOW = [...METHODS, 'OPTIONS'].join(', ')

/**
 * Headers that keep browsers from doing what nobody asked for. Answers of the API are data and may load nothing; pages
 * (web app, docs, inbox, test vendors) bring a policy of their own. Any site may call the API with a bearer credential;
 * none may send the refresh cookie along.
 */
export const securityPlugin = fastifyPlugin<{ production: boolean }>(
  async (app: FastifyInstance, { production }) => {
    await app.register(fastifyHelmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'frame-ancestors': ["'none'"],
          'base-uri': ["'none'"],
          'form-action': ["'none'"],
        },
      },
      crossOriginEmbedderPolicy: false,
      crossOriginResourcePolicy: { policy: 'same-origin' },
      hsts: production ? { maxAge: 63_072_000, includeSubDomains: true } : false,
      referrerPolicy: { policy: 'no-referrer' },
      xFrameOptions: { action: 'deny' },
    })
    await app.register(fastifyCors, {
      origin: '*',
      credentials: false,
      methods: METHODS,
      allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'last-event-id'],
      exposedHeaders: ['idempotent-replayed', 'retry-after', 'x-request-id'],
      maxAge: 86_400,
      // An OPTIONS that is no preflight asks what may be done here, and is answered as one.
      strictPreflight: false,
    })
    app.addHook('onSend', async (request, reply) => {
      reply.header('x-request-id', request.id)
      if (request.method === 'OPTIONS') reply.header('allow', ALLOW)
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    })
  },
  { name: 'security' },
)
