import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { decideResolveAttention } from '../../domain/attention.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { hideAttentionCauses, lockTrainingRequest, requestStateOf } from './repository.ts'

/**
 * An admin says that a stuck request has been looked after: its present causes are hidden until one arises anew.
 *
 * With nothing to hide, nothing happens. Refuses `org_admin_required` to its own trainer, `not_found` to everyone else.
 */
export async function resolveAttention(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; caller: Caller; trainingRequestId: string; note?: string | undefined },
): Promise<void> {
  const { scope, caller, trainingRequestId } = input
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
    if (trainingRequest === null) throw new AppError('not_found')
    const decision = decideResolveAttention(caller, requestStateOf(trainingRequest))
    if (!decision.allowed) throw new AppError(decision.reason)
    const hidden = await hideAttentionCauses(tx, scope, { trainingRequestId, note: input.note ?? null, now })
    for (const reason of hidden)
      await appendEvent(tx, deps, {
        organizationId: scope.organizationId,
        actor: actorOf(caller),
        now,
        event: {
          name: 'attention_cleared',
          payload: { requestId: trainingRequestId, bookingId: null, status: trainingRequest.status, reason },
        },
      })
  })
}
