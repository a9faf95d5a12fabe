import { and, eq, isNull } from 'drizzle-orm'
import type { Tx } from '../../db/client.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { LinkEndReason } from '../../domain/scheduling-token.ts'

/**
 * Ends the request's active scheduling link, if it has one, in the transaction that makes it pointless: it was replaced
 * by a newer one, revoked because the request changed hands or closed, or used for a booking. Answers whether there was
 * one.
 */
export async function endActiveLink(
  tx: Tx,
  scope: OrganizationScope,
  input: { trainingRequestId: string; reason: LinkEndReason; now: Date },
): Promise<boolean> {
  const ended = await tx
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
  return ended.length > 0
}
