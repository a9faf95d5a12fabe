import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { Type } from 'typebox'
import { closed } from '../wire/schema.ts'
import { takesIdempotencyKey } from './errors.ts'

const idempotencyKey = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Repeat the command safely: the same key and body get the same answer for 72 hours.',
  examples: ['2b9d6e1a-claim'],
})

/** How bodies and headers are read: JSON only, no body where nothing is required, an Idempotency-Key on every command. */
export const readersPlugin = fastifyPlugin(
  async (app: FastifyInstance) => {
    const parseJson = app.getDefaultJsonParser('error', 'error')
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
      // Many clients announce JSON on every POST, also on one without a body.
      if (body === '') done(null, undefined)
      else parseJson(request, body as string, done)
    })

    app.addHook('onRoute', (route) => {
      // An unknown parameter is refused everywhere, also where none is known.
      if (route.url.startsWith('/v1/') && route.schema?.querystring === undefined) {
        route.schema = { ...route.schema, querystring: closed({}) }
      }
      if (takesIdempotencyKey(route)) {
        const headers = route.schema?.headers as { properties?: object } | undefined
        route.schema = {
          ...route.schema,
          headers: Type.Object({ ...headers?.properties, 'Idempotency-Key': Type.Optional(idempotencyKey) }),
        }
      }
      const body = route.schema?.body as { type?: string; required?: string[] } | undefined
      if (body?.type === 'object' && !body.required?.length) {
        route.preValidation = [
          async (request) => {
            if (request.body === undefined) request.body = {}
          },
          ...(route.preValidation === undefined ? [] : [route.preValidation].flat()),
        ]
      }
    })
  },
  { name: 'readers', dependencies: ['errors'] },
)
