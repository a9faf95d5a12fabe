import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AppDeps } from '../../deps.ts'
import type { UserCaller } from '../../domain/caller.ts'
import { AppError } from '../../errors/app-error.ts'
import { silentRelaySignal } from '../../platform/relay-signal.ts'
import { accessTokenEndsAt, callerOf, scopeOf, signedInUserOf } from '../../plugins/auth.ts'
import { latestSequence, listRelayedEvents, relayedAtAfter } from '../../views/live-events.ts'
import { ref } from '../../wire/schema.ts'
import { callerFinder } from '../organizations/find-caller.ts'
import { OrgParams } from '../organizations/schemas.ts'
import { followEvents } from './follow-events.ts'
import { LiveUpdate } from './schemas.ts'
import { streamEvents } from './stream-events.ts'

/** The person who listens; streams are for people only. */
function personOf(request: FastifyRequest): UserCaller {
  const caller = callerOf(request)
  if (caller.kind !== 'user') throw new AppError('unauthenticated')
  return caller
}

/** The dashboard's live updates. */
export const eventStreamRoutes: FastifyPluginAsyncTypebox<{ deps: AppDeps }> = async (app, { deps }) => {
  const callers = callerFinder(deps.db)
  const feed = followEvents({
    latest: () => latestSequence(deps.db),
    read: (after, limit) => listRelayedEvents(deps.db, { after, limit }),
    onRelayed: (listener) => (deps.relaySignal ?? silentRelaySignal).onRelayed(listener),
    log: app.log,
  })
  const openStreams = new Set<{ end(): void }>()
  app.addHook('preClose', async () => {
    for (const open of openStreams) open.end()
    await feed.close()
  })

  app.get(
    '/v1/organizations/:org/events',
    {
      // A HEAD would have nothing to wait for and never end.
      exposeHeadRoute: false,
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
    async (request, reply) => {
      const { sub: userId, signInId } = signedInUserOf(request)
      const scope = scopeOf(request)
      const { stream, end } = await streamEvents(deps, {
        feed,
        scope,
        viewer: personOf(request),
        readViewer: async () =>
          (await callers.memberOf({ userId, signInId, slug: request.params.org }))?.caller ?? null,
        replay: (after, until, limit) =>
          listRelayedEvents(deps.db, { after, limit, only: { organizationId: scope.organizationId, until } }),
        relayedAtAfter: (sequence) => relayedAtAfter(deps.db, sequence),
        lastEventId: request.headers['last-event-id'] ?? null,
        endsAt: accessTokenEndsAt(request),
      })
      const open = { end }
      openStreams.add(open)
      stream.once('close', () => openStreams.delete(open))
      return (
        reply
          .type('text/event-stream')
          .header('cache-control', 'no-store')
          // Kept alive, the connection would outlive its stream and hold up the server's close.
          .header('connection', 'close')
          // nginx buffers answers unless it is told not to.
          .header('x-accel-buffering', 'no')
          // The contract shows one event; what goes out is the stream of them.
          .send(stream as never)
      )
    },
  )
}
