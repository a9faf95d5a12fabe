import { and, eq, isNull } from 'drizzle-orm'
import type { Tx } from '../../db/client.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { LinkEndReason } from '../../domain/scheduling-token.ts'

/**
 * Makes the scheduling link of a request stop working, in the transaction of what makes it stop: a newer link (`replaced`),
 * a release, an assignment or the request's end (`revoked`), a booking (`used`).
 *
 * Call it with the request locked. Answers the ended link's id, or null when none was active.
 */
export async function endSchedulingToken(
  tx: Tx,
  scope: OrganizationScope,
  input: { trainingRequestId: string; reason: LinkEndReason; now: Date },
): Promise<string | null> {
  const [row] = await tx
    .update(schedulingTokens)
    .set({ endedAt: input.now, endReason: input.reason })
    .where(
      and(
        eq(schedulingTokens.organizationId, scope.organizationId),
        eq(schedulingTokens.trainingRequestId, input.trainingRequestId),
        isNull(schedulingTokens.endedAt),
      ),
    )
    .returning({ id: schedulingTokens.id })
  return row?.id ?? null
}
