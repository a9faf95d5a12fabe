import { sql } from 'drizzle-orm'
import { type Db, inTransaction, type Tx } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { HELD_STATUSES } from '../../domain/training-request.ts'
import { readCalendars } from '../calendars/read-busy-times.ts'
import { listCalendarConnections, recordCalendarReading } from '../calendars/repository.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { refreshAttention } from './refresh-attention.ts'

/** The vendors are not asked about the same calendar more often. */
const CHECK_AGAIN_MS = 5 * 60_000
/** What is read says only whether it can be: the coming hour will do. */
const LOOK_AHEAD_MS = 60 * 60_000
const TRAINERS_PER_TURN = 20
const REQUESTS_PER_TURN = 100

/**
 * Looks every few minutes whether the calendars of trainers who hold requests can be read, and writes down which cannot;
 * their requests are flagged from that (`flagStuckRequests`). Takes the flag from those whose calendars can be read again,
 * or are connected no more. Answers how many that were.
 */
export async function checkCalendars(deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'calendars'>): Promise<number> {
  const now = deps.clock.now()
  const trainers = await listTrainersToCheck(deps.db, now)
  await Promise.all(
    trainers.map(async (userId) => {
      const connections = await listCalendarConnections(deps.db, userId)
      const range = { from: now.getTime(), to: now.getTime() + LOOK_AHEAD_MS }
      const { unreadable } = await readCalendars(deps, connections, range)
      const readable = connections.filter((connection) => !unreadable.includes(connection))
      await recordCalendarReading(deps.db, { readable, unreadable, now })
    }),
  )
  const readableAgain = await listRequestsToUnflag(deps.db)
  for (const { id, organizationId } of readableAgain) {
    const scope = scopeOfRow({ organizationId })
    await inTransaction(deps.db, async (tx) => {
      const trainingRequest = await lockTrainingRequest(tx, scope, id)
      if (trainingRequest !== null) await refreshAttention(tx, deps, scope, { trainingRequest, now })
    })
  }
  return readableAgain.length
}

/** Trainers who hold a request and have a calendar that was not looked at for a while, the longest waiting first. */
async function listTrainersToCheck(db: Db | Tx, now: Date): Promise<string[]> {
  const instant = sql`${now.toISOString()}::timestamptz`
  const rows = await db.execute<{ userId: string }>(sql`
    select k.user_id as "userId"
    from calendar_connections k
    where k.disconnected_at is null
      and exists (select from memberships m
        join training_requests r on r.organization_id = m.organization_id and r.claimed_by_user_id = m.user_id
        where m.user_id = k.user_id and r.status in ${[...HELD_STATUSES]})
    group by k.user_id
    -- Looked at later than now: the clock was set back.
    having bool_or(k.checked_at is null or k.checked_at > ${instant}
      or k.checked_at <= ${new Date(now.getTime() - CHECK_AGAIN_MS).toISOString()}::timestamptz)
    order by min(coalesce(k.checked_at, '-infinity')), k.user_id
    limit ${TRAINERS_PER_TURN}`)
  return rows.map((row) => row.userId)
}

/** Requests that are flagged although every calendar of their trainer can be read. */
async function listRequestsToUnflag(db: Db | Tx): Promise<{ id: string; organizationId: string }[]> {
  const rows = await db.execute<{ id: string; organizationId: string }>(sql`
    select r.id, r.organization_id as "organizationId"
    from attention_causes c
    join training_requests r on r.organization_id = c.organization_id and r.id = c.training_request_id
    where c.reason = 'calendar_unreadable' and not exists (select from calendar_connections k
      where k.user_id = r.claimed_by_user_id and k.disconnected_at is null and k.unreadable_since is not null)
    order by c.since, r.id
    limit ${REQUESTS_PER_TURN}`)
  return [...rows]
}
