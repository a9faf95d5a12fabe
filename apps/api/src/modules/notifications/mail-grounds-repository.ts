import { and, eq, isNull, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { calendarEvents, remoteSessions } from '../../db/schema/delivery.ts'
import { events } from '../../db/schema/events.ts'
import { feedback } from '../../db/schema/feedback.ts'
import { formVersions } from '../../db/schema/forms.ts'
import { users } from '../../db/schema/identity.ts'
import { mails } from '../../db/schema/notifications.ts'
import { memberships, organizations } from '../../db/schema/organizations.ts'
import { disputes, refunds } from '../../db/schema/payments.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import { sessionTypes } from '../../db/schema/session-types.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isRefundOfBooking, REFUND_REASONS } from '../../domain/payment.ts'
import type { MailRow } from './repository.ts'

/** Why money goes back that a booking counts as paid. */
const REASONS_OF_BOOKING = sql.join(
  REFUND_REASONS.filter(isRefundOfBooking).map((reason) => sql`${reason}`),
  sql`, `,
)

const trainers = alias(users, 'trainers')
const bookedSessionTypes = alias(sessionTypes, 'booked_session_types')

/** A mail with everything that its text may say, as it stands now; null when it is not there. */
export async function findMailGrounds(db: Db | Tx, scope: OrganizationScope, mailId: string) {
  const trainerId = sql`coalesce((${events.payload} ->> 'trainerId')::uuid, ${bookings.trainerUserId}, ${trainingRequests.claimedByUserId})`
  const [row] = await db
    .select({
      mail: mails,
      event: { name: events.name, payload: events.payload },
      organization: { slug: organizations.slug, settings: organizations.settings },
      trainingRequest: trainingRequests,
      formTitle: formVersions.title,
      sessionTypeName: sessionTypes.name,
      booking: bookings,
      bookedSessionTypeName: bookedSessionTypes.name,
      trainer: { firstName: trainers.firstName, lastName: trainers.lastName },
      reader: {
        email: users.email,
        firstName: users.firstName,
        lastName: users.lastName,
        timeZone: users.timeZone,
        locale: users.locale,
      },
      readerStatus: memberships.status,
      schedulingToken: schedulingTokens,
      remoteSession: remoteSessions,
      calendarEvent: { id: calendarEvents.id, joinUrlSealed: calendarEvents.joinUrlSealed },
      refund: refunds,
      refundUnderWayMinor: sql<number>`(
        select coalesce(sum(under_way.amount_minor), 0) from refunds under_way
        where under_way.organization_id = ${mails.organizationId} and under_way.booking_id = ${mails.bookingId}
          and under_way.status = 'pending' and under_way.reason in (${REASONS_OF_BOOKING}))`.mapWith(Number),
      dispute: disputes,
      feedbackAt: feedback.createdAt,
    })
    .from(mails)
    .innerJoin(events, eq(events.id, mails.eventId))
    .innerJoin(organizations, eq(organizations.id, mails.organizationId))
    .innerJoin(
      trainingRequests,
      and(eq(trainingRequests.organizationId, mails.organizationId), eq(trainingRequests.id, mails.trainingRequestId)),
    )
    .innerJoin(
      formVersions,
      and(eq(formVersions.organizationId, mails.organizationId), eq(formVersions.id, trainingRequests.formVersionId)),
    )
    .innerJoin(
      sessionTypes,
      and(eq(sessionTypes.organizationId, mails.organizationId), eq(sessionTypes.id, trainingRequests.sessionTypeId)),
    )
    .leftJoin(bookings, and(eq(bookings.organizationId, mails.organizationId), eq(bookings.id, mails.bookingId)))
    .leftJoin(
      bookedSessionTypes,
      and(
        eq(bookedSessionTypes.organizationId, mails.organizationId),
        eq(bookedSessionTypes.id, bookings.sessionTypeId),
      ),
    )
    .leftJoin(trainers, sql`${trainers.id} = ${trainerId}`)
    .leftJoin(users, eq(users.id, mails.recipientUserId))
    .leftJoin(
      memberships,
      and(eq(memberships.organizationId, mails.organizationId), eq(memberships.userId, mails.recipientUserId)),
    )
    .leftJoin(
      schedulingTokens,
      and(eq(schedulingTokens.organizationId, mails.organizationId), eq(schedulingTokens.id, mails.schedulingTokenId)),
    )
    .leftJoin(
      remoteSessions,
      and(eq(remoteSessions.organizationId, mails.organizationId), eq(remoteSessions.bookingId, mails.bookingId)),
    )
    .leftJoin(
      calendarEvents,
      and(
        eq(calendarEvents.organizationId, mails.organizationId),
        eq(calendarEvents.bookingId, mails.bookingId),
        isNull(calendarEvents.removedAt),
      ),
    )
    .leftJoin(
      refunds,
      and(
        eq(refunds.organizationId, mails.organizationId),
        sql`${refunds.id} = (${events.payload} ->> 'refundId')::uuid`,
      ),
    )
    .leftJoin(
      disputes,
      and(
        eq(disputes.organizationId, mails.organizationId),
        sql`${disputes.id} = (${events.payload} ->> 'disputeId')::uuid`,
      ),
    )
    .leftJoin(feedback, and(eq(feedback.organizationId, mails.organizationId), eq(feedback.bookingId, mails.bookingId)))
    .where(and(eq(mails.organizationId, scope.organizationId), eq(mails.id, mailId)))
  return row === undefined ? null : { ...row, mail: row.mail as MailRow }
}
export type MailGrounds = NonNullable<Awaited<ReturnType<typeof findMailGrounds>>>
