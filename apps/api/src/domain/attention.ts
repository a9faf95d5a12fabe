import type { BookingState } from './booking.ts'
import { type Caller, decideAdminister } from './caller.ts'
import type { Decision } from './decision.ts'
import { isClosed, isHeld, isUnclaimed, type RequestStatus } from './training-request.ts'

/** Every way in which a request can be stuck, the most urgent first: the order decides which one is shown (product.md §2). */
export const ATTENTION_REASONS = [
  'payment_not_honoured',
  'refund_failed',
  'payment_disputed',
  'paid_not_confirmed',
  'calendar_conflict',
  'side_effect_failed',
  'calendar_unreadable',
  'no_eligible_trainer',
  'unclaimed',
  'link_not_sent',
  'customer_silent',
  'not_completed',
] as const

export type AttentionReason = (typeof ATTENTION_REASONS)[number]

/** What the flag is called on screen, whatever its cause. */
export const ATTENTION_LABEL = 'Stuck (Needs Attention)'

export const ATTENTION_REASON_LABELS: Readonly<Record<AttentionReason, string>> = {
  payment_not_honoured: 'A payment could not be used and was sent back',
  refund_failed: 'A refund has not gone through',
  payment_disputed: 'The customer has turned to their bank about a payment',
  paid_not_confirmed: 'Paid, but not confirmed',
  calendar_conflict: 'The trainer’s calendar has another event at this time',
  side_effect_failed: 'An email, calendar event or remote session failed',
  calendar_unreadable: 'The trainer’s calendar cannot be read',
  no_eligible_trainer: 'No trainer has the required skills',
  unclaimed: 'Nobody has claimed this request',
  link_not_sent: 'The scheduling link has not been sent',
  customer_silent: 'The customer has not booked',
  not_completed: 'The session ended but was not marked complete',
}

/** A paid booking that nobody confirmed is flagged 12 hours after the payment … (product.md §9) */
export const PAID_NOT_CONFIRMED_AFTER_HOURS = 12
/** … or 2 hours before the session starts, whichever comes first. */
export const PAID_NOT_CONFIRMED_BEFORE_START_HOURS = 2
/** A session that ended this long ago and is still Confirmed is flagged (product.md §2). */
export const NOT_COMPLETED_AFTER_HOURS = 24

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** One thing that is wrong with a request. `hiddenAt`: somebody resolved it, and it stays hidden until it arises anew. */
export interface AttentionCause {
  readonly reason: AttentionReason
  readonly since: Date
  readonly hiddenAt: Date | null
}

/**
 * The one flag that the request shows, or null when nothing is wrong.
 *
 * All causes are kept; the most urgent that nobody has resolved is shown. Of two with the same reason, the older.
 */
export function shownAttention(
  causes: readonly AttentionCause[],
): { readonly reason: AttentionReason; readonly since: Date } | null {
  const open = causes.filter((cause) => cause.hiddenAt === null)
  const [first] = open.toSorted(
    (a, b) =>
      ATTENTION_REASONS.indexOf(a.reason) - ATTENTION_REASONS.indexOf(b.reason) ||
      a.since.getTime() - b.since.getTime(),
  )
  return first === undefined ? null : { reason: first.reason, since: first.since }
}

/** May this caller say that a stuck request has been looked after? Admins only: {@link decideAdminister}. */
export function decideResolveAttention(
  caller: Caller,
  trainingRequest: { readonly claimedBy: string | null },
): Decision<'not_found' | 'org_admin_required' | 'insufficient_scope'> {
  return decideAdminister(caller, trainingRequest.claimedBy, 'requests:write')
}

/** When a request that nobody claims is flagged: so many minutes after its trainers were told; null = never. */
export function unclaimedFlagAt(openSince: Date, unclaimedFlagMinutes: number | null): Date | null {
  return unclaimedFlagMinutes === null ? null : new Date(openSince.getTime() + unclaimedFlagMinutes * MINUTE)
}

/** When a claimed request without a link is flagged: so many hours after the claim; null = never. */
export function linkNotSentFlagAt(claimedAt: Date, linkDeadlineHours: number | null): Date | null {
  return linkDeadlineHours === null ? null : new Date(claimedAt.getTime() + linkDeadlineHours * HOUR)
}

/** When a paid, unconfirmed booking is flagged: 12 h after the payment or 2 h before the start, the earlier of the two. */
export function paidNotConfirmedFlagAt(paidAt: Date, startAt: Date): Date {
  return new Date(
    Math.min(
      paidAt.getTime() + PAID_NOT_CONFIRMED_AFTER_HOURS * HOUR,
      startAt.getTime() - PAID_NOT_CONFIRMED_BEFORE_START_HOURS * HOUR,
    ),
  )
}

/** When a confirmed session that has ended is flagged as not completed: 24 h after its end. */
export function notCompletedFlagAt(endAt: Date): Date {
  return new Date(endAt.getTime() + NOT_COMPLETED_AFTER_HOURS * HOUR)
}

/** When a customer who has not booked is flagged: as soon as the link that was sent to them has run out. */
export function customerSilentFlagAt(linkExpiresAt: Date): Date {
  return linkExpiresAt
}

