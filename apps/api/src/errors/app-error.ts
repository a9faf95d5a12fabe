import type { Money } from '../wire/money.ts'
import { PROBLEMS, type ProblemCode } from './catalog.ts'

/** One field that needs another look: where it is (JSON Pointer, RFC 6901) and what to do. */
export interface FieldError {
  pointer: string
  message: string
}

/** Whom a customer may turn to, told to the holder of a link that no longer opens. */
export interface ProblemOrganization {
  name: string
  supportEmail: string
  supportPhone: string | null
  logoUrl: string | null
  primaryColor: string
}

/** Everything that an answer may say beside code and words. Nothing else of an error ever reaches the caller. */
export interface ProblemMembers {
  /** Instead of the catalog's words; written for the person who reads it. */
  detail?: string
  /** `validation_failed`, `invalid_query`, `form_not_publishable`. */
  errors?: readonly FieldError[]
  /** `invalid_state`. */
  currentStatus?: string
  /** `price_changed`: the price now. */
  price?: Money
  /** `refund_exceeds_paid`: what is left of the payment. */
  refundable?: Money
  /** `change_not_allowed`: until when it was allowed. */
  deadline?: string
  /** 410 answers to a link. */
  organization?: ProblemOrganization
  /** `rate_limited` and every 503. */
  retryAfterSeconds?: number
}

/** A use case's refusal. Only use cases throw it; only plugins/errors.ts makes an answer of it. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ProblemCode
  readonly members: ProblemMembers

  constructor(code: ProblemCode, members: ProblemMembers = {}, options?: ErrorOptions) {
    super(members.detail ?? PROBLEMS[code].detail, options)
    this.code = code
    this.members = members
  }

  get status(): number {
    return PROBLEMS[this.code].status
  }
}
