import { and, eq, gte, isNull, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { calendarConnections } from '../../db/schema/calendars.ts'
import { sideEffects } from '../../db/schema/delivery.ts'
import { events } from '../../db/schema/events.ts'
import { mails } from '../../db/schema/notifications.ts'
import { organizations } from '../../db/schema/organizations.ts'
import { disputes, payments, refunds } from '../../db/schema/payments.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import type { SideEffectState } from '../../domain/delivery.ts'
import type { EventName } from '../../domain/events.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { openSinceOf } from '../requests/open-since-in-sql.ts'

/** What says why a request is stuck, beside its own row and its booking. */
export async function readAttentionFacts(db: Db | Tx, scope: OrganizationScope, trainingRequestId: string) {
  const [row] = await db
    .select({
      settings: organizations.settings,
      openSince: sql<Date | null>`${openSinceOf(trainingRequests.organizationId, trainingRequests.id)}`.mapWith(
        trainingRequests.createdAt,
      ),
      calendarUnreadableSince: sql<Date | null>`(select min(${calendarConnections.unreadableSince})
        from ${calendarConnections}
        where ${calendarConnections.userId} = ${trainingRequests.claimedByUserId}
          and ${isNull(calendarConnections.disconnectedAt)})`.mapWith(calendarConnections.unreadableSince),
      linkExpiresAt: sql<Date | null>`(select ${schedulingTokens.expiresAt} from ${schedulingTokens}
        where ${schedulingTokens.organizationId} = ${trainingRequests.organizationId}
          and ${schedulingTokens.trainingRequestId} = ${trainingRequests.id}
          and ${isNull(schedulingTokens.endedAt)})`.mapWith(schedulingTokens.expiresAt),
    })
    .from(trainingRequests)
    .innerJoin(organizations, eq(organizations.id, trainingRequests.organizationId))
    .where(and(eq(trainingRequests.organizationId, scope.organizationId), eq(trainingRequests.id, trainingRequestId)))
  if (row === undefined) throw new Error('The request whose attention is judged is there.')
  return row
}

/** The refunds of a request's bookings with what their payments were asked for, oldest first. */
export async function listRefundsOfRequest(db: Db | Tx, scope: OrganizationScope, trainingRequestId: string) {
  return db
    .select({ refund: refunds, payment: { amountMinor: payments.amountMinor } })
    .from(refunds)
    .innerJoin(bookings, and(eq(bookings.organizationId, refunds.organizationId), eq(bookings.id, refunds.bookingId)))
    .innerJoin(payments, and(eq(payments.organizationId, refunds.organizationId), eq(payments.id, refunds.paymentId)))
    .where(and(eq(refunds.organizationId, scope.organizationId), eq(bookings.trainingRequestId, trainingRequestId)))
    .orderBy(refunds.id)
}

/** Since when the customer's undecided disputes over payments of a request stand, oldest first. */
export async function listOpenDisputesOfRequest(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<{ createdAt: Date }[]> {
  return db
    .select({ createdAt: disputes.createdAt })
    .from(disputes)
    .innerJoin(bookings, and(eq(bookings.organizationId, disputes.organizationId), eq(bookings.id, disputes.bookingId)))
    .where(
      and(
        eq(disputes.organizationId, scope.organizationId),
        eq(bookings.trainingRequestId, trainingRequestId),
        eq(disputes.status, 'open'),
      ),
    )
    .orderBy(disputes.id)
}

/**
 * Everything of a request that was to happen outside and did not, or did: the state of each mail to its customer or
 * trainer, calendar event and remote session, oldest first, grouped by what it is for.
 */
export async function listOutcomesOfRequest(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<{ purpose: string; state: SideEffectState; at: Date }[]> {
  const ofMails = await db
    .select({
      id: mails.id,
      purpose: sql<string>`${mails.template} || ':' || coalesce(${mails.recipientUserId}::text, '')`,
      state: mails.state,
      at: sql<Date>`coalesce(${mails.doneAt}, ${mails.createdAt})`.mapWith(mails.createdAt),
    })
    .from(mails)
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        eq(mails.trainingRequestId, trainingRequestId),
        // About mails that tell admins of trouble nobody is to be told by mail.
        sql`${mails.template} not in ('attention_raised', 'refund_failed', 'payment_disputed', 'notifications_delayed', 'new_request')`,
      ),
    )
  const ofEffects = await db
    .select({
      id: sideEffects.id,
      purpose: sql<string>`${sideEffects.kind}::text || ':' || ${sideEffects.bookingId}::text`,
      state: sideEffects.state,
      at: sql<Date>`coalesce(${sideEffects.doneAt}, ${sideEffects.createdAt})`.mapWith(sideEffects.createdAt),
    })
    .from(sideEffects)
    .innerJoin(
      bookings,
      and(eq(bookings.organizationId, sideEffects.organizationId), eq(bookings.id, sideEffects.bookingId)),
    )
    .where(and(eq(sideEffects.organizationId, scope.organizationId), eq(bookings.trainingRequestId, trainingRequestId)))
  return [...ofMails, ...ofEffects].toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** Whether this other event happened to the request in the same transaction, told by its instant; which booking's. */
export async function findSiblingEvent(
  db: Db | Tx,
  scope: OrganizationScope,
  input: { trainingRequestId: string; name: EventName; occurredAt: Date },
): Promise<typeof events.$inferSelect | null> {
  const [row] = await db
    .select()
    .from(events)
    .where(
      and(
        eq(events.organizationId, scope.organizationId),
        eq(events.trainingRequestId, input.trainingRequestId),
        eq(events.name, input.name),
        eq(events.occurredAt, input.occurredAt),
      ),
    )
    .limit(1)
  return row ?? null
}

/**
 * Whether another request of this trainer in the organization was flagged before, in the same outage of their calendars:
 * after it began and since they hold that request.
 */
export async function hasEarlierCalendarAlarm(
  db: Db | Tx,
  scope: OrganizationScope,
  input: { event: { id: string; occurredAt: Date }; trainerUserId: string; since: Date },
): Promise<boolean> {
  const at = sql.param(input.event.occurredAt, events.occurredAt)
  const [row] = await db
    .select({ id: events.id })
    .from(events)
    .innerJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, events.organizationId),
        eq(trainingRequests.id, events.trainingRequestId),
        eq(trainingRequests.claimedByUserId, input.trainerUserId),
      ),
    )
    .where(
      and(
        eq(events.organizationId, scope.organizationId),
        eq(events.name, 'attention_raised'),
        sql`${events.payload} ->> 'reason' = 'calendar_unreadable'`,
        gte(events.occurredAt, input.since),
        or(isNull(trainingRequests.claimedAt), gte(events.occurredAt, trainingRequests.claimedAt)),
        sql`(${events.occurredAt}, ${events.id}) < (${at}, ${input.event.id}::uuid)`,
      ),
    )
    .limit(1)
  return row !== undefined
}

/** Whether an event of that name has happened to a request at or after an instant. */
export async function hasEventSince(
  db: Db | Tx,
  scope: OrganizationScope,
  input: { trainingRequestId: string; name: EventName; since: Date; schedulingTokenId?: string },
): Promise<boolean> {
  const [row] = await db
    .select({ id: events.id })
    .from(events)
    .where(
      and(
        eq(events.organizationId, scope.organizationId),
        eq(events.trainingRequestId, input.trainingRequestId),
        eq(events.name, input.name),
        gte(events.occurredAt, input.since),
        input.schedulingTokenId === undefined
          ? undefined
          : sql`${events.payload} ->> 'schedulingTokenId' = ${input.schedulingTokenId}`,
      ),
    )
    .limit(1)
  return row !== undefined
}