/**
 * When a request is flagged because a calendar of its trainer cannot be read: at once, since the calendar or since it
 * became theirs, whichever came later. A new outage, or a new trainer, is a new beginning.
 */
export function calendarUnreadableFlagAt(unreadableSince: Date, claimedAt: Date | null): Date {
  return claimedAt === null || claimedAt.getTime() < unreadableSince.getTime() ? unreadableSince : claimedAt
}

/**
 * The latest instant, up to now, at which a customer with an unused link was due to be reminded; null before the first.
 *
 * `reminderDays` after the link was sent, each so many times 24 hours. Whoever was reminded at or after that instant is
 * up to date: a clock that leaps over several reminders makes one mail of them.
 */
export function latestReminderDueAt(sentAt: Date, reminderDays: readonly number[], now: Date): Date | null {
  const due = reminderDays
    .map((days) => sentAt.getTime() + days * 24 * HOUR)
    .filter((instant) => instant <= now.getTime())
  return due.length === 0 ? null : new Date(Math.max(...due))
}

/** When the trainers of a request that nobody claims are mailed once more; null = never. */
export function renotifyAt(openSince: Date, unclaimedRenotifyMinutes: number | null): Date | null {
  return unclaimedFlagAt(openSince, unclaimedRenotifyMinutes)
}

/** Whether a flag that falls due at `at` is due: at that very instant it is, one millisecond before it is not. */
export function isFlagDue(at: Date | null, now: Date): boolean {
  return at !== null && now.getTime() >= at.getTime()
}

/** What is read to say why a request is stuck. Instants are those at which the thing happened. */
export interface AttentionGrounds {
  readonly status: RequestStatus
  /** Since when anybody eligible could have claimed it; its latest submission, notification or release. */
  readonly openSince: Date
  /** How many active trainers have all the skills that it asks for. */
  readonly eligibleTrainers: number
  readonly claimedAt: Date | null
  /** Since when a calendar that its trainer has connected cannot be read; null while all can. */
  readonly calendarUnreadableSince: Date | null
  /** The active scheduling link. */
  readonly link: { readonly expiresAt: Date } | null
  readonly booking:
    | (Pick<BookingState, 'status' | 'paymentStatus' | 'startAt' | 'endAt'> & { readonly paidAt: Date | null })
    | null
  /** The latest mail, calendar event or remote session that failed for good and was not made up for. */
  readonly sideEffectFailedAt: Date | null
  /** Since when a refund that failed, or that the provider does not take on, waits for a person; may lie ahead. */
  readonly refundFailedAt: Date | null
  /** Since when a customer's dispute with their bank is undecided. */
  readonly paymentDisputedAt: Date | null
  /** The latest payment that could not be used and went back. */
  readonly paymentNotHonouredAt: Date | null
  readonly settings: {
    readonly unclaimedFlagMinutes: number | null
    readonly linkDeadlineHours: number | null
  }
}

/** The causes that follow from how things stand; a conflict is told by whoever reads the calendar. */
export type StandingReason = Exclude<AttentionReason, 'calendar_conflict'>
export const STANDING_REASONS = ATTENTION_REASONS.filter(
  (reason): reason is StandingReason => reason !== 'calendar_conflict',
)

/**
 * Every reason for which this request needs a person now, with the instant since when it does.
 *
 * Asked again it answers the same; a reason that is not named is gone. A payment that could not be used stays until
 * somebody has looked at it, whatever became of the money.
 */
export function standingCauses(grounds: AttentionGrounds, now: Date): Map<StandingReason, Date> {
  const { status, settings, booking } = grounds
  const causes = new Map<StandingReason, Date>()
  const since = (reason: StandingReason, at: Date | null) => {
    if (at !== null && isFlagDue(at, now)) causes.set(reason, at)
  }
  since('payment_not_honoured', grounds.paymentNotHonouredAt)
  since('refund_failed', grounds.refundFailedAt)
  since('payment_disputed', grounds.paymentDisputedAt)
  since('side_effect_failed', grounds.sideEffectFailedAt)
  if (isClosed(status)) return causes
  if (isHeld(status) && grounds.calendarUnreadableSince !== null)
    since('calendar_unreadable', calendarUnreadableFlagAt(grounds.calendarUnreadableSince, grounds.claimedAt))
  if (isUnclaimed(status)) {
    if (grounds.eligibleTrainers === 0) since('no_eligible_trainer', grounds.openSince)
    since('unclaimed', unclaimedFlagAt(grounds.openSince, settings.unclaimedFlagMinutes))
  }
  if (status === 'claimed' && grounds.claimedAt !== null)
    since('link_not_sent', linkNotSentFlagAt(grounds.claimedAt, settings.linkDeadlineHours))
  if ((status === 'customer_scheduling' || status === 'expired') && grounds.link !== null)
    since('customer_silent', customerSilentFlagAt(grounds.link.expiresAt))
  if (booking?.status === 'pending_payment' && booking.paymentStatus === 'paid' && booking.paidAt !== null)
    since('paid_not_confirmed', paidNotConfirmedFlagAt(booking.paidAt, booking.startAt))
  if (booking?.status === 'confirmed') since('not_completed', notCompletedFlagAt(booking.endAt))
  return causes
}
