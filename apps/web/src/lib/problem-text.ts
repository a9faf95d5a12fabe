import type { ProblemCode } from '@ordinatus/api-client'
import { ApiProblem, NoAnswer } from './problem.ts'

/** What happened, and what to do about it. */
export type ProblemText = { title: string; advice: string }

/**
 * Every refusal of the API in a person's words. The type makes the list complete: a new problem code without words does
 * not compile.
 */
export const PROBLEM_TEXT: Record<ProblemCode, ProblemText> = {
  malformed_request: { title: 'That could not be read', advice: 'Reload the page and try again.' },
  invalid_query: { title: 'That address is not valid', advice: 'Go back and choose again.' },
  invalid_signature: { title: 'The signature does not match', advice: 'Nothing was changed.' },
  unauthenticated: { title: 'You are signed out', advice: 'Sign in again to continue.' },
  access_token_expired: { title: 'You are signed out', advice: 'Sign in again to continue.' },
  invalid_credentials: {
    title: 'Email or password is not right',
    advice: 'Check both and try again.',
  },
  refresh_token_reused: {
    title: 'You were signed out to protect your account',
    advice: 'Sign in again to continue.',
  },
  trainer_role_required: {
    title: 'Only trainers can do this',
    advice: 'Ask your Organizational Admin to give you the Trainer role.',
  },
  org_admin_required: {
    title: 'Only an Organizational Admin can do this',
    advice: 'Ask your Organizational Admin.',
  },
  not_eligible: {
    title: 'This request needs skills that you do not have here',
    advice: 'Ask your Organizational Admin to add them to your profile.',
  },
  insufficient_scope: { title: 'This key may not do that', advice: 'Use a key with the scope it needs.' },
  email_not_verified: { title: 'Your email address is not verified', advice: 'Open the link that we mailed to you.' },
  origin_not_allowed: { title: 'This page may not do that', advice: 'Open Ordinatus at its own address.' },
  not_found: {
    title: 'There is nothing here',
    advice: 'It may have been removed, or you may not have access to it.',
  },
  link_not_found: { title: 'This link does not work', advice: 'Check that you copied all of it from the email.' },
  request_already_claimed: {
    title: 'This request has already been claimed by another trainer.',
    advice: 'Return to the Dashboard to view other available requests.',
  },
  invalid_state: {
    title: 'This has changed in the meantime',
    advice: 'You now see where it stands. Nothing was lost.',
  },
  slot_unavailable: { title: 'This time was just taken', advice: 'Choose another time.' },
  price_changed: { title: 'The price has changed', advice: 'Look at the new price before you continue.' },
  payment_not_completed: {
    title: 'The customer has not finished paying yet',
    advice: 'Nothing was changed. Try again when the payment has arrived.',
  },
  payment_mismatch: {
    title: 'The payment does not match this booking',
    advice: 'Nothing was confirmed. Your Organizational Admin has been told.',
  },
  payment_already_received: {
    title: 'The payment has already arrived',
    advice: 'This can no longer be changed. Look at the booking.',
  },
  payments_not_configured: {
    title: 'Payments are not set up',
    advice: 'This session costs money and your organization cannot take payments yet. Ask your Organizational Admin.',
  },
  session_not_ended: {
    title: 'This session has not ended yet',
    advice: 'Mark it complete once its end time has passed.',
  },
  session_not_started: { title: 'This session has not started yet', advice: 'Try again after its start.' },
  session_already_started: { title: 'This session has already started', advice: 'It can no longer be changed.' },
  change_not_allowed: {
    title: 'It is too late for this change',
    advice: 'The time for it, set by the cancellation rules, has passed.',
  },
  refund_exceeds_paid: { title: 'That is more than was paid', advice: 'Enter a smaller amount.' },
  email_already_registered: {
    title: 'There is already an account with this email',
    advice: 'Sign in instead, or use another email.',
  },
  slug_taken: { title: 'This address is taken', advice: 'Choose another one.' },
  name_taken: { title: 'This name is taken', advice: 'Choose another one.' },
  version_published: {
    title: 'This version is published and cannot change',
    advice: 'Make a new draft and change that.',
  },
  in_use: { title: 'This is still in use', advice: 'Remove it from where it is used first.' },
  last_admin: {
    title: 'This is the last Organizational Admin',
    advice: 'Make somebody else an Organizational Admin first.',
  },
  member_has_open_work: {
    title: 'This person has open work',
    advice: 'Decide what becomes of each piece first.',
  },
  idempotency_in_progress: { title: 'This is already being done', advice: 'Wait a moment, then look again.' },
  link_expired: { title: 'This link has expired', advice: 'Ask for a new one.' },
  link_replaced: { title: 'This link was replaced by a newer one', advice: 'Use the link in the latest email.' },
  link_used: { title: 'This link has been used', advice: 'Your session is booked.' },
  request_closed: { title: 'This request is closed', advice: 'Contact support if that is not what you expect.' },
  checkout_expired: { title: 'The time to pay has passed', advice: 'Choose a time again.' },
  version_mismatch: {
    title: 'Somebody else changed this in the meantime',
    advice: 'Look at the new state, then repeat your change.',
  },
  body_too_large: { title: 'That is too much at once', advice: 'Shorten it and try again.' },
  unsupported_media_type: { title: 'That kind of file is not supported', advice: 'Choose another one.' },
  validation_failed: { title: 'Some of it needs another look', advice: 'See the marked fields.' },
  form_not_publishable: { title: 'This form cannot be published yet', advice: 'See the marked places.' },
  idempotency_key_reused: {
    title: 'This was already sent with other content',
    advice: 'Reload the page and try again.',
  },
  rate_limited: { title: 'That was too often', advice: 'Wait a little, then try again.' },
  internal_error: {
    title: 'Something went wrong on our side',
    advice: 'Nothing that you entered was lost. Try again in a moment.',
  },
  service_unavailable: {
    title: 'Ordinatus is not available right now',
    advice: 'Try again in a moment. Nothing was lost.',
  },
  payment_provider_unavailable: {
    title: 'The payment provider does not answer',
    advice: 'Nothing was changed. Try again in a moment.',
  },
  calendar_unavailable: {
    title: 'The calendar cannot be read right now',
    advice: 'Nothing was changed. Try again in a few minutes.',
  },
}

