import type { Socket } from 'node:net'
import type {
  ConnectionError,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RouteOptions,
} from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { isDatabaseUnavailable } from '../db/pg-errors.ts'
import { AppError, type ProblemMembers } from '../errors/app-error.ts'
import { PROBLEMS, type ProblemCode } from '../errors/catalog.ts'
import { fieldErrors, problemBody, type ValidationIssue } from '../wire/problem.ts'
import { isPersonAudience, isTokenAudience } from './audience.ts'

/** How long a caller is asked to wait when nobody knows better. */
const RETRY_AFTER_SECONDS = 5

/** Which code a part of the request answers with when it does not fit its schema. */
const CODE_BY_PART: Readonly<Record<string, ProblemCode>> = {
  body: 'validation_failed',
  querystring: 'invalid_query',
  // An ill-formed id names nothing.
  params: 'not_found',
  headers: 'malformed_request',
}

/** Fastify's and its plugins' own refusals, by status. */
const CODE_BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed_request',
  401: 'unauthenticated',
  404: 'not_found',
  // A path parameter longer than any id.
  414: 'not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'service_unavailable',
}

/** What is told to the caller about any error: an AppError as it says, a known refusal by its code, all else as internal. */
function refusalOf(error: FastifyError | AppError): { code: ProblemCode; members: ProblemMembers } {
  if (error instanceof AppError) return { code: error.code, members: error.members }
  if (error.validation !== undefined) {
    const code = CODE_BY_PART[error.validationContext ?? 'body'] ?? 'validation_failed'
    const tellsFields = code === 'validation_failed' || code === 'invalid_query'
    return { code, members: tellsFields ? { errors: fieldErrors(error.validation as ValidationIssue[]) } : {} }
  }
  if (isDatabaseUnavailable(error)) return { code: 'service_unavailable', members: {} }
  const code = typeof error.statusCode === 'number' ? CODE_BY_STATUS[error.statusCode] : undefined
  return { code: code ?? 'internal_error', members: {} }
}

/** Answers with a refusal: status, headers and a body of fixed fields. The query of the address is left out. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ProblemCode,
  members: ProblemMembers = {},
) {
  const { status } = PROBLEMS[code]
  if ((status === 429 || status === 503) && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(members.retryAfterSeconds ?? RETRY_AFTER_SECONDS))))
  }
  const path = request.url.split('?', 1)[0] ?? '/'
  // Sent as text, so that no response schema can add to it or take from it.
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemBody(code, members, { path, requestId: request.id })))
}

/** Makes an answer of whatever was thrown. What is not a refusal is logged whole and told as `internal_error`. */
export function answerError(error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply) {
  const { code, members } = refusalOf(error)
  if (PROBLEMS[code].status >= 500) request.log.error({ err: error, code }, 'request failed')
  else request.log.info({ code }, 'request refused')
  return sendProblem(request, reply, code, members)
}

/** Answers what is not even HTTP: Node hands over the bare socket. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(problemBody('malformed_request', {}, { path: '/', requestId: '' }))
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** True for routes whose effect may be repeated under one `Idempotency-Key` (api.md "Style"). */
export function takesIdempotencyKey(route: Pick<RouteOptions, 'method' | 'url'>): boolean {
  const methods = Array.isArray(route.method) ? route.method : [route.method]
  return methods.includes('POST') && /^\/v1\/(?!auth\/|webhooks\/)/.test(route.url)
}

/** Every code that a route can answer with: its own, and those that follow from its audience, parameters and body. */
export function problemsOf(route: Pick<RouteOptions, 'method' | 'url' | 'schema' | 'config'>): ProblemCode[] {
  const audiences = route.config?.audience ?? []
  const codes = new Set<ProblemCode>(route.config?.problems ?? [])
  const add = (...more: ProblemCode[]) => {
    for (const code of more) codes.add(code)
  }
  if (route.schema?.body !== undefined) {
    add('malformed_request', 'validation_failed', 'body_too_large', 'unsupported_media_type')
  }
  if (route.schema?.headers !== undefined) add('malformed_request')
  if (route.schema?.querystring !== undefined) add('invalid_query')
  if (route.schema?.params !== undefined) add('not_found')
  if (audiences.some((audience) => audience !== 'public')) add('unauthenticated')
  // An API key on a route that is for people only is told so, too.
  if (audiences.some(isPersonAudience)) add('access_token_expired', 'insufficient_scope', 'not_found')
  if (audiences.includes('orgAdmin') && !audiences.includes('member')) add('org_admin_required')
  if (audiences.includes('trainer') && !audiences.includes('member')) add('trainer_role_required')
  if (audiences.some(isTokenAudience))
    add('link_not_found', 'link_expired', 'link_replaced', 'link_used', 'request_closed')
  if (takesIdempotencyKey(route)) add('malformed_request', 'idempotency_key_reused', 'idempotency_in_progress')
  add('rate_limited', 'internal_error', 'service_unavailable')
  return [...codes]
}

/** Refusals: what was thrown becomes problem+json, and every route declares that it may (architecture.md "Undeclared answers leak"). */
export const errorsPlugin = fastifyPlugin(
  async (app: FastifyInstance) => {
    app.setErrorHandler<FastifyError | AppError>(answerError)

    app.addHook('onRoute', (route) => {
      const schema = route.schema ?? {}
      route.schema = {
        ...schema,
        response: {
          '4xx': { $ref: 'Problem#' },
          '5xx': { $ref: 'Problem#' },
          ...(schema.response as object | undefined),
        },
      }
    })
  },
  { name: 'errors' },
)
