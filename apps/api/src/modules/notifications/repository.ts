import { and, desc, eq, gt, gte, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { calendarConnections } from '../../db/schema/calendars.ts'
import { calendarEvents, remoteSessions, sideEffects } from '../../db/schema/delivery.ts'
import { events } from '../../db/schema/events.ts'
import { feedback } from '../../db/schema/feedback.ts'
import { forms, formVersions } from '../../db/schema/forms.ts'
import { users } from '../../db/schema/identity.ts'
import { mails } from '../../db/schema/notifications.ts'
import { memberships, organizations } from '../../db/schema/organizations.ts'
import { disputes, payments, refunds } from '../../db/schema/payments.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import { sessionTypes } from '../../db/schema/session-types.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import type { SideEffectState } from '../../domain/delivery.ts'
import type { EventName } from '../../domain/events.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isRefundOfBooking, REFUND_REASONS } from '../../domain/payment.ts'
import { openSinceOf } from '../requests/open-since-in-sql.ts'
import type { MailTemplate } from './templates/mail-facts.ts'

export type MailRow = Omit<typeof mails.$inferSelect, 'template'> & { template: MailTemplate }

/** States in which a mail may be sent: waiting for it, or left in the middle by a process that died. */
const SENDABLE_STATES = ['queued', 'retrying', 'running'] as const satisfies readonly SideEffectState[]

/** Adds mails that follow from an event, each once; answers those that are new. */
export async function insertMails(
  tx: Tx,
  scope: OrganizationScope,
  rows: readonly (Omit<typeof mails.$inferInsert, 'organizationId' | 'template'> & { template: MailTemplate })[],
): Promise<MailRow[]> {
  if (rows.length === 0) return []
  const inserted = await tx
    .insert(mails)
    .values(rows.map((row) => ({ ...row, organizationId: scope.organizationId })))
    .onConflictDoNothing({ target: [mails.eventId, mails.template, mails.recipient, mails.recipientUserId] })
    .returning()
  return inserted as MailRow[]
}

/**
 * Begins one try of a mail: running, one attempt more. Null when it is not due, or over. The job knows the row's id only,
 * so this look-up names no organization.
 */
export async function beginMail(db: Db | Tx, mailId: string, now: Date): Promise<MailRow | null> {
  const [row] = await db
    .update(mails)
    .set({ state: 'running', attempts: sql`${mails.attempts} + 1`, nextAttemptAt: null })
    .where(
      and(
        eq(mails.id, mailId),
        inArray(mails.state, [...SENDABLE_STATES]),
        or(isNull(mails.nextAttemptAt), lte(mails.nextAttemptAt, now)),
      ),
    )
    .returning()
  return (row as MailRow | undefined) ?? null
}

/** Writes down what became of a mail; answers whether it was still in one of the given states. */
export async function updateMail(
  tx: Tx,
  scope: OrganizationScope,
  change: {
    mailId: string
    from: readonly SideEffectState[]
    set: Partial<Pick<MailRow, 'state' | 'attempts' | 'lastError' | 'nextAttemptAt' | 'doneAt' | 'linkFollows'>>
  },
): Promise<boolean> {
  const rows = await tx
    .update(mails)
    .set(change.set)
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        eq(mails.id, change.mailId),
        inArray(mails.state, [...change.from]),
      ),
    )
    .returning({ id: mails.id })
  return rows.length > 0
}

/** Reads a mail that counts among a booking's side effects; null when it is not there. */
export async function findMailOfBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  input: { bookingId: string; mailId: string },
): Promise<MailRow | null> {
  const [row] = await db
    .select()
    .from(mails)
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        eq(mails.bookingId, input.bookingId),
        eq(mails.id, input.mailId),
      ),
    )
  return (row as MailRow | undefined) ?? null
}

