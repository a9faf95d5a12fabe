import { type Caller, decideManage } from './caller.ts'
import { ALLOWED, type Decision, refused } from './decision.ts'

export const RATINGS = [1, 2, 3, 4, 5] as const
export type Rating = (typeof RATINGS)[number]

/** Longest comment kept, in characters. */
export const FEEDBACK_COMMENT_MAX_LENGTH = 5000
/** A feedback link works for so many days from the mail that carries it (product.md §6). */
export const FEEDBACK_LINK_DAYS = 30

const DAY = 86_400_000

/** When a feedback link that is made now ends. */
export function feedbackLinkExpiresAt(madeAt: Date): Date {
  return new Date(madeAt.getTime() + FEEDBACK_LINK_DAYS * DAY)
}

/**
 * May the customer rate the session with this link?
 *
 * Once: afterwards `link_used`. Before its 30 days are over: at the very instant they are, `link_expired`. The other
 * keeper is the unique index on one feedback per booking.
 */
export function decideSubmitFeedback(
  link: { readonly expiresAt: Date; readonly usedAt: Date | null },
  now: Date,
): Decision<'link_used' | 'link_expired'> {
  if (link.usedAt !== null) return refused('link_used')
  return now.getTime() >= link.expiresAt.getTime() ? refused('link_expired') : ALLOWED
}

/** May this caller read a session's rating? Its trainer and admins; for everyone else it does not exist. */
export function decideReadFeedback(
  caller: Caller,
  booking: { readonly trainerId: string },
): Decision<'not_found' | 'insufficient_scope'> {
  return decideManage(caller, booking.trainerId, 'bookings:read')
}

/** A comment as it is kept: trimmed, one kind of line break; null when nothing was said. */
export function normalizeComment(comment: string | null | undefined): string | null {
  const text = (comment ?? '').replace(/\r\n?/g, '\n').trim()
  return text === '' ? null : text
}
