import { and, eq, getTableColumns, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { calendarConnections } from '../../db/schema/calendars.ts'
import { calendarEvents, remoteSessions, sideEffects } from '../../db/schema/delivery.ts'
import { events } from '../../db/schema/events.ts'
import { users } from '../../db/schema/identity.ts'
import { organizations } from '../../db/schema/organizations.ts'
import { sessionTypes } from '../../db/schema/session-types.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import type { DeliveryState, SideEffectState } from '../../domain/delivery.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { CalendarConnection } from '../../platform/calendars/calendars.ts'

export type SideEffectRow = typeof sideEffects.$inferSelect
export type RemoteSessionRow = typeof remoteSessions.$inferSelect

/** States in which a side effect may be run: waiting for it, or left in the middle by a process that died. */
const RUNNABLE_STATES = ['queued', 'retrying', 'running'] as const satisfies readonly SideEffectState[]

/** What happened, as the job that follows from it reads it; null when there is no such event. */
export async function findEvent(db: Db | Tx, eventId: string): Promise<typeof events.$inferSelect | null> {
  const [row] = await db.select().from(events).where(eq(events.id, eventId))
  return row ?? null
}

/** Adds what an event sets off, once per event and kind; answers the rows that are new. */
export async function insertSideEffects(
  tx: Tx,
  scope: OrganizationScope,
  rows: readonly Omit<typeof sideEffects.$inferInsert, 'organizationId'>[],
): Promise<SideEffectRow[]> {
  if (rows.length === 0) return []
  return tx
    .insert(sideEffects)
    .values(rows.map((row) => ({ ...row, organizationId: scope.organizationId })))
    .onConflictDoNothing({ target: [sideEffects.eventId, sideEffects.kind] })
    .returning()
}

/**
 * Begins one try of a side effect: running, one attempt more. Null when it is not due, or over. `stateBefore` says whether
 * an earlier try was cut off in the middle. The job knows the row's id only, so this look-up names no organization.
 */
export async function beginSideEffect(
  db: Db | Tx,
  sideEffectId: string,
  now: Date,
): Promise<(SideEffectRow & { stateBefore: SideEffectState }) | null> {
  const before = db.$with('before').as(
    db
      .select({ id: sideEffects.id, state: sideEffects.state })
      .from(sideEffects)
      .where(
        and(
          eq(sideEffects.id, sideEffectId),
          inArray(sideEffects.state, [...RUNNABLE_STATES]),
          or(isNull(sideEffects.nextAttemptAt), lte(sideEffects.nextAttemptAt, now)),
        ),
      )
      .for('update'),
  )
  const [row] = await db
    .with(before)
    .update(sideEffects)
    .set({ state: 'running', attempts: sql`${sideEffects.attempts} + 1`, nextAttemptAt: null })
    .from(before)
    .where(eq(sideEffects.id, before.id))
    .returning({
      ...getTableColumns(sideEffects),
      stateBefore: sql<SideEffectState>`${before.state}`.as('state_before'),
    })
  return row ?? null
}

/** Writes down what became of a side effect; answers whether it was still in one of the given states. */
export async function updateSideEffect(
  tx: Tx,
  scope: OrganizationScope,
  change: {
    sideEffectId: string
    from: readonly SideEffectState[]
    set: Partial<Pick<SideEffectRow, 'state' | 'attempts' | 'lastError' | 'nextAttemptAt' | 'doneAt'>>
  },
): Promise<boolean> {
  const rows = await tx
    .update(sideEffects)
    .set(change.set)
    .where(
      and(
        eq(sideEffects.organizationId, scope.organizationId),
        eq(sideEffects.id, change.sideEffectId),
        inArray(sideEffects.state, [...change.from]),
      ),
    )
    .returning({ id: sideEffects.id })
  return rows.length > 0
}

/** Reads a side effect of one booking; null when it is not there. */
export async function findSideEffect(
  db: Db | Tx,
  scope: OrganizationScope,
  input: { bookingId: string; sideEffectId: string },
): Promise<SideEffectRow | null> {
  const [row] = await db
    .select()
    .from(sideEffects)
    .where(
      and(
        eq(sideEffects.organizationId, scope.organizationId),
        eq(sideEffects.bookingId, input.bookingId),
        eq(sideEffects.id, input.sideEffectId),
      ),
    )
  return row ?? null
}

/** What an event set off of this kind, as it stands now; null while nothing has been started. */
export async function findSideEffectOfEvent(
  db: Db | Tx,
  scope: OrganizationScope,
  input: { eventId: string; kind: SideEffectRow['kind'] },
): Promise<SideEffectRow | null> {
  const [row] = await db
    .select()
    .from(sideEffects)
    .where(
      and(
        eq(sideEffects.organizationId, scope.organizationId),
        eq(sideEffects.eventId, input.eventId),
        eq(sideEffects.kind, input.kind),
      ),
    )
  return row ?? null
}

/** Takes the side effects, of every organization, whose time to be tried again has come: they wait for nothing more. */
export async function takeWaitingSideEffects(tx: Tx, input: { now: Date; limit: number }): Promise<{ id: string }[]> {
  const due = await tx
    .select({ id: sideEffects.id })
    .from(sideEffects)
    .where(and(inArray(sideEffects.state, ['queued', 'retrying']), lte(sideEffects.nextAttemptAt, input.now)))
    .orderBy(sideEffects.nextAttemptAt)
    .limit(input.limit)
    .for('update', { skipLocked: true })
  if (due.length === 0) return []
  return tx
    .update(sideEffects)
    .set({ nextAttemptAt: null })
    .where(
      inArray(
        sideEffects.id,
        due.map((row) => row.id),
      ),
    )
    .returning({ id: sideEffects.id })
}

/** A booking with everything that its calendar event and remote session say, as it stands now; null when not there. */
export async function findDeliveryGrounds(db: Db | Tx, scope: OrganizationScope, bookingId: string) {
  const [row] = await db
    .select({
      booking: bookings,
      trainingRequest: {
        id: trainingRequests.id,
        status: trainingRequests.status,
        reference: trainingRequests.reference,
        customerName: trainingRequests.customerName,
        customerEmail: trainingRequests.customerEmail,
        customerPhone: trainingRequests.customerPhone,
      },
      organization: { slug: organizations.slug, settings: organizations.settings },
      trainerTimeZone: users.timeZone,
      sessionTypeName: sessionTypes.name,
      remoteSession: remoteSessions,
    })
    .from(bookings)
    .innerJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, bookings.organizationId),
        eq(trainingRequests.id, bookings.trainingRequestId),
      ),
    )
    .innerJoin(organizations, eq(organizations.id, bookings.organizationId))
    .innerJoin(users, eq(users.id, bookings.trainerUserId))
    .innerJoin(
      sessionTypes,
      and(eq(sessionTypes.organizationId, bookings.organizationId), eq(sessionTypes.id, bookings.sessionTypeId)),
    )
    .leftJoin(
      remoteSessions,
      and(eq(remoteSessions.organizationId, bookings.organizationId), eq(remoteSessions.bookingId, bookings.id)),
    )
    .where(and(eq(bookings.organizationId, scope.organizationId), eq(bookings.id, bookingId)))
  return row ?? null
}
export type DeliveryGrounds = NonNullable<Awaited<ReturnType<typeof findDeliveryGrounds>>>

