import { appendEvent } from '../../db/append-event.ts'
import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { type TrainingRequestRow, upsertAttentionCause } from './repository.ts'

/**
 * Flags a request as stuck for this reason since `since`, with the event from which the admins' mails follow. Flagged for
 * it already, or resolved after it began: nothing happens. Answers whether it was news.
 */
export async function raiseAttention(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  input: {
    trainingRequest: Pick<TrainingRequestRow, 'id' | 'status'>
    bookingId: string | null
    reason: AttentionReason
    since: Date
    now: Date
  },
): Promise<boolean> {
  const { trainingRequest, reason, since, now } = input
  if (!(await upsertAttentionCause(tx, scope, { trainingRequestId: trainingRequest.id, reason, since }))) return false
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor: actorOf(SYSTEM),
    now,
    event: {
      name: 'attention_raised',
      payload: { requestId: trainingRequest.id, bookingId: input.bookingId, status: trainingRequest.status, reason },
    },
  })
  return true
}
