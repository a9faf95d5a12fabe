import { appendEvent } from '../../db/append-event.ts'
import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { deleteAttentionCause, type TrainingRequestRow } from './repository.ts'

/** A request is no longer stuck for this reason. Nothing happens when it was not, and no event when nobody saw it. */
export async function clearAttention(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  input: {
    trainingRequest: Pick<TrainingRequestRow, 'id' | 'status'>
    bookingId: string | null
    reason: AttentionReason
    now: Date
  },
): Promise<void> {
  const { trainingRequest, reason, now } = input
  if (!(await deleteAttentionCause(tx, scope, { trainingRequestId: trainingRequest.id, reason }))) return
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor: actorOf(SYSTEM),
    now,
    event: {
      name: 'attention_cleared',
      payload: { requestId: trainingRequest.id, bookingId: input.bookingId, status: trainingRequest.status, reason },
    },
  })
}
