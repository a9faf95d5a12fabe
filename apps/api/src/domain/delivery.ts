import { type Caller, decideManage } from './caller.ts'
import { ALLOWED, ALREADY_HOLDS, type RepeatableDecision, refused } from './decision.ts'

/** How a session is run (product.md §1). */
export const DELIVERY_METHODS = ['zoho_assist', 'zoom', 'google_meet', 'teams', 'phone', 'manual_link'] as const
export type DeliveryMethod = (typeof DELIVERY_METHODS)[number]

/** The words on screen for each method (product.md §17). */
export const DELIVERY_METHOD_LABELS: Record<DeliveryMethod, string> = {
  zoho_assist: 'Zoho Assist',
  zoom: 'Zoom',
  google_meet: 'Google Meet',
  teams: 'Teams',
  phone: 'Phone',
  manual_link: 'Manual link',
}

/** How far the session's link has come; `hidden` after a cancellation, `unknown` when a vendor's answer was lost. */
export const DELIVERY_STATES = ['none', 'pending', 'ready', 'failed', 'unknown', 'hidden'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** What a booking sets off outside the product. */
export const SIDE_EFFECT_KINDS = [
  'customer_email',
  'trainer_email',
  'calendar_event',
  'remote_session',
  'webhook',
  'feedback_email',
] as const
export type SideEffectKind = (typeof SIDE_EFFECT_KINDS)[number]

export const SIDE_EFFECT_STATES = ['queued', 'running', 'done', 'retrying', 'failed', 'unknown', 'skipped'] as const
export type SideEffectState = (typeof SIDE_EFFECT_STATES)[number]

/** True for the methods whose link Ordinatus makes itself at a remote session vendor; the rest show what was entered. */
export function isRemoteSessionMethod(method: DeliveryMethod): boolean {
  return method === 'zoho_assist'
}

/** The first repeat of something that failed comes so soon; each further one after twice the time … */
const FIRST_REPEAT_SECONDS = 10
/** … but never later than this, so that an outage of an hour is made up within half an hour of its end. */
const LONGEST_REPEAT_SECONDS = 30 * 60
/** Tries before a side effect is left to a person: two days at the longest distance. */
export const SIDE_EFFECT_ATTEMPTS_MAX = 100

/**
 * When a mail, calendar event or remote session that failed is tried again; null when it has been tried often enough.
 *
 * `attempts` counts the one that has just failed: 10 s after the first, then twice as long each time up to 30 minutes.
 */
export function nextSideEffectAttemptAt(attempts: number, now: Date): Date | null {
  if (attempts >= SIDE_EFFECT_ATTEMPTS_MAX) return null
  const seconds = Math.min(FIRST_REPEAT_SECONDS * 2 ** (attempts - 1), LONGEST_REPEAT_SECONDS)
  return new Date(now.getTime() + seconds * 1000)
}

/** So long a confirmation waits for the join link that it is to carry; then it goes without and says that it follows. */
export const JOIN_LINK_WAIT_SECONDS = 30

/**
 * May this caller have a side effect of the booking tried again?
 *
 * The booking's trainer and admins, when it failed or nobody knows what became of it (then whoever asks accepts that it
 * may happen twice); one that waits for its next try is tried now. Queued, running and done: nothing to do. One that was
 * left out on purpose: `invalid_state`.
 */
export function decideRetrySideEffect(
  caller: Caller,
  booking: { readonly trainerId: string },
  state: SideEffectState,
): RepeatableDecision<'not_found' | 'insufficient_scope' | 'invalid_state'> {
  const managed = decideManage(caller, booking.trainerId, 'bookings:write')
  if (!managed.allowed) return managed
  if (state === 'skipped') return refused('invalid_state')
  return state === 'failed' || state === 'unknown' || state === 'retrying' ? ALLOWED : ALREADY_HOLDS
}

const FAILURE_NOTE_MAX_LENGTH = 200

/**
 * What went wrong, short enough to be shown and kept: the first line of an error, without the addresses and links that
 * servers like to repeat.
 */
export function failureNote(message: string): string {
  const [line = ''] = message.trim().split(/[\r\n]/, 1)
  const note = line
    .replace(/\bhttps?:\/\/\S+/gi, '…')
    .replace(/<?[^\s<>@]+@[^\s<>@]+>?/g, '…')
    .slice(0, FAILURE_NOTE_MAX_LENGTH)
    .trim()
  return note === '' ? 'It failed without saying why.' : note
}
