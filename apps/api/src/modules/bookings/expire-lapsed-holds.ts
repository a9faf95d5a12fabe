import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { isLapsedHold } from '../../domain/booking.ts'
import type { Ids } from '../../platform/ids.ts'
import { lockTrainingRequest, stepTrainingRequest } from '../requests/repository.ts'
import { lockTrainer } from './lock-trainer.ts'
import { type BookingRow, bookingStateOf, listLapsedHolds, lockBooking, stepBooking } from './repository.ts'

/** So many in one turn; the next turn takes the rest. */
const HOLDS_PER_TURN = 100

const SYSTEM = { kind: 'system', id: null } as const

/**
 * Records that an unpaid reservation has run out: booking and request become Expired, with history and event, or nothing
 * happens when it is no lapsed hold any more. Call it under the trainer's lock.
 *
 * Availability never waits for this; it judges holds by their deadline (product.md §9).
 */
export async function expireLapsedHold(
  tx: Tx,
  hold: Pick<BookingRow, 'id' | 'organizationId' | 'trainingRequestId'>,
  input: { now: Date; ids: Ids },
): Promise<boolean> {
  const { now, ids } = input
  const scope = scopeOfRow(hold)
  await lockTrainingRequest(tx, scope, hold.trainingRequestId)
  const booking = await lockBooking(tx, scope, hold.id)
  if (booking === null || !isLapsedHold(bookingStateOf(booking), now)) return false
  const expired = await stepBooking(tx, scope, {
    bookingId: booking.id,
    occasion: 'hold_ran_out',
    paymentStatusIn: ['unpaid'],
    set: { holdExpiresAt: null },
    actor: SYSTEM,
    now,
    ids,
  })
  if (expired === null) return false
  await stepTrainingRequest(tx, scope, {
    trainingRequestId: booking.trainingRequestId,
    occasion: 'hold_ran_out',
    actor: SYSTEM,
    now,
    ids,
  })
  await appendEvent(
    tx,
    { ids },
    {
      organizationId: scope.organizationId,
      actor: SYSTEM,
      now,
      event: {
        name: 'booking_hold_expired',
        payload: {
          requestId: booking.trainingRequestId,
          bookingId: booking.id,
          status: expired.status,
          trainerId: booking.trainerUserId,
          reason: 'hold_ran_out',
        },
      },
    },
  )
  return true
}

/**
 * Records the lapsed reservations of a trainer, in whatever organization, that stand where a new booking is to go: the
 * database's `bookings_no_overlap` cannot see the clock. Call it under the trainer's lock, in the transaction of the new
 * booking.
 */
export async function expireLapsedHoldsOfTrainer(
  tx: Tx,
  input: { trainerUserId: string; startAt: Date; endAt: Date; now: Date; ids: Ids },
): Promise<void> {
  const holds = await listLapsedHolds(tx, { now: input.now, limit: HOLDS_PER_TURN, of: input })
  for (const hold of holds) await expireLapsedHold(tx, hold, input)
}

/** Records every unpaid reservation whose deadline has come, each in a transaction of its own; answers how many. */
export async function expireLapsedHolds(deps: Pick<Deps, 'db' | 'clock' | 'ids'>): Promise<number> {
  const now = deps.clock.now()
  const holds = await listLapsedHolds(deps.db, { now, limit: HOLDS_PER_TURN })
  let expired = 0
  for (const hold of holds) {
    const done = await inTransaction(deps.db, async (tx) => {
      await lockTrainer(tx, hold.trainerUserId)
      return expireLapsedHold(tx, hold, { now, ids: deps.ids })
    })
    if (done) expired += 1
  }
  return expired
}
