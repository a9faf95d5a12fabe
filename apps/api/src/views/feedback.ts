import { and, eq } from 'drizzle-orm'
import { bookings } from '../db/schema/bookings.ts'
import { users } from '../db/schema/identity.ts'
import { organizations } from '../db/schema/organizations.ts'
import { bookingTokens } from '../db/schema/scheduling.ts'
import { sessionTypes } from '../db/schema/session-types.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { Deps } from '../deps.ts'
import { decideSubmitFeedback } from '../domain/feedback.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { resolveSettings } from '../domain/organization-settings.ts'
import { AppError } from '../errors/app-error.ts'
import type { FeedbackForm } from '../modules/feedback/schemas.ts'

/**
 * The session that a feedback link asks about. Opening it changes nothing, however often. A link that was used or has run
 * out: `link_used`, `link_expired`, with the organization to turn to.
 */
export async function readFeedbackForm(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { scope: OrganizationScope; bookingTokenId: string },
): Promise<FeedbackForm> {
  const [row] = await deps.db
    .select({
      link: { expiresAt: bookingTokens.expiresAt, usedAt: bookingTokens.usedAt },
      settings: organizations.settings,
      reference: trainingRequests.reference,
      trainer: { firstName: users.firstName },
      sessionType: { name: sessionTypes.name },
      startAt: bookings.startAt,
      endAt: bookings.endAt,
      timeZone: bookings.customerTimeZone,
    })
    .from(bookingTokens)
    .innerJoin(
      bookings,
      and(eq(bookings.organizationId, bookingTokens.organizationId), eq(bookings.id, bookingTokens.bookingId)),
    )
    .innerJoin(organizations, eq(organizations.id, bookings.organizationId))
    .innerJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, bookings.organizationId),
        eq(trainingRequests.id, bookings.trainingRequestId),
      ),
    )
    .innerJoin(users, eq(users.id, bookings.trainerUserId))
    .innerJoin(
      sessionTypes,
      and(eq(sessionTypes.organizationId, bookings.organizationId), eq(sessionTypes.id, bookings.sessionTypeId)),
    )
    .where(
      and(
        eq(bookingTokens.organizationId, input.scope.organizationId),
        eq(bookingTokens.id, input.bookingTokenId),
        eq(bookingTokens.purpose, 'feedback'),
      ),
    )
  if (row === undefined) throw new AppError('link_not_found')
  const { name, supportEmail, supportPhone, logoUrl, primaryColor } = resolveSettings(row.settings)
  const organization = { name, supportEmail, supportPhone, logoUrl, primaryColor }
  const decision = decideSubmitFeedback(row.link, deps.clock.now())
  if (!decision.allowed) throw new AppError(decision.reason, { organization })
  return {
    reference: row.reference,
    organization,
    trainer: row.trainer,
    sessionType: row.sessionType,
    start: row.startAt.toISOString(),
    end: row.endAt.toISOString(),
    timeZone: row.timeZone,
  }
}
