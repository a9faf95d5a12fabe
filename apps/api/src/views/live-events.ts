import { and, asc, eq, gt, lte, max, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { bookings } from '../db/schema/bookings.ts'
import { events } from '../db/schema/events.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { DomainEvent } from '../domain/events.ts'
import type { LiveEvent } from '../domain/live-update.ts'

/** A relayed event, its place in the order in which everyone hears of them, and when it happened. */
export type RelayedEvent = LiveEvent & { sequence: number; organizationId: string | null; occurredAt: Date }

/** The place of the last event that was relayed; 0 before the first. */
export async function latestSequence(db: Db): Promise<number> {
  const [row] = await db.select({ sequence: max(events.relayedSequence) }).from(events)
  return row?.sequence ?? 0
}

/**
 * The events after a place, in order, with their request and booking as they are now; at most `limit`. Of one
 * organization up to a place (a replay), or of all (the process's feed, which hands each stream its own organization's).
 */
export async function listRelayedEvents(
  db: Db,
  input: { after: number; limit: number; only?: { organizationId: string; until: number } },
): Promise<RelayedEvent[]> {
  const rows = await db
    .select({
      sequence: sql<number>`${events.relayedSequence}`.mapWith(Number),
      organizationId: events.organizationId,
      occurredAt: events.occurredAt,
      name: events.name,
      payload: events.payload,
      trainingRequest: {
        id: trainingRequests.id,
        status: trainingRequests.status,
        version: trainingRequests.version,
        claimedBy: trainingRequests.claimedByUserId,
        requiredSkills: trainingRequests.requiredSkills,
      },
      booking: {
        id: bookings.id,
        status: bookings.status,
        version: bookings.version,
        trainerId: bookings.trainerUserId,
      },
    })
    .from(events)
    .leftJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, events.organizationId),
        eq(trainingRequests.id, events.trainingRequestId),
      ),
    )
    .leftJoin(bookings, and(eq(bookings.organizationId, events.organizationId), eq(bookings.id, events.bookingId)))
    .where(
      and(
        gt(events.relayedSequence, input.after),
        input.only === undefined ? undefined : lte(events.relayedSequence, input.only.until),
        input.only === undefined ? undefined : eq(events.organizationId, input.only.organizationId),
      ),
    )
    .orderBy(asc(events.relayedSequence))
    .limit(input.limit)
  return rows.map(({ name, payload, ...row }) => ({ ...row, event: { name, payload } as DomainEvent }))
}

/** When the first event after a place was relayed, in whatever organization; null when there is none. */
export async function relayedAtAfter(db: Db, sequence: number): Promise<Date | null> {
  const [row] = await db
    .select({ relayedAt: events.relayedAt })
    .from(events)
    .where(gt(events.relayedSequence, sequence))
    .orderBy(asc(events.relayedSequence))
    .limit(1)
  return row?.relayedAt ?? null
}