const NO_ANSWER: ProblemText = {
  title: 'No connection',
  advice: 'Check your network. What you entered is still here; try again when you are back online.',
}

const UNKNOWN: ProblemText = PROBLEM_TEXT.internal_error

/** What is wrong with all of it, such as that there are too many already: no field could be marked with it. */
function wholeAdvice({ code, fieldErrors }: ApiProblem): { advice?: string } {
  const messages = fieldErrors.filter(({ pointer }) => pointer === '').map(({ message }) => message)
  return code === 'validation_failed' && messages.length > 0 ? { advice: messages.join(' ') } : {}
}

/**
 * An error in a person's words, with the request id that support can look up: null when there is none, and for a refusal
 * that tells the person what they can do themselves.
 */
export function problemText(error: unknown): ProblemText & { requestId: string | null } {
  if (error instanceof ApiProblem) {
    // An older page may meet a code that a newer API has learnt since.
    const known = Object.hasOwn(PROBLEM_TEXT, error.code) ? PROBLEM_TEXT[error.code] : UNKNOWN
    // 400 is a mistake of these screens, not of whoever uses them.
    const isForSupport = error.status >= 500 || error.status === 400
    return { ...known, ...wholeAdvice(error), requestId: isForSupport ? error.requestId : null }
  }
  return { ...(error instanceof NoAnswer ? NO_ANSWER : UNKNOWN), requestId: null }
}
