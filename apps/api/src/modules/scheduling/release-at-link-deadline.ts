import { and, eq, lte, sql } from 'drizzle-orm'
import { organizations } from '../../db/schema/organizations.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { isFlagDue, linkNotSentFlagAt } from '../../domain/attention.ts'
import { SYSTEM } from '../../domain/caller.ts'
import { resolveSettings } from '../../domain/organization-settings.ts'
import { AppError } from '../../errors/app-error.ts'
import { releaseRequest } from './release-request.ts'

const REQUESTS_PER_TURN = 100
const HOUR_MS = 3_600_000

/**
 * Takes requests back whose trainer let the deadline for sending the link pass, where the organization wants that
 * (`releaseAtLinkDeadline`): every eligible trainer is told again. Answers how many.
 */
export async function releaseAtLinkDeadline(deps: Pick<Deps, 'db' | 'clock' | 'ids'>): Promise<number> {
  const now = deps.clock.now()
  const candidates = await deps.db
    .select({
      id: trainingRequests.id,
      organizationId: trainingRequests.organizationId,
      claimedAt: trainingRequests.claimedAt,
      settings: organizations.settings,
    })
    .from(trainingRequests)
    .innerJoin(organizations, eq(organizations.id, trainingRequests.organizationId))
    .where(
      and(
        eq(trainingRequests.status, 'claimed'),
        // The shortest deadline is an hour.
        lte(trainingRequests.claimedAt, new Date(now.getTime() - HOUR_MS)),
        sql`${organizations.settings} -> 'releaseAtLinkDeadline' = 'true'::jsonb`,
      ),
    )
    .orderBy(trainingRequests.claimedAt)
    .limit(REQUESTS_PER_TURN)
  let released = 0
  for (const { id, organizationId, claimedAt, settings } of candidates) {
    const deadline = claimedAt && linkNotSentFlagAt(claimedAt, resolveSettings(settings).linkDeadlineHours)
    if (!isFlagDue(deadline, now)) continue
    try {
      await releaseRequest(deps, {
        scope: scopeOfRow({ organizationId }),
        caller: SYSTEM,
        trainingRequestId: id,
        reason: 'No scheduling link was sent in time.',
      })
      released += 1
    } catch (error) {
      // The trainer has just sent it, or the request has changed hands: then it is not ours to take.
      if (!(error instanceof AppError)) throw error
    }
  }
  return released
}
