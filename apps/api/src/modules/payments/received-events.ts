import { and, eq, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { receivedEvents } from '../../db/schema/received-events.ts'
import type { Deps } from '../../deps.ts'

/** A notice of a payment provider, by the provider's own id for it. */
export interface ReceivedEvent {
  provider: 'stripe'
  /** Whose endpoint was told: the id of an organization's integration, or {@link DEPLOYMENT}. */
  account: string
  eventId: string
  type: string
}

/** The account that is not an organization's own. */
export const DEPLOYMENT = 'deployment'

/** Stripe tells again for three days; what is older can only have been recorded and sent by somebody else, which its signature's age refuses. */
const KEPT_DAYS = 90
/** So many in one statement, so that none takes long; the next turn takes the rest. */
const FORGOTTEN_PER_TURN = 5_000

/** Whether a notice has had its effect already. A twin that is in the middle of it is not seen here, but by the insert. */
export async function isEventReceived(db: Db | Tx, event: ReceivedEvent): Promise<boolean> {
  const [row] = await db
    .select({ eventId: receivedEvents.eventId })
    .from(receivedEvents)
    .where(
      and(
        eq(receivedEvents.provider, event.provider),
        eq(receivedEvents.account, event.account),
        eq(receivedEvents.eventId, event.eventId),
      ),
    )
  return row !== undefined
}

/**
 * Writes down that a notice has had its effect: call it in the transaction of that effect, after its locks. False when it
 * was written down before, so that nothing is left to do; a twin that has written and not yet committed is waited for.
 */
export async function recordReceivedEvent(db: Db | Tx, event: ReceivedEvent, receivedAt: Date): Promise<boolean> {
  const rows = await db
    .insert(receivedEvents)
    .values({ ...event, receivedAt })
    .onConflictDoNothing()
    .returning({ eventId: receivedEvents.eventId })
  return rows.length > 0
}

/** Forgets notices received more than 90 days ago, by the true clock; answers how many. */
export async function forgetReceivedEvents(deps: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  const before = new Date(deps.clock.unmoved().getTime() - KEPT_DAYS * 86_400_000)
  const old = sql`select ${receivedEvents.provider}, ${receivedEvents.account}, ${receivedEvents.eventId}
    from ${receivedEvents} where ${receivedEvents.receivedAt} < ${sql.param(before, receivedEvents.receivedAt)}
    limit ${FORGOTTEN_PER_TURN}`
  const rows = await deps.db
    .delete(receivedEvents)
    .where(sql`(${receivedEvents.provider}, ${receivedEvents.account}, ${receivedEvents.eventId}) in (${old})`)
    .returning({ eventId: receivedEvents.eventId })
  return rows.length
}
