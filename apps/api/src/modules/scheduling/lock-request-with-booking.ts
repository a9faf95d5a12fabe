import type { Tx } from '../../db/client.ts'
import type { BookingState } from '../../domain/booking.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { bookingStateOf, findBookingOfRequest } from '../bookings/repository.ts'
import { lockTrainingRequest, type TrainingRequestRow } from '../requests/repository.ts'

/**
 * Reads a request for change, with the booking that it is at: the open one, else the latest. `not_found` when it is not
 * there. Nobody books, claims or hands on a request whose lock is held, so what is read here stays true until the end of
 * the transaction.
 */
export async function lockRequestWithBooking(
  tx: Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<{ trainingRequest: TrainingRequestRow; booking: BookingState | null }> {
  const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
  if (trainingRequest === null) throw new AppError('not_found')
  const row = await findBookingOfRequest(tx, scope, trainingRequestId)
  return { trainingRequest, booking: row === null ? null : bookingStateOf(row) }
}
