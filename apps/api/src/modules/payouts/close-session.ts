import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { BookingOccasion, BookingState } from '../../domain/booking.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import { isAlreadyHeld, type RepeatableDecision } from '../../domain/decision.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import type { ProblemCode } from '../../errors/catalog.ts'
import { type BookingRow, bookingStateOf, getBooking, lockBooking, stepBooking } from '../bookings/repository.ts'
import { lockTrainingRequest, stepTrainingRequest } from '../requests/repository.ts'
import { recordEarned } from './record-earned.ts'

/** How a session ends: it took place, or its customer did not come. */
interface Ending {
  occasion: Extract<BookingOccasion, 'marked_complete' | 'marked_no_show' | 'no_show_corrected'>
  event: 'booking_completed' | 'booking_marked_no_show'
}

/**
 * Closes a session: booking and request step together, the trainer's line is written down, and the events follow.
 *
 * One transaction, locked in the order of architecture.md §3, so all of it or nothing; asked twice or by two people it
 * happens once. `decide` is asked about the booking as it is under its lock; its refusal is thrown. `alongside` runs in
 * the same transaction. A no-show has closed its request already, so correcting one leaves the request alone.
 */
export async function closeSession(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: {
    scope: OrganizationScope
    caller: Caller
    bookingId: string
    decide: (booking: BookingState, now: Date) => RepeatableDecision<ProblemCode>
    ending: (booking: BookingRow) => Ending
    alongside?: (tx: Tx, now: Date) => Promise<void>
  },
): Promise<void> {
  const { scope, caller, bookingId } = input
  const { trainingRequestId } = await getBooking(deps.db, scope, bookingId)
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    await lockTrainingRequest(tx, scope, trainingRequestId)
    const booking = await lockBooking(tx, scope, bookingId)
    if (booking === null) throw new AppError('not_found')
    const decision = input.decide(bookingStateOf(booking), now)
    if (!decision.allowed)
      throw new AppError(decision.reason, decision.reason === 'invalid_state' ? { currentStatus: booking.status } : {})
    if (isAlreadyHeld(decision)) return
    const { occasion, event: name } = input.ending(booking)
    const step = { actor: actorOf(caller), now, ids: deps.ids }
    const closed = await stepBooking(tx, scope, { ...step, bookingId, occasion, set: { completedAt: now } })
    if (closed === null) throw new AppError('invalid_state', { currentStatus: booking.status })
    if (occasion !== 'no_show_corrected') {
      const stepped = await stepTrainingRequest(tx, scope, { ...step, trainingRequestId, occasion })
      if (stepped === null) throw new Error('The request of a confirmed booking is confirmed.')
    }
    const isNoShow = occasion === 'marked_no_show'
    const payoutLineId = await recordEarned(tx, deps, { scope, booking, isNoShow, now })
    await input.alongside?.(tx, now)
    const about = {
      requestId: trainingRequestId,
      bookingId,
      status: closed.status,
      trainerId: booking.trainerUserId,
    }
    const event = { organizationId: scope.organizationId, actor: step.actor, now }
    await appendEvent(tx, deps, { ...event, event: { name, payload: about } })
    if (payoutLineId !== null)
      await appendEvent(tx, deps, { ...event, event: { name: 'payout_recorded', payload: { ...about, payoutLineId } } })
  })
}
