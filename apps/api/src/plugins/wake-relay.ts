import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Deps } from '../deps.ts'

/** After every answered command, whatever it was, the relay is told that there may be events. */
export const wakeRelayPlugin = fastifyPlugin<{ deps: Pick<Deps, 'jobs'> }>(
  async (app: FastifyInstance, { deps }) => {
    app.addHook('onResponse', async (request, reply) => {
      if (request.method !== 'GET' && request.method !== 'HEAD' && reply.statusCode < 400) deps.jobs.wake()
    })
  },
  { name: 'wake-relay' },
)
