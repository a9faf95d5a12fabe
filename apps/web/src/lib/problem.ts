import type { components } from '@ordinatus/api-client'

export type ProblemBody = components['schemas']['Problem']

/** A refusal of the API (RFC 9457): `code` is stable, `requestId` helps support find it in the log. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly body: Record<string, unknown>

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body.detail === 'string' ? body.detail : typeof body.title === 'string' ? body.title : 'Refused')
    this.name = 'ApiProblem'
    this.status = status
    this.code = typeof body.code === 'string' ? body.code : 'internal_error'
    this.requestId = typeof body.requestId === 'string' ? body.requestId : null
    this.body = body
  }

  /** Messages per field of a 422 or 400, as `{pointer, message}`; empty for other refusals. */
  get fieldErrors(): { pointer: string; message: string }[] {
    const errors = this.body.errors
    if (!Array.isArray(errors)) return []
    return errors.flatMap((entry: unknown) =>
      typeof entry === 'object' &&
      entry !== null &&
      'pointer' in entry &&
      'message' in entry &&
      typeof entry.pointer === 'string' &&
      typeof entry.message === 'string'
        ? [{ pointer: entry.pointer, message: entry.message }]
        : [],
    )
  }
}

/** The API gave no answer at all: no network, or the server is away. */
export class NoAnswer extends Error {
  constructor(cause: unknown) {
    super('No answer', { cause })
    this.name = 'NoAnswer'
  }
}

/** Whether an error is the API's refusal with this code. */
export function isProblem(error: unknown, code: string): error is ApiProblem {
  return error instanceof ApiProblem && error.code === code
}
