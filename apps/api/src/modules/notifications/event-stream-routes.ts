import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { notBuilt } from '../../wire/problem.ts'
import { ref } from '../../wire/schema.ts'
import { OrgParams } from '../organizations/schemas.ts'
import { LiveUpdate } from './schemas.ts'

/** The dashboard's live updates. */
export const eventStreamRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app) => {
  app.get(
    '/v1/organizations/:org/events',
    {
      config: { audience: ['member'] },
      schema: {
        operationId: 'streamEvents',
        tags: ['Live updates'],
        summary: 'Hear what changes',
        description:
          'Server-sent events: `event` is the type, `data` a `LiveUpdate`. Read it with fetch and the `Authorization` header, never with a token in the address. A comment arrives every 20 s. `Last-Event-ID` replays up to 10 minutes; older: `resync_required`. The stream ends with the access token; reconnect with a fresh one.',
        params: OrgParams,
        headers: Type.Object({
          'Last-Event-ID': Type.Optional(
            Type.String({ maxLength: 40, description: 'The id of the last event received.' }),
          ),
        }),
        produces: ['text/event-stream'],
        response: {
          200: {
            description: 'The stream. The shape is that of each event’s `data`.',
            content: {
              'text/event-stream': { schema: ref(LiveUpdate) },
            },
          },
        },
      },
    },
    async () => notBuilt(),
  )
}
