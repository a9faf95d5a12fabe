import { sql } from 'drizzle-orm'
import { appendEvent } from '../../db/append-event.ts'
import { type Db, inTransaction, type Tx } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { latestReminderDueAt } from '../../domain/attention.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import { decideUseLink } from '../../domain/scheduling-token.ts'
import { getSettings } from '../organizations/repository.ts'
import { settingNumbers } from '../organizations/setting-in-sql.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { findSchedulingLink } from '../scheduling/repository.ts'
import { hasEventSince } from './request-facts-repository.ts'

const REMINDERS_PER_TURN = 100

/**
 * Reminds customers who have a link and have chosen no time, so many days after it was sent as the organization says
 * (`customerReminderDays`): the event from which the mail follows. Never after they have booked, never once the link has
 * run out or was replaced. Answers how many.
 */
export async function remindSilentCustomers(deps: Pick<Deps, 'db' | 'clock' | 'ids'>): Promise<number> {
  const now = deps.clock.now()
  const due = await listCustomersToRemind(deps.db, now)
  let reminded = 0
  for (const candidate of due) if (await remind(deps, candidate, now)) reminded += 1
  return reminded
}

interface DueReminder {
  schedulingTokenId: string
  organizationId: string
  trainingRequestId: string
}

/**
 * The links, of every organization, with a reminder that has come and was not sent, the longest overdue first:
 * `latestReminderDueAt` (domain/attention.ts) as a search. That rule has the last word on each.
 */
async function listCustomersToRemind(db: Db | Tx, now: Date): Promise<DueReminder[]> {
  const instant = sql`${now.toISOString()}::timestamptz`
  const rows = await db.execute<{ schedulingTokenId: string; organizationId: string; trainingRequestId: string }>(sql`
    select l.id as "schedulingTokenId", l.organization_id as "organizationId",
      l.training_request_id as "trainingRequestId"
    from scheduling_tokens l
    join training_requests r on r.organization_id = l.organization_id and r.id = l.training_request_id
    join organizations o on o.id = l.organization_id
    cross join lateral (
      select max(reminder.at) as at
      from ${settingNumbers('customerReminderDays')} as days(value)
      cross join lateral (select l.sent_at + make_interval(hours => 24 * days.value::int) as at) reminder
      where reminder.at <= ${instant}) due
    where r.status = 'customer_scheduling' and l.ended_at is null and l.expires_at > ${instant} and due.at is not null
      and not exists (select from events e
        where e.organization_id = l.organization_id and e.training_request_id = l.training_request_id
          and e.name = 'customer_reminded' and e.occurred_at >= due.at
          and e.payload ->> 'schedulingTokenId' = l.id::text)
    order by due.at, l.id
    limit ${REMINDERS_PER_TURN}`)
  return [...rows]
}

async function remind(deps: Pick<Deps, 'db' | 'ids'>, candidate: DueReminder, now: Date): Promise<boolean> {
  const scope = scopeOfRow(candidate)
  const { schedulingTokenId, trainingRequestId } = candidate
  return inTransaction(deps.db, async (tx) => {
    const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
    const link = await findSchedulingLink(tx, scope, schedulingTokenId)
    if (trainingRequest?.status !== 'customer_scheduling' || link === null) return false
    if (!decideUseLink(link.token, trainingRequest.status, now).allowed) return false
    const { customerReminderDays } = await getSettings(tx, scope)
    const dueAt = latestReminderDueAt(link.token.sentAt, customerReminderDays, now)
    if (dueAt === null) return false
    const reminder = { trainingRequestId, name: 'customer_reminded' as const, since: dueAt, schedulingTokenId }
    // Another worker may have been here while this one waited for the lock.
    if (await hasEventSince(tx, scope, reminder)) return false
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(SYSTEM),
      now,
      event: {
        name: 'customer_reminded',
        payload: { requestId: trainingRequestId, bookingId: null, status: trainingRequest.status, schedulingTokenId },
      },
    })
    return true
  })
}
