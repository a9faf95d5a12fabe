import { Problem } from '@ordinatus/api-client'

/** A refusal of the API (RFC 9457), with what the screens ask of it: `code` decides, `requestId` is for support. */
export class ApiProblem extends Problem {
  /** What support looks the refusal up by; null when the answer came from something else than the API. */
  get requestId(): string | null {
    return this.body.requestId === '' ? null : this.body.requestId
  }

  /** Messages per field of a 422 or 400, as `{pointer, message}`; empty for other refusals. */
  get fieldErrors(): { pointer: string; message: string }[] {
    return this.body.errors ?? []
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
export function isProblem(error: unknown, code: ApiProblem['code']): error is ApiProblem {
  return error instanceof ApiProblem && error.code === code
}
