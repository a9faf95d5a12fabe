import { sql } from 'drizzle-orm'
import { inTransaction } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { isFlagDue, linkNotSentFlagAt } from '../../domain/attention.ts'
import { SYSTEM } from '../../domain/caller.ts'
import { getSettings } from '../organizations/repository.ts'
import { settingFlag, settingNumber } from '../organizations/setting-in-sql.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { releaseRequest } from './release-request.ts'

const REQUESTS_PER_TURN = 100

/**
 * Takes requests back whose trainer let the deadline for sending the link pass, where the organization wants that
 * (`releaseAtLinkDeadline`): every eligible trainer is told again. The longest overdue first; answers how many.
 */
export async function releaseAtLinkDeadline(deps: Pick<Deps, 'db' | 'clock' | 'ids'>): Promise<number> {
  const now = deps.clock.now()
  // `linkNotSentFlagAt` as a search; that rule has the last word on each.
  const due = await deps.db.execute<{ id: string; organizationId: string }>(sql`
    select r.id, r.organization_id as "organizationId"
    from training_requests r join organizations o on o.id = r.organization_id
    cross join lateral (
      select r.claimed_at + make_interval(hours => ${settingNumber('linkDeadlineHours')}) as at) deadline
    where r.status = 'claimed' and ${settingFlag('releaseAtLinkDeadline')}
      and deadline.at <= ${now.toISOString()}::timestamptz
    order by deadline.at, r.id
    limit ${REQUESTS_PER_TURN}`)
  let released = 0
  for (const { id, organizationId } of due) {
    const scope = scopeOfRow({ organizationId })
    const isReleased = await inTransaction(deps.db, async (tx) => {
      const trainingRequest = await lockTrainingRequest(tx, scope, id)
      // The trainer has just sent it, or the request has changed hands: then it is not ours to take.
      if (trainingRequest?.status !== 'claimed' || trainingRequest.claimedAt === null) return false
      const settings = await getSettings(tx, scope)
      if (!isFlagDue(linkNotSentFlagAt(trainingRequest.claimedAt, settings.linkDeadlineHours), now)) return false
      await releaseRequest(
        { ...deps, db: tx },
        { scope, caller: SYSTEM, trainingRequestId: id, reason: 'No scheduling link was sent in time.' },
      )
      return true
    })
    if (isReleased) released += 1
  }
  return released
}
