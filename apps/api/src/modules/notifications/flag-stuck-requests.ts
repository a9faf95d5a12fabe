import { sql } from 'drizzle-orm'
import { type Db, inTransaction, type Tx } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import {
  NOT_COMPLETED_AFTER_HOURS,
  PAID_NOT_CONFIRMED_AFTER_HOURS,
  PAID_NOT_CONFIRMED_BEFORE_START_HOURS,
} from '../../domain/attention.ts'
import { REFUND_STUCK_AFTER_MINUTES } from '../../domain/refund.ts'
import { HELD_STATUSES } from '../../domain/training-request.ts'
import { settingNumber } from '../organizations/setting-in-sql.ts'
import { openSinceOf } from '../requests/open-since-in-sql.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { refreshAttention } from './refresh-attention.ts'

const REQUESTS_PER_TURN = 100

/**
 * Flags the requests that got stuck without anybody doing anything to them: unclaimed for too long, claimed without a link, a link that ran
 * out unused, paid and not confirmed, a refund that the provider does not take on, ended and not marked complete; and those whose trainer's calendar cannot be read. Answers how many it flagged.
 */
export async function flagStuckRequests(deps: Pick<Deps, 'db' | 'clock' | 'ids'>): Promise<number> {
  const now = deps.clock.now()
  const stuck = await listRequestsToFlag(deps.db, now)
  let flagged = 0
  for (const { id, organizationId } of stuck) {
    const scope = scopeOfRow({ organizationId })
    const isFlagged = await inTransaction(deps.db, async (tx) => {
      const trainingRequest = await lockTrainingRequest(tx, scope, id)
      return trainingRequest !== null && (await refreshAttention(tx, deps, scope, { trainingRequest, now }))
    })
    if (isFlagged) flagged += 1
  }
  return flagged
}

/**
 * The requests, of every organization, whose time for a flag has come and which do not bear it, the longest overdue first: `standingCauses`
 * (domain/attention.ts) as a search. That rule has the last word on each.
 */
async function listRequestsToFlag(db: Db | Tx, now: Date): Promise<{ id: string; organizationId: string }[]> {
  const instant = sql`${now.toISOString()}::timestamptz`
  const rows = await db.execute<{ id: string; organizationId: string }>(sql`
    with due as (
      select r.id, r.organization_id, 'unclaimed'::attention_reason as reason,
        ${openSinceOf(sql`r.organization_id`, sql`r.id`)} + make_interval(mins => ${settingNumber('unclaimedFlagMinutes')}) as at
      from training_requests r join organizations o on o.id = r.organization_id
      where r.status in ('new', 'trainers_notified')
      union all
      select r.id, r.organization_id, 'link_not_sent',
        r.claimed_at + make_interval(hours => ${settingNumber('linkDeadlineHours')})
      from training_requests r join organizations o on o.id = r.organization_id
      where r.status = 'claimed'
      union all
      select r.id, r.organization_id, 'customer_silent', l.expires_at
      from training_requests r
      join scheduling_tokens l on l.organization_id = r.organization_id and l.training_request_id = r.id
      where r.status in ('customer_scheduling', 'expired') and l.ended_at is null
      union all
      select r.id, r.organization_id, 'calendar_unreadable', greatest(min(k.unreadable_since), r.claimed_at)
      from calendar_connections k
      join memberships m on m.user_id = k.user_id
      join training_requests r on r.organization_id = m.organization_id and r.claimed_by_user_id = m.user_id
      where k.unreadable_since is not null and k.disconnected_at is null and r.status in ${[...HELD_STATUSES]}
      group by r.organization_id, r.id
      union all
      select b.training_request_id, b.organization_id, 'paid_not_confirmed',
        least(b.paid_at + make_interval(hours => ${PAID_NOT_CONFIRMED_AFTER_HOURS}::int),
          b.start_at - make_interval(hours => ${PAID_NOT_CONFIRMED_BEFORE_START_HOURS}::int))
      from bookings b
      where b.status = 'pending_payment' and b.payment_status = 'paid'
      union all
      select b.training_request_id, b.organization_id, 'refund_failed',
        min(f.created_at) + make_interval(mins => ${REFUND_STUCK_AFTER_MINUTES}::int)
      from refunds f join bookings b on b.organization_id = f.organization_id and b.id = f.booking_id
      where f.status = 'pending' and f.provider_refund_id is null
      group by b.training_request_id, b.organization_id
      union all
      select b.training_request_id, b.organization_id, 'not_completed',
        b.end_at + make_interval(hours => ${NOT_COMPLETED_AFTER_HOURS}::int)
      from bookings b
      where b.status = 'confirmed' and b.start_at < ${instant}
    )
    select due.id, due.organization_id as "organizationId" from due
    where due.at <= ${instant} and not exists (
      select from attention_causes c
      where c.organization_id = due.organization_id and c.training_request_id = due.id and c.reason = due.reason
        and (c.hidden_at is null or c.hidden_at >= due.at))
    group by due.id, due.organization_id
    order by min(due.at), due.id
    limit ${REQUESTS_PER_TURN}`)
  return [...rows]
}
