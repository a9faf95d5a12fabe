import type { Deps } from '../../deps.ts'
import { completionOccasion, decideComplete } from '../../domain/booking.ts'
import type { Caller } from '../../domain/caller.ts'
import { feedbackLinkExpiresAt } from '../../domain/feedback.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { insertBookingToken } from '../bookings/insert-booking-token.ts'
import { closeSession } from './close-session.ts'

/**
 * Mark Complete: closes booking and request, writes down what the trainer earned, and makes the link by which the customer
 * rates the session; the mail follows from the event.
 *
 * One transaction, so all of it or nothing; pressed twice or by two people it happens once. The trainer's share is their
 * own, else the organization's, of what was paid less refunds, half up to the minor unit. Within 30 days an admin may
 * turn a no-show into a completed session: then a line brings the ledger to the full share. Refuses `session_not_ended`
 * before the end's very instant, `invalid_state` (with `currentStatus`), and `not_found` to other trainers.
 */
export async function completeBooking(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets'>,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string },
): Promise<void> {
  const { scope, caller, bookingId } = input
  await closeSession(deps, {
    ...input,
    decide: (booking, now) => decideComplete(caller, booking, now),
    ending: (booking) => ({ occasion: completionOccasion(booking.status), event: 'booking_completed' }),
    alongside: async (tx, now) => {
      const expiresAt = feedbackLinkExpiresAt(now)
      await insertBookingToken(tx, deps, scope, { bookingId, purpose: 'feedback', expiresAt, now })
    },
  })
}
