import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, CUSTOMER } from '../../domain/caller.ts'
import { decideSubmitFeedback, normalizeComment } from '../../domain/feedback.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { getBooking } from '../bookings/repository.ts'
import { getSettings } from '../organizations/repository.ts'
import { findFeedbackLink, insertFeedback, useFeedbackLink } from './repository.ts'

/** A rating as it was kept. */
export interface KeptFeedback {
  rating: number
  comment: string | null
  createdAt: Date
}

/**
 * The customer rates the session, once: the link is used up by the same transaction that keeps the rating.
 *
 * Refuses `link_used` the second time and `link_expired` from the very instant at which its 30 days are over, both with
 * the organization to turn to.
 */
export async function submitFeedback(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: {
    scope: OrganizationScope
    bookingTokenId: string
    bookingId: string
    rating: number
    comment?: string | null | undefined
  },
): Promise<KeptFeedback> {
  const { scope, bookingId, bookingTokenId, rating } = input
  const now = deps.clock.now()
  return inTransaction(deps.db, async (tx) => {
    const link = await findFeedbackLink(tx, scope, bookingTokenId)
    if (link === null) throw new AppError('link_not_found')
    const decision = decideSubmitFeedback(link, now)
    const isTaken = decision.allowed && (await useFeedbackLink(tx, scope, { bookingTokenId, now }))
    if (!isTaken) {
      const { name, supportEmail, supportPhone, logoUrl, primaryColor } = await getSettings(tx, scope)
      throw new AppError(decision.allowed ? 'link_used' : decision.reason, {
        organization: { name, supportEmail, supportPhone, logoUrl, primaryColor },
      })
    }
    const kept = { rating, comment: normalizeComment(input.comment), createdAt: now }
    await insertFeedback(tx, scope, { bookingId, ...kept })
    const booking = await getBooking(tx, scope, bookingId)
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(CUSTOMER),
      now,
      event: {
        name: 'feedback_submitted',
        payload: {
          requestId: booking.trainingRequestId,
          bookingId,
          status: booking.status,
          trainerId: booking.trainerUserId,
        },
      },
    })
    return kept
  })
}
