import type { components } from './schema.gen.ts'

/** The body of a refusal (RFC 9457). */
export type ProblemBody = components['schemas']['Problem']

/** Every code that a refusal can have; decide by it, never by the words. */
export type ProblemCode = ProblemBody['code']

/** A refusal as something that can be thrown: its `code` says what happened, its message is for people. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly status: number
  readonly body: ProblemBody
  /** Seconds until it makes sense to try again; null when the answer did not say. */
  readonly retryAfterSeconds: number | null

  constructor(body: ProblemBody, retryAfterSeconds: number | null = null) {
    super(body.detail)
    this.code = body.code
    this.status = body.status
    this.body = body
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Whether something that was caught is a refusal of the API, and if asked, this very one. */
export function isProblem(error: unknown, code?: ProblemCode): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code)
}

/**
 * Makes a {@link Problem} of what a call answered as `error`.
 *
 * Whatever is no problem body (a proxy's page, an empty answer) becomes `service_unavailable` for a 502, 503 or 504 and
 * `internal_error` otherwise, so that callers have one kind of refusal to handle.
 */
export function problemOf(error: unknown, response: Response): Problem {
  const retryAfter = Number.parseInt(response.headers.get('Retry-After') ?? '', 10)
  const retryAfterSeconds = Number.isNaN(retryAfter) ? null : retryAfter
  if (isProblemBody(error)) return new Problem(error, retryAfterSeconds)
  const code = [502, 503, 504].includes(response.status) ? 'service_unavailable' : 'internal_error'
  return new Problem(
    {
      type: `/problems/${code}`,
      title: 'No usable answer',
      status: response.status,
      detail: 'The server gave no usable answer. Try again shortly.',
      instance: new URL(response.url === '' ? 'http://localhost/' : response.url).pathname,
      code,
      requestId: '',
    },
    retryAfterSeconds,
  )
}

function isProblemBody(value: unknown): value is ProblemBody {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value && 'status' in value
}
