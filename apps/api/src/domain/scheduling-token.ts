import { type BookingState, isHold, isMoneyReceived } from './booking.ts'
import { ALLOWED, type Decision, refused } from './decision.ts'
import type { RequestStatus } from './training-request.ts'

/** What a staff member is shown about the link they sent. */
export const LINK_STATES = ['live', 'expired', 'replaced', 'used', 'revoked'] as const
export type LinkState = (typeof LINK_STATES)[number]

export const LINK_STATE_LABELS: Readonly<Record<LinkState, string>> = {
  live: 'Open',
  expired: 'Expired',
  replaced: 'Replaced by a newer link',
  used: 'Used',
  revoked: 'Withdrawn',
}

/**
 * Why a link's row was closed: a newer link took its place, the request changed hands or was canceled, or its customer
 * has booked.
 */
export const LINK_END_REASONS = ['replaced', 'revoked', 'used'] as const
export type LinkEndReason = (typeof LINK_END_REASONS)[number]

/** Why a link answers 410, in the order in which it is judged (product.md §6). */
export const LINK_REFUSALS = ['request_closed', 'link_used', 'link_replaced', 'link_expired'] as const
export type LinkRefusal = (typeof LINK_REFUSALS)[number]

/** What the page for a dead link offers instead. */
export const LINK_NEXT_STEPS: Readonly<Record<LinkRefusal, 'contact_support' | 'email_booking' | 'request_new_link'>> =
  {
    request_closed: 'contact_support',
    link_used: 'email_booking',
    link_replaced: 'request_new_link',
    link_expired: 'request_new_link',
  }

/** A trainer is mailed about a customer's wish for a new link at most once in so many minutes (product.md §6). */
export const NEW_LINK_REQUEST_INTERVAL_MINUTES = 60
/** And about a wish for other times at most once in so many. */
export const TIMES_REQUEST_INTERVAL_MINUTES = 24 * 60
/** A customer who asks for their booking is mailed it at most once in so many minutes, as with new links. */
export const BOOKING_MAIL_INTERVAL_MINUTES = 60

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A scheduling link as its row keeps it; the secret itself is nowhere. */
export interface SchedulingLink {
  readonly expiresAt: Date
  readonly endedAt: Date | null
  readonly endReason: LinkEndReason | null
}

/**
 * What a link answers because of where its request stands, whatever the link's own row says; null: the link's row
 * decides. In the first three nobody has sent a link to this trainer's customer yet: what exists is an older one, and a
 * release or an assignment has revoked it in its transaction.
 */
const REFUSAL_BY_REQUEST_STATUS: Readonly<Record<RequestStatus, LinkRefusal | null>> = {
  new: 'link_replaced',
  trainers_notified: 'link_replaced',
  claimed: 'link_replaced',
  customer_scheduling: null,
  pending_payment: null,
  expired: null,
  confirmed: 'link_used',
  completed: 'link_used',
  canceled: 'request_closed',
}

/** When a link that is sent now ends: so many elapsed hours later, whatever clocks do in between. */
export function linkExpiresAt(sentAt: Date, schedulingLinkLifetimeHours: number): Date {
  return new Date(sentAt.getTime() + schedulingLinkLifetimeHours * HOUR)
}

/**
 * May the customer choose a time with this link now?
 *
 * Judged on every call, in one order: `request_closed` (canceled), `link_used` (booked), `link_replaced` (a newer one
 * was sent, or the request changed hands), `link_expired`. At the very instant of `expiresAt` it has expired, a
 * millisecond before it lives. The other keeper is the unique index on one active token per request.
 */
export function decideUseLink(link: SchedulingLink, requestStatus: RequestStatus, now: Date): Decision<LinkRefusal> {
  const byStatus = REFUSAL_BY_REQUEST_STATUS[requestStatus]
  if (byStatus !== null) return refused(byStatus)
  // A booking that was canceled so that the customer picks again leaves its used link behind: a fresh one was sent.
  if (link.endedAt !== null) return refused('link_replaced')
  return now.getTime() >= link.expiresAt.getTime() ? refused('link_expired') : ALLOWED
}

/**
 * May the customer finish paying for the time that they chose with this link?
 *
 * A hold outlives its link: while it runs, or once the money is under way, `link_expired` does not stop the payment;
 * only a new choice is refused. Every other refusal is that of {@link decideUseLink}. Without a hold there is nothing
 * to pay: `checkout_expired`.
 */
export function decideFinishPayment(
  link: SchedulingLink,
  requestStatus: RequestStatus,
  booking: BookingState | null,
  now: Date,
): Decision<LinkRefusal | 'checkout_expired'> {
  const use = decideUseLink(link, requestStatus, now)
  if (!use.allowed && use.reason !== 'link_expired') return use
  const isUnderWay =
    booking !== null && (isHold(booking, now) || (booking.status === 'pending_payment' && isMoneyReceived(booking)))
  if (isUnderWay) return ALLOWED
  return use.allowed ? refused('checkout_expired') : use
}

/** What staff read about a link: live, run out, replaced by a resend, used for a booking, or withdrawn. */
export function linkState(link: SchedulingLink, requestStatus: RequestStatus, now: Date): LinkState {
  if (link.endedAt !== null) return link.endReason ?? 'revoked'
  const decision = decideUseLink(link, requestStatus, now)
  if (decision.allowed) return 'live'
  if (decision.reason === 'link_expired') return 'expired'
  return decision.reason === 'link_used' ? 'used' : 'revoked'
}

/**
 * May the customer ask for a new link with this dead one?
 *
 * Only where the dead link's page offers it, expired and replaced; a live link, a booked or a closed request:
 * `invalid_state`.
 */
export function decideRequestNewLink(
  link: SchedulingLink,
  requestStatus: RequestStatus,
  now: Date,
): Decision<'invalid_state'> {
  return isOffered('request_new_link', link, requestStatus, now) ? ALLOWED : refused('invalid_state')
}

/**
 * May the customer have their booking mailed with this dead link?
 *
 * Only where the dead link's page offers it, used; a link that still opens, a dead one of another kind: `invalid_state`.
 */
export function decideRequestBookingMail(
  link: SchedulingLink,
  requestStatus: RequestStatus,
  now: Date,
): Decision<'invalid_state'> {
  return isOffered('email_booking', link, requestStatus, now) ? ALLOWED : refused('invalid_state')
}

function isOffered(
  step: (typeof LINK_NEXT_STEPS)[LinkRefusal],
  link: SchedulingLink,
  requestStatus: RequestStatus,
  now: Date,
): boolean {
  const use = decideUseLink(link, requestStatus, now)
  return !use.allowed && LINK_NEXT_STEPS[use.reason] === step
}

/** Whether somebody is mailed again, or has been recently enough: exactly one interval later they are. */
export function isMailDueAgain(lastMailedAt: Date | null, intervalMinutes: number, now: Date): boolean {
  return lastMailedAt === null || now.getTime() >= lastMailedAt.getTime() + intervalMinutes * MINUTE
}
