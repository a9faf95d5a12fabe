import { sql } from 'drizzle-orm'
import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { isFlagDue, renotifyAt } from '../../domain/attention.ts'
import { actorOf, isEligible, SYSTEM } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isUnclaimed } from '../../domain/training-request.ts'
import { getSettings, listActiveMembers } from '../organizations/repository.ts'
import { settingNumber } from '../organizations/setting-in-sql.ts'
import { openSinceOf } from '../requests/open-since-in-sql.ts'
import { lockTrainingRequest, type TrainingRequestRow } from '../requests/repository.ts'
import { hasEventSince, readAttentionFacts } from './request-facts-repository.ts'

const REQUESTS_PER_TURN = 100

/**
 * Tells eligible trainers again of a request that nobody has claimed for as long as the organization says
 * (`unclaimedRenotifyMinutes`), once each time it is open; and tells them for the first time of one that nobody was
 * eligible for, as soon as somebody is. Answers how many requests.
 */
export async function renotifyTrainers(deps: Pick<Deps, 'db' | 'clock' | 'ids'>): Promise<number> {
  const now = deps.clock.now()
  const instant = sql`${now.toISOString()}::timestamptz`
  const minutes = settingNumber('unclaimedRenotifyMinutes')
  const candidates = await deps.db.execute<{ id: string; organizationId: string }>(sql`
    select r.id, r.organization_id as "organizationId"
    from training_requests r join organizations o on o.id = r.organization_id
    cross join lateral (select ${openSinceOf(sql`r.organization_id`, sql`r.id`)} as open_since) opened
    where r.status in ('new', 'trainers_notified')
      and not exists (select from events e
        where e.organization_id = r.organization_id and e.training_request_id = r.id
          and e.name = 'request_renotified' and e.occurred_at >= opened.open_since)
      and ((r.status = 'trainers_notified' and opened.open_since + make_interval(mins => ${minutes}) <= ${instant})
        or exists (select from attention_causes c
          where c.organization_id = r.organization_id and c.training_request_id = r.id and c.reason = 'no_eligible_trainer'))
      and exists (select from memberships m
        where m.organization_id = r.organization_id and m.status = 'active' and (m.role = 'trainer' or m.can_train)
          and r.required_skills <@ m.skills)
    order by opened.open_since, r.id
    limit ${REQUESTS_PER_TURN}`)
  let told = 0
  for (const { id, organizationId } of candidates) {
    const scope = scopeOfRow({ organizationId })
    const isTold = await inTransaction(deps.db, async (tx) => {
      const trainingRequest = await lockTrainingRequest(tx, scope, id)
      if (trainingRequest === null || !(await isDue(tx, scope, trainingRequest, now))) return false
      await appendEvent(tx, deps, {
        organizationId,
        actor: actorOf(SYSTEM),
        now,
        event: {
          name: 'request_renotified',
          payload: { requestId: id, bookingId: null, status: trainingRequest.status },
        },
      })
      return true
    })
    if (isTold) told += 1
  }
  return told
}

/** The search again, by the rules themselves and with the request locked. */
async function isDue(
  tx: Tx,
  scope: OrganizationScope,
  trainingRequest: TrainingRequestRow,
  now: Date,
): Promise<boolean> {
  if (!isUnclaimed(trainingRequest.status)) return false
  const openSince = (await readAttentionFacts(tx, scope, trainingRequest.id)).openSince ?? trainingRequest.createdAt
  const told = { trainingRequestId: trainingRequest.id, name: 'request_renotified' as const, since: openSince }
  if (await hasEventSince(tx, scope, told)) return false
  const members = await listActiveMembers(tx, scope)
  if (!members.some(({ caller }) => isEligible(caller, trainingRequest.requiredSkills))) return false
  const { unclaimedRenotifyMinutes } = await getSettings(tx, scope)
  return trainingRequest.status === 'new' || isFlagDue(renotifyAt(openSince, unclaimedRenotifyMinutes), now)
}