/** Notes that a booking's remote session is being made; one that is there is being made anew. */
export async function expectRemoteSession(
  tx: Tx,
  scope: OrganizationScope,
  row: { id: string; bookingId: string; now: Date },
): Promise<void> {
  await tx
    .insert(remoteSessions)
    .values({
      id: row.id,
      organizationId: scope.organizationId,
      bookingId: row.bookingId,
      state: 'pending',
      createdAt: row.now,
      updatedAt: row.now,
    })
    .onConflictDoUpdate({ target: remoteSessions.bookingId, set: { state: 'pending', updatedAt: row.now } })
}

/** Notes that a booking's remote session is of a time that is over: its links are shown to nobody until one is made anew. */
export async function setRemoteSessionAside(tx: Tx, scope: OrganizationScope, bookingId: string): Promise<void> {
  await tx
    .update(remoteSessions)
    .set({ state: 'pending' })
    .where(
      and(
        eq(remoteSessions.organizationId, scope.organizationId),
        eq(remoteSessions.bookingId, bookingId),
        eq(remoteSessions.state, 'ready'),
      ),
    )
}

/** Writes down how far a booking's remote session has come. */
export async function updateRemoteSession(
  tx: Tx,
  scope: OrganizationScope,
  change: {
    bookingId: string
    set: { state: DeliveryState } & Partial<
      Pick<RemoteSessionRow, 'externalId' | 'technicianUrlSealed' | 'customerUrlSealed'>
    >
    now: Date
  },
): Promise<void> {
  await tx
    .update(remoteSessions)
    .set({ ...change.set, updatedAt: change.now })
    .where(and(eq(remoteSessions.organizationId, scope.organizationId), eq(remoteSessions.bookingId, change.bookingId)))
}

/** The event that a booking has in a calendar, with the connection that it was written through; null when it has none. */
export async function findCalendarEvent(
  db: Db | Tx,
  scope: OrganizationScope,
  bookingId: string,
): Promise<{ id: string; externalId: string; connection: CalendarConnection } | null> {
  const [row] = await db
    .select({
      id: calendarEvents.id,
      externalId: calendarEvents.externalId,
      connection: {
        id: calendarConnections.id,
        userId: calendarConnections.userId,
        provider: calendarConnections.provider,
      },
    })
    .from(calendarEvents)
    .innerJoin(calendarConnections, eq(calendarConnections.id, calendarEvents.calendarConnectionId))
    .where(
      and(
        eq(calendarEvents.organizationId, scope.organizationId),
        eq(calendarEvents.bookingId, bookingId),
        isNull(calendarEvents.removedAt),
      ),
    )
  return row ?? null
}

/** Remembers which event in which calendar belongs to a booking. */
export async function upsertCalendarEvent(
  tx: Tx,
  scope: OrganizationScope,
  row: Omit<typeof calendarEvents.$inferInsert, 'organizationId' | 'removedAt'>,
): Promise<void> {
  await tx
    .insert(calendarEvents)
    .values({ ...row, organizationId: scope.organizationId })
    .onConflictDoUpdate({
      target: calendarEvents.bookingId,
      targetWhere: sql`${calendarEvents.removedAt} is null`,
      set: { externalId: row.externalId, calendarConnectionId: row.calendarConnectionId },
    })
}

/** Remembers that a booking's event is gone from the calendar. */
export async function markCalendarEventRemoved(
  tx: Tx,
  scope: OrganizationScope,
  input: { bookingId: string; now: Date },
): Promise<void> {
  await tx
    .update(calendarEvents)
    .set({ removedAt: input.now })
    .where(
      and(
        eq(calendarEvents.organizationId, scope.organizationId),
        eq(calendarEvents.bookingId, input.bookingId),
        isNull(calendarEvents.removedAt),
      ),
    )
}
