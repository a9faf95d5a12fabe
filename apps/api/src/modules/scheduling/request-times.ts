import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, CUSTOMER } from '../../domain/caller.ts'
import { decideUseLink, isMailDueAgain, TIMES_REQUEST_INTERVAL_MINUTES } from '../../domain/scheduling-token.ts'
import { linkRefusal } from './link-refusal.ts'
import { type LinkOfRequest, lockRequestOfLink } from './lock-request-of-link.ts'
import { findLastWish, recordWish } from './repository.ts'

/**
 * The customer finds no time that suits and says so: the trainer of the link is told, with the customer's words if there
 * are any, at most once a day.
 *
 * A link that opens nothing any more is refused as ever (410).
 */
export async function requestTimes(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: LinkOfRequest & { message: string | null },
): Promise<void> {
  const { scope } = input
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    const { trainingRequest, link } = await lockRequestOfLink(tx, input)
    const decision = decideUseLink(link.token, trainingRequest.status, now)
    if (!decision.allowed) throw linkRefusal(link, decision.reason)
    const lastAt = await findLastWish(tx, scope, { trainingRequestId: trainingRequest.id, kind: 'times' })
    if (!isMailDueAgain(lastAt, TIMES_REQUEST_INTERVAL_MINUTES, now)) return
    await recordWish(tx, scope, { schedulingTokenId: link.token.id, kind: 'times', message: input.message, now })
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(CUSTOMER),
      now,
      event: {
        name: 'times_requested',
        payload: {
          requestId: trainingRequest.id,
          bookingId: null,
          status: trainingRequest.status,
          trainerId: link.token.trainerUserId,
          schedulingTokenId: link.token.id,
        },
      },
    })
  })
}
