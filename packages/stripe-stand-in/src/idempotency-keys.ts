import { invalidRequest, StripeError } from './stripe-error.ts'

export const KEY_LENGTH_MAX = 255

/** Stripe may drop keys after a day; this one does, so that nobody leans on more. */
const KEPT_SECONDS = 24 * 60 * 60

export interface KeptAnswer {
  status: number
  body: string
  headers?: { [name: string]: string }
}

interface Kept {
  /** What was asked: method, path and parameters. */
  asked: string
  since: number
  /** Null while the first call is being worked on. */
  answer: KeptAnswer | null
}

/**
 * Stripe's rules for the `Idempotency-Key` of a POST, for one account (docs.stripe.com/api/idempotent_requests): the
 * same key and parameters replay the first status and body, 500s included; other parameters are refused; two at once are
 * refused; a call whose parameters failed their check has kept nothing.
 */
export class IdempotencyKeys {
  readonly #kept = new Map<string, Kept>()

  /** The answer to replay; null when this call is the first and must end with {@link keep} or {@link forget}. */
  begin(key: string, asked: string, now: number): KeptAnswer | null {
    if (key.length > KEY_LENGTH_MAX)
      throw invalidRequest(`Idempotency keys have at most ${KEY_LENGTH_MAX} characters; this one has ${key.length}.`)
    const kept = this.#kept.get(key)
    if (kept === undefined || kept.since <= now - KEPT_SECONDS) {
      this.#kept.set(key, { asked, since: now, answer: null })
      return null
    }
    if (kept.asked !== asked)
      throw new StripeError(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      })
    if (kept.answer === null)
      throw new StripeError(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: `There is currently another in-progress request using this Idempotent Key (${key}).`,
      })
    return kept.answer
  }

  keep(key: string, answer: KeptAnswer): void {
    const kept = this.#kept.get(key)
    if (kept !== undefined) kept.answer = answer
  }

  forget(key: string): void {
    this.#kept.delete(key)
  }
}
