import { and, asc, eq, isNull } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { calendarConnections } from '../../db/schema/calendars.ts'
import type { CalendarConnection } from '../../platform/calendars/calendars.ts'

/**
 * The calendar that a trainer's sessions are written into: the one they connected first; null when none is connected. A
 * calendar belongs to the person, so no organization is named.
 */
export async function findCalendarConnection(db: Db | Tx, userId: string): Promise<CalendarConnection | null> {
  const [row] = await db
    .select({
      id: calendarConnections.id,
      userId: calendarConnections.userId,
      provider: calendarConnections.provider,
    })
    .from(calendarConnections)
    .where(and(eq(calendarConnections.userId, userId), isNull(calendarConnections.disconnectedAt)))
    .orderBy(asc(calendarConnections.createdAt), asc(calendarConnections.id))
    .limit(1)
  return row ?? null
}
