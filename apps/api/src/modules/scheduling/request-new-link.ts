import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, CUSTOMER } from '../../domain/caller.ts'
import {
  decideRequestNewLink,
  isMailDueAgain,
  NEW_LINK_REQUEST_INTERVAL_MINUTES,
} from '../../domain/scheduling-token.ts'
import { assertOffered, type LinkOfRequest, lockRequestOfLink } from './lock-request-of-link.ts'
import { findLastWish, recordWish } from './repository.ts'

/** What becomes of the wish: its trainer knows of it, or the customer is better off asking the organization. */
export type NewLinkWish = { isTrainerTold: true } | { isTrainerTold: false; supportEmail: string }

/**
 * The customer of an expired or replaced link asks for a new one: its trainer is told, at most once an hour however often
 * and through whichever of their links they ask.
 *
 * A booked or closed request answers as every call with its link does (410); a link that still opens: `invalid_state`.
 * While nobody holds the request there is nobody to tell (`isTrainerTold: false`, with whom the customer may turn to);
 * the wish is not remembered, so that it does not silence the same wish to the next trainer.
 */
export async function requestNewLink(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: LinkOfRequest,
): Promise<NewLinkWish> {
  const { scope } = input
  const now = deps.clock.now()
  return inTransaction(deps.db, async (tx) => {
    const found = await lockRequestOfLink(tx, input)
    const { trainingRequest, link } = found
    assertOffered(decideRequestNewLink(link.token, trainingRequest.status, now), found, now)
    if (trainingRequest.claimedByUserId === null)
      return { isTrainerTold: false, supportEmail: link.settings.supportEmail }
    const lastAt = await findLastWish(tx, scope, { trainingRequestId: trainingRequest.id, kind: 'new_link' })
    if (!isMailDueAgain(lastAt, NEW_LINK_REQUEST_INTERVAL_MINUTES, now)) return { isTrainerTold: true }
    await recordWish(tx, scope, { schedulingTokenId: link.token.id, kind: 'new_link', now })
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(CUSTOMER),
      now,
      event: {
        name: 'new_link_requested',
        payload: {
          requestId: trainingRequest.id,
          bookingId: null,
          status: trainingRequest.status,
          trainerId: trainingRequest.claimedByUserId,
          schedulingTokenId: link.token.id,
        },
      },
    })
    return { isTrainerTold: true }
  })
}
