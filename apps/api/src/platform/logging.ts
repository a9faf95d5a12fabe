import { DrizzleQueryError } from 'drizzle-orm/errors'
import type { FastifyBaseLogger, FastifyRequest, FastifyServerOptions } from 'fastify'
import { loggablePath } from '../web/paths.ts'

interface LoggedError {
  type: string
  message: string
  stack?: string | undefined
  code?: string | undefined
  query?: string
}

/**
 * An error as a log may show it: kind, code and place. A failed statement shows its text but never its parameters, which
 * hold names, addresses and digests; the database's own message is kept, its `detail` with row values is not.
 */
export function loggableError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' }
  const cause = error instanceof DrizzleQueryError && error.cause instanceof Error ? error.cause : error
  const code = (cause as { code?: unknown }).code
  return {
    type: cause.name,
    message: cause.message,
    stack: cause.stack,
    code: typeof code === 'string' ? code : undefined,
    ...(error instanceof DrizzleQueryError ? { query: error.query } : {}),
  }
}

/** How the process logs: JSON lines, one per request at its end, with secrets in paths and error details left out. */
export function loggerOptions(level: string): FastifyServerOptions['logger'] {
  return {
    level,
    serializers: {
      req: (request: FastifyRequest) => ({
        id: request.id,
        method: request.method,
        path: loggablePath(request.url),
        ip: request.ip,
      }),
      err: loggableError as never,
    },
  }
}

export type Log = Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
