import type { Actor } from '../domain/caller.ts'
import type { DomainEvent } from '../domain/events.ts'
import type { Ids } from '../platform/ids.ts'
import type { Db, Tx } from './client.ts'
import { events } from './schema/events.ts'

/**
 * Writes down what happened, in the transaction in which it happened; the relay makes jobs and live updates of it after
 * the commit. Returns the event's id, under which its effects are made once.
 */
export async function appendEvent(
  db: Db | Tx,
  deps: { ids: Ids },
  input: { organizationId: string | null; actor: Actor; event: DomainEvent; now: Date },
): Promise<string> {
  const id = deps.ids.next()
  await db.insert(events).values({
    id,
    organizationId: input.organizationId,
    name: input.event.name,
    trainingRequestId: input.event.payload.requestId,
    bookingId: input.event.payload.bookingId,
    actor: input.actor,
    payload: input.event.payload,
    occurredAt: input.now,
  })
  return id
}
