import { and, eq, gt, isNull, lte } from 'drizzle-orm'
import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { latestReminderDueAt } from '../../domain/attention.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import { decideUseLink } from '../../domain/scheduling-token.ts'
import { getSettings } from '../organizations/repository.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { findSchedulingLink } from '../scheduling/repository.ts'
import { hasEventSince } from './repository.ts'

const DAY_MS = 86_400_000

/**
 * Reminds customers who have a link and have chosen no time, so many days after it was sent as the organization says
 * (`customerReminderDays`): the event from which the mail follows. Never after they have booked, never once the link has
 * run out or was replaced. Answers how many.
 */
export async function remindSilentCustomers(deps: Pick<Deps, 'db' | 'clock' | 'ids'>): Promise<number> {
  const now = deps.clock.now()
  // A reminder comes a day after the link at the soonest.
  const candidates = await deps.db
    .select({
      schedulingTokenId: schedulingTokens.id,
      organizationId: schedulingTokens.organizationId,
      trainingRequestId: schedulingTokens.trainingRequestId,
      sentAt: schedulingTokens.sentAt,
    })
    .from(schedulingTokens)
    .innerJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, schedulingTokens.organizationId),
        eq(trainingRequests.id, schedulingTokens.trainingRequestId),
        eq(trainingRequests.status, 'customer_scheduling'),
      ),
    )
    .where(
      and(
        isNull(schedulingTokens.endedAt),
        gt(schedulingTokens.expiresAt, now),
        lte(schedulingTokens.sentAt, new Date(now.getTime() - DAY_MS)),
      ),
    )
  let reminded = 0
  for (const candidate of candidates) if (await remind(deps, candidate, now)) reminded += 1
  return reminded
}

async function remind(
  deps: Pick<Deps, 'db' | 'ids'>,
  candidate: { schedulingTokenId: string; organizationId: string; trainingRequestId: string; sentAt: Date },
  now: Date,
): Promise<boolean> {
  const scope = scopeOfRow(candidate)
  const { schedulingTokenId, trainingRequestId } = candidate
  const { customerReminderDays } = await getSettings(deps.db, scope)
  const dueAt = latestReminderDueAt(candidate.sentAt, customerReminderDays, now)
  if (dueAt === null) return false
  const reminder = { trainingRequestId, name: 'customer_reminded' as const, since: dueAt, schedulingTokenId }
  if (await hasEventSince(deps.db, scope, reminder)) return false
  return inTransaction(deps.db, async (tx) => {
    const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
    const link = await findSchedulingLink(tx, scope, schedulingTokenId)
    if (trainingRequest?.status !== 'customer_scheduling' || link === null) return false
    if (!decideUseLink(link.token, trainingRequest.status, now).allowed) return false
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
