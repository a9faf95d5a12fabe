import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, CUSTOMER } from '../../domain/caller.ts'
import {
  BOOKING_MAIL_INTERVAL_MINUTES,
  decideRequestBookingMail,
  isMailDueAgain,
} from '../../domain/scheduling-token.ts'
import { AppError } from '../../errors/app-error.ts'
import { findBookingOfRequest } from '../bookings/repository.ts'
import { assertOffered, type LinkOfRequest, lockRequestOfLink } from './lock-request-of-link.ts'
import { findLastWish, recordWish } from './repository.ts'

/**
 * The customer of a used link asks for their booking by mail: it goes to the address that they gave with their request,
 * at most once an hour however often and through whichever of their links they ask. The answer tells nobody who holds the
 * link anything about the booking.
 *
 * A link that is dead for another reason answers as every call with it does (410); one that still opens: `invalid_state`.
 */
export async function requestBookingMail(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: LinkOfRequest,
): Promise<void> {
  const { scope } = input
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    const found = await lockRequestOfLink(tx, input)
    const { trainingRequest, link } = found
    assertOffered(decideRequestBookingMail(link.token, trainingRequest.status, now), found, now)
    const booking = await findBookingOfRequest(tx, scope, trainingRequest.id)
    if (booking === null) throw new AppError('not_found')
    const lastAt = await findLastWish(tx, scope, { trainingRequestId: trainingRequest.id, kind: 'booking_mail' })
    if (!isMailDueAgain(lastAt, BOOKING_MAIL_INTERVAL_MINUTES, now)) return
    await recordWish(tx, scope, { schedulingTokenId: link.token.id, kind: 'booking_mail', now })
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(CUSTOMER),
      now,
      event: {
        name: 'booking_mail_requested',
        payload: { requestId: trainingRequest.id, bookingId: booking.id, status: trainingRequest.status },
      },
    })
  })
}
