import { asc, isNull, sql } from 'drizzle-orm'
import type { Database } from './db/client.ts'
import { queueJobs } from './db/queue-jobs.ts'
import { events } from './db/schema/events.ts'
import type { Deps } from './deps.ts'
import { SUBSCRIPTIONS } from './subscriptions.ts'

/** The channel on which the relay says that events up to a sequence number can be read. */
export const EVENTS_CHANNEL = 'ordinatus_events'
/** The channel on which a process says that it has committed something. */
export const WAKE_CHANNEL = 'ordinatus_wake'
/** How many events one turn takes (architecture.md §3). */
const BATCH = 500

/**
 * Takes the events that no one has relayed yet and, in one transaction, numbers them and queues their tasks; answers how
 * many it took, at most 500. While another relay is at it, 0, unless told to wait for its turn.
 *
 * One relay at a time holds the lock, so numbers are given in commit order and a reader of `relayed_sequence > n` misses
 * nothing. Tasks carry `job_key = event:task`: relaying twice would queue once. Which tasks: subscriptions.ts.
 */
export async function relayEvents(
  deps: Pick<Deps, 'clock'>,
  database: Database,
  options: { isWaiting?: boolean } = {},
): Promise<number> {
  return database.db.transaction(async (tx) => {
    if (options.isWaiting === true) await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('relay', 0))`)
    else {
      const [lock] = await tx.execute<{ held: boolean }>(
        sql`select pg_try_advisory_xact_lock(hashtextextended('relay', 0)) as held`,
      )
      if (lock?.held !== true) return 0
    }
    const rows = await tx
      .select({ id: events.id, name: events.name })
      .from(events)
      .where(isNull(events.relayedSequence))
      .orderBy(asc(events.id))
      .limit(BATCH)
      .for('update', { skipLocked: true })
    if (rows.length === 0) return 0
    const ids = rows.map((row) => row.id)
    // Numbered in the order in which they were taken: an UPDATE alone would number them as they lie on the disk.
    await tx.execute(sql`
      update events set relayed_sequence = numbered.sequence, relayed_at = ${deps.clock.now().toISOString()}::timestamptz
      from (
        select id, nextval('events_relayed_sequence') as sequence
        from unnest(${sql.param(`{${ids.join(',')}}`)}::uuid[]) as taken(id)
      ) as numbered
      where events.id = numbered.id`)
    await queueJobs(
      tx,
      rows.flatMap((row) =>
        SUBSCRIPTIONS[row.name].map((task) => ({ task, payload: { eventId: row.id }, key: `${row.id}:${task}` })),
      ),
    )
    await tx.execute(sql`select pg_notify(${EVENTS_CHANNEL}, '')`)
    return rows.length
  })
}

export interface Relay {
  /** Says that there may be news. */
  wake(): void
  /** Resolves when no event is left unrelayed. */
  drain(): Promise<void>
  stop(): Promise<void>
}

/** How often the relay looks without having been woken; covers a lost wake-up (architecture.md §3). */
const POLL_MILLISECONDS = 500

/** Runs {@link relayEvents} whenever woken and every half second, until stopped. Errors are logged and tried again. */
export function startRelay(
  deps: Pick<Deps, 'clock'>,
  database: Database,
  log: { error(details: object, message: string): void },
): Relay {
  let stopped = false
  let wanted = false
  let running: Promise<void> | null = null

  async function turn(): Promise<void> {
    while (wanted && !stopped) {
      wanted = false
      try {
        if ((await relayEvents(deps, database)) === BATCH) wanted = true
      } catch (error) {
        if (!stopped) log.error({ err: error }, 'relaying events failed; trying again')
        return
      }
    }
  }

  function wake(): void {
    wanted = true
    if (running !== null || stopped) return
    running = turn().finally(() => {
      running = null
      if (wanted && !stopped) setImmediate(wake)
    })
  }

  const timer = setInterval(wake, POLL_MILLISECONDS)
  return {
    wake,
    async drain() {
      while ((await relayEvents(deps, database, { isWaiting: true })) > 0);
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
