import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Deps } from '../deps.ts'
import { AppError } from '../errors/app-error.ts'

/** How long readiness waits for the database before it says no, in milliseconds. */
const READY_TIMEOUT = 2_000

/** `/healthz` says that the process lives; `/readyz` that database and job queue can be reached. */
export const healthPlugin = fastifyPlugin<{ deps: Deps }>(
  async (app: FastifyInstance, { deps }) => {
    const operation = (operationId: string, summary: string, description: string) => ({
      config: { audience: ['public' as const] },
      schema: {
        operationId,
        tags: ['Health'],
        summary,
        description,
        response: {
          200: {
            type: 'object',
            description: 'All is well.',
            properties: { status: { type: 'string', enum: ['ok'] } },
            required: ['status'],
          },
        },
      },
      logLevel: 'warn' as const,
    })
    app.get('/healthz', operation('getHealth', 'Alive', 'Answers as long as the process runs.'), async () => ({
      status: 'ok',
    }))
    app.get(
      '/readyz',
      operation('getReadiness', 'Ready', 'Answers 200 when database and job queue can be reached, else 503.'),
      async () => {
        const timeout = new Promise<never>((_resolve, reject) => {
          setTimeout(() => reject(new Error('the database did not answer in time')), READY_TIMEOUT).unref()
        })
        try {
          await Promise.race([deps.db.execute(sql`select id from graphile_worker._private_tasks limit 1`), timeout])
        } catch (error) {
          throw new AppError(
            'service_unavailable',
            { detail: 'The database cannot be reached just now.', retryAfterSeconds: 5 },
            { cause: error },
          )
        }
        return { status: 'ok' }
      },
    )
  },
  { name: 'health' },
)
