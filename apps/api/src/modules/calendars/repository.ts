import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { validate } from 'uuid'
import type { Db, Tx } from '../../db/client.ts'
import { calendarConnections } from '../../db/schema/calendars.ts'
import type { CalendarConnection } from '../../platform/calendars/calendars.ts'

/*
 * A calendar belongs to the person, so no organization is named here.
 */

/** Everything that a trainer has connected, the first one first. */
export async function listCalendarConnections(db: Db | Tx, userId: string): Promise<CalendarConnection[]> {
  return db
    .select({
      id: calendarConnections.id,
      userId: calendarConnections.userId,
      provider: calendarConnections.provider,
    })
    .from(calendarConnections)
    .where(and(eq(calendarConnections.userId, userId), isNull(calendarConnections.disconnectedAt)))
    .orderBy(asc(calendarConnections.createdAt), asc(calendarConnections.id))
}

/** Whether somebody of this id has connected the built-in test calendar; false for what is no id. */
export async function hasTestCalendar(db: Db | Tx, userId: string): Promise<boolean> {
  if (!validate(userId)) return false
  return (await listCalendarConnections(db, userId)).some(({ provider }) => provider === 'test')
}

/** The calendar that a trainer's sessions are written into: the one they connected first; null when none is connected. */
export async function findCalendarConnection(db: Db | Tx, userId: string): Promise<CalendarConnection | null> {
  const [first] = await listCalendarConnections(db, userId)
  return first ?? null
}

/**
 * Writes down which calendars could be read just now. One that cannot be read keeps the beginning of its outage; answers
 * the earliest of those beginnings, null when all could be read.
 */
export async function recordCalendarReading(
  db: Db | Tx,
  input: { readable: readonly CalendarConnection[]; unreadable: readonly CalendarConnection[]; now: Date },
): Promise<Date | null> {
  const { now } = input
  const among = (connections: readonly CalendarConnection[]) =>
    inArray(
      calendarConnections.id,
      connections.map(({ id }) => id),
    )
  if (input.readable.length > 0)
    await db.update(calendarConnections).set({ checkedAt: now, unreadableSince: null }).where(among(input.readable))
  if (input.unreadable.length === 0) return null
  const rows = await db
    .update(calendarConnections)
    .set({
      checkedAt: now,
      unreadableSince: sql`coalesce(${calendarConnections.unreadableSince}, ${sql.param(now, calendarConnections.unreadableSince)})`,
    })
    .where(among(input.unreadable))
    .returning({ since: calendarConnections.unreadableSince })
  const beginnings = rows.flatMap(({ since }) => (since === null ? [] : [since.getTime()]))
  return beginnings.length === 0 ? null : new Date(Math.min(...beginnings))
}
