interface ProblemDefinition {
  readonly status: number
  readonly title: string
  /** What the reader is told when the thrower says nothing more exact. */
  readonly detail: string
}

/** Every way in which the API says no: the code that programs rely on, its status and its words (shapes.md). */
export const PROBLEMS = {
  malformed_request: {
    status: 400,
    title: 'Malformed request',
    detail: 'The request could not be read. Send valid JSON and well-formed headers.',
  },
  invalid_query: {
    status: 400,
    title: 'Invalid query',
    detail: 'A query parameter is unknown or has a value that is not accepted.',
  },
  invalid_signature: {
    status: 400,
    title: 'Invalid signature',
    detail: 'The signature does not match the body, or is too old.',
  },
  unauthenticated: {
    status: 401,
    title: 'Not signed in',
    detail: 'Send a valid credential as a bearer token.',
  },
  access_token_expired: {
    status: 401,
    title: 'Access token expired',
    detail: 'Refresh the access token and repeat the request.',
  },
  invalid_credentials: {
    status: 401,
    title: 'Wrong email or password',
    detail: 'The email or the password is not right.',
  },
  refresh_token_reused: {
    status: 401,
    title: 'Signed out for safety',
    detail: 'This sign-in was used from two places at once, so it was ended. Sign in again.',
  },
  trainer_role_required: {
    status: 403,
    title: 'Trainer role required',
    detail: 'Only people with the Trainer role may do this.',
  },
  org_admin_required: {
    status: 403,
    title: 'Organizational Admin required',
    detail: 'Only an Organizational Admin may do this.',
  },
  not_eligible: {
    status: 403,
    title: 'Skills do not fit',
    detail: 'This request asks for skills that you do not have.',
  },
  insufficient_scope: {
    status: 403,
    title: 'Insufficient scope',
    detail: 'The API key was not made for this operation.',
  },
  email_not_verified: {
    status: 403,
    title: 'Email not verified',
    detail: 'Confirm the email address first.',
  },
  origin_not_allowed: {
    status: 403,
    title: 'Origin not allowed',
    detail: 'This operation cannot be called from another site.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    detail: 'There is nothing at this address, or nothing that you may see.',
  },
  link_not_found: {
    status: 404,
    title: 'Link not found',
    detail: 'This link is not known. Open it from the email again, or ask for a new one.',
  },
  request_already_claimed: {
    status: 409,
    title: 'Already claimed',
    detail: 'This request has already been claimed by another trainer.',
  },
  invalid_state: {
    status: 409,
    title: 'Not possible now',
    detail: 'The present status does not allow this.',
  },
  slot_unavailable: {
    status: 409,
    title: 'Time no longer available',
    detail: 'This time is no longer available. Choose another one.',
  },
  price_changed: {
    status: 409,
    title: 'Price changed',
    detail: 'The price is not the one that was shown. Look at the new price and choose again.',
  },
  payment_not_completed: {
    status: 409,
    title: 'Payment not completed',
    detail: 'The customer has not completed the payment yet.',
  },
  payment_mismatch: {
    status: 409,
    title: 'Payment does not match',
    detail: 'The payment does not match this booking in amount, currency or reference.',
  },
  payment_already_received: {
    status: 409,
    title: 'Payment already received',
    detail: 'A payment for this booking has already been received or is on its way.',
  },
  payments_not_configured: {
    status: 409,
    title: 'Payments not configured',
    detail: 'The organization cannot take payments yet.',
  },
  session_not_ended: {
    status: 409,
    title: 'Session not ended',
    detail: 'The session can be marked complete once its end time has passed.',
  },
  session_not_started: {
    status: 409,
    title: 'Session not started',
    detail: 'This is possible once the session has started.',
  },
  session_already_started: {
    status: 409,
    title: 'Session already started',
    detail: 'This is possible only before the session starts.',
  },
  change_not_allowed: {
    status: 409,
    title: 'Change not allowed',
    detail: 'The cancellation rules of this booking do not allow this change now.',
  },
  refund_exceeds_paid: {
    status: 409,
    title: 'Refund exceeds payment',
    detail: 'More cannot be refunded than was paid and not yet refunded.',
  },
  email_already_registered: {
    status: 409,
    title: 'Email already registered',
    detail: 'There is an account with this email. Sign in instead.',
  },
  slug_taken: {
    status: 409,
    title: 'Address taken',
    detail: 'Another organization has this address. Choose another one.',
  },
  name_taken: {
    status: 409,
    title: 'Name taken',
    detail: 'There is one with this name already. Choose another name.',
  },
  version_published: {
    status: 409,
    title: 'Version published',
    detail: 'A published version does not change. Make a new one.',
  },
  in_use: {
    status: 409,
    title: 'In use',
    detail: 'This is in use and cannot be removed.',
  },
  last_admin: {
    status: 409,
    title: 'Last admin',
    detail: 'An organization keeps at least one active Organizational Admin.',
  },
  member_has_open_work: {
    status: 409,
    title: 'Open work',
    detail: 'This person has open requests or sessions. Say what becomes of each first.',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'Still running',
    detail: 'A request with the same Idempotency-Key is still running. Repeat shortly.',
  },
  link_expired: {
    status: 410,
    title: 'Link expired',
    detail: 'This link has expired. Ask for a new one.',
  },
  link_replaced: {
    status: 410,
    title: 'Link replaced',
    detail: 'A newer link has replaced this one. Use the one in the latest email.',
  },
  link_used: {
    status: 410,
    title: 'Link used',
    detail: 'This link has already been used.',
  },
  request_closed: {
    status: 410,
    title: 'Request closed',
    detail: 'This request has been closed. Contact the organization for help.',
  },
  checkout_expired: {
    status: 410,
    title: 'Checkout expired',
    detail: 'The time to pay has run out. Choose a time again.',
  },
  version_mismatch: {
    status: 412,
    title: 'Changed meanwhile',
    detail: 'Somebody else has changed this meanwhile. Load it again.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The body of the request is larger than this operation accepts.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json.',
  },
  validation_failed: {
    status: 422,
    title: 'Validation failed',
    detail: 'Some fields need another look.',
  },
  form_not_publishable: {
    status: 422,
    title: 'Form not publishable',
    detail: 'The form has holes that must be closed before it is published.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency key reused',
    detail: 'This Idempotency-Key was used with another body. Use a new key.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    detail: 'Wait for the seconds in Retry-After, then repeat.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong on our side. If it stays so, tell us the request id.',
  },
  service_unavailable: {
    status: 503,
    title: 'Service unavailable',
    detail: 'The service cannot answer right now. Repeat shortly.',
  },
  payment_provider_unavailable: {
    status: 503,
    title: 'Payment provider unavailable',
    detail: 'The payment provider does not answer right now. Your time stays held; repeat shortly.',
  },
  calendar_unavailable: {
    status: 503,
    title: 'Calendar unavailable',
    detail: 'The calendar cannot be read right now, so the time cannot be promised. Repeat shortly.',
  },
} as const satisfies Record<string, ProblemDefinition>

export type ProblemCode = keyof typeof PROBLEMS

export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]

/** Whether a text is one of the catalog's codes. */
export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text)
}