/** The mails to a booking's customer that carry its calendar object, oldest first. */
export async function listCalendarMails(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<MailRow[]> {
  const rows = await db
    .select()
    .from(mails)
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        eq(mails.bookingId, bookingId),
        sql`${mails.calendarSequence} is not null`,
      ),
    )
    .orderBy(mails.id)
  return rows as MailRow[]
}

/** Takes the mails, of every organization, whose time has come: they wait for nothing more. */
export async function takeWaitingMails(tx: Tx, input: { now: Date; limit: number }): Promise<{ id: string }[]> {
  const due = await tx
    .select({ id: mails.id })
    .from(mails)
    .where(and(inArray(mails.state, ['queued', 'retrying']), lte(mails.nextAttemptAt, input.now)))
    .orderBy(mails.nextAttemptAt)
    .limit(input.limit)
    .for('update', { skipLocked: true })
  if (due.length === 0) return []
  return tx
    .update(mails)
    .set({ nextAttemptAt: null })
    .where(
      inArray(
        mails.id,
        due.map((row) => row.id),
      ),
    )
    .returning({ id: mails.id })
}

/** Lets a mail that waits for something go now; answers whether it was waiting. */
export async function releaseMail(tx: Tx, scope: OrganizationScope, mailId: string): Promise<boolean> {
  const rows = await tx
    .update(mails)
    .set({ nextAttemptAt: null })
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        eq(mails.id, mailId),
        eq(mails.state, 'queued'),
        sql`${mails.nextAttemptAt} is not null`,
      ),
    )
    .returning({ id: mails.id })
  return rows.length > 0
}

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

/** The form that a request answered. */
export async function findFormOfRequest(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<string | null> {
  const [row] = await db
    .select({ formId: forms.id })
    .from(trainingRequests)
    .innerJoin(
      formVersions,
      and(
        eq(formVersions.organizationId, trainingRequests.organizationId),
        eq(formVersions.id, trainingRequests.formVersionId),
      ),
    )
    .innerJoin(forms, and(eq(forms.organizationId, formVersions.organizationId), eq(forms.id, formVersions.formId)))
    .where(and(eq(trainingRequests.organizationId, scope.organizationId), eq(trainingRequests.id, trainingRequestId)))
  return row?.formId ?? null
}

/**
 * When the latest mails of this kind about a form's requests were or will be due, after `since`, the latest first. Call
 * it under the form's lock.
 */
export async function listDueTimesOfForm(
  tx: Tx,
  scope: OrganizationScope,
  input: { formId: string; template: 'new_request' | 'notifications_delayed'; since: Date; limit: number },
): Promise<Date[]> {
  const dueAt = sql<Date>`coalesce(${mails.sendAfter}, ${mails.createdAt})`.mapWith(mails.createdAt)
  const rows = await tx
    .select({ dueAt })
    .from(mails)
    .innerJoin(
      trainingRequests,
      and(eq(trainingRequests.organizationId, mails.organizationId), eq(trainingRequests.id, mails.trainingRequestId)),
    )
    .innerJoin(
      formVersions,
      and(
        eq(formVersions.organizationId, trainingRequests.organizationId),
        eq(formVersions.id, trainingRequests.formVersionId),
      ),
    )
    .where(
      and(
        eq(mails.organizationId, scope.organizationId),
        // Named in the statement itself, so that the partial index of that kind can serve it.
        input.template === 'new_request' ? sql`${mails.template} = 'new_request'` : eq(mails.template, input.template),
        gt(dueAt, sql.param(input.since, mails.createdAt)),
        eq(formVersions.formId, input.formId),
      ),
    )
    .orderBy(desc(dueAt))
    .limit(input.limit)
  return rows.map((row) => row.dueAt)
}

/** Makes everybody else who counts this form's mails wait until the transaction ends. */
export async function lockFormMails(tx: Tx, formId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('form-mails:' || ${formId}::text, 0))`)
}

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

/** The latest event of that name about a request at or after an instant; null when there is none. */
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
