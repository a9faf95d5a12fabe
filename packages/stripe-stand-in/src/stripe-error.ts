/** The body of a refusal, as Stripe words it: `{error: {type, code?, message, param?}}`. */
export interface StripeErrorBody {
  type: 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'card_error' | 'rate_limit_error'
  message: string
  code?: string
  param?: string
}

/** A refusal that the stand-in answers. `kept`: execution had begun, so the answer is kept under the idempotency key. */
export class StripeError extends Error {
  override readonly name = 'StripeError'
  readonly status: number
  readonly body: StripeErrorBody
  readonly kept: boolean
  /** What the header `Retry-After` says; null: it is not sent. */
  readonly retryAfterSeconds: number | null

  constructor(status: number, body: StripeErrorBody, kept = false, retryAfterSeconds: number | null = null) {
    super(body.message)
    this.status = status
    this.body = body
    this.kept = kept
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** 400 `invalid_request_error`, given before anything was executed. */
export function invalidRequest(
  message: string,
  detail: { code?: string | undefined; param?: string | undefined } = {},
): StripeError {
  const { code, param } = detail
  return new StripeError(400, {
    type: 'invalid_request_error',
    message,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  })
}

/** 400 for something that the state of things does not allow (already refunded, no longer open). */
export function notAllowed(message: string, detail: { code?: string; param?: string } = {}): StripeError {
  const { status, body } = invalidRequest(message, detail)
  return new StripeError(status, body, true)
}

/** 404 for an id that this account does not know. */
export function noSuch(what: string, id: string, param: string): StripeError {
  return new StripeError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param,
  })
}
