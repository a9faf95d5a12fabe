import type { Tx } from '../../db/client.ts'
import { isLapsedHold } from '../../domain/booking.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { Ids } from '../../platform/ids.ts'
import { expireLapsedHold } from '../bookings/expire-lapsed-holds.ts'
import { lockTrainer } from '../bookings/lock-trainer.ts'
import { bookingStateOf, findBookingOfRequest } from '../bookings/repository.ts'

/**
 * Records that a request's unpaid reservation has run out, where its deadline has come and the sweep has not: whoever
 * wants to do something with the request finds it Expired, as it has been since that instant.
 *
 * Call it before anything is locked (the trainer's lock comes first), in the transaction of the command: one that is
 * refused leaves the recording to the sweep.
 */
export async function expireOwnHold(
  tx: Tx,
  scope: OrganizationScope,
  input: { trainingRequestId: string; now: Date; ids: Ids },
): Promise<void> {
  const booking = await findBookingOfRequest(tx, scope, input.trainingRequestId)
  if (booking === null || !isLapsedHold(bookingStateOf(booking), input.now)) return
  await lockTrainer(tx, booking.trainerUserId)
  await expireLapsedHold(tx, booking, input)
}
