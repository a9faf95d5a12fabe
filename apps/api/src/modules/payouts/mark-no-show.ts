import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { decideMarkNoShow } from '../../domain/booking.ts'
import { type Actor, actorOf, type Caller } from '../../domain/caller.ts'
import { isAlreadyHeld } from '../../domain/decision.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { type BookingRow, bookingStateOf, getBooking, lockBooking, stepBooking } from '../bookings/repository.ts'
import { lockTrainingRequest, stepTrainingRequest } from '../requests/repository.ts'
import { recordEarned } from './record-earned.ts'

type NoShowDeps = Pick<Deps, 'db' | 'clock' | 'ids'>

/**
 * The customer did not come: closes booking and request and writes down the part of the trainer's share that is due all
 * the same (`noShowPayoutPercent`). Nobody is asked for feedback.
 *
 * One transaction; said twice or by two people it happens once. Refuses `session_not_started` until 10 minutes after the
 * start, `invalid_state` (with `currentStatus`), and `not_found` to other trainers. An admin's Mark Complete corrects it.
 */
export async function markNoShow(
  deps: NoShowDeps,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string },
): Promise<void> {
  const { scope, caller, bookingId } = input
  const { trainingRequestId } = await getBooking(deps.db, scope, bookingId)
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    await lockTrainingRequest(tx, scope, trainingRequestId)
    const booking = await lockBooking(tx, scope, bookingId)
    if (booking === null) throw new AppError('not_found')
    const decision = decideMarkNoShow(caller, bookingStateOf(booking), now)
    if (!decision.allowed)
      throw new AppError(decision.reason, decision.reason === 'invalid_state' ? { currentStatus: booking.status } : {})
    if (isAlreadyHeld(decision)) return
    await close(tx, deps, { scope, booking, actor: actorOf(caller), now })
  })
}

async function close(
  tx: Tx,
  deps: NoShowDeps,
  input: { scope: OrganizationScope; booking: BookingRow; actor: Actor; now: Date },
): Promise<void> {
  const { scope, booking, actor, now } = input
  const step = { occasion: 'marked_no_show', actor, now, ids: deps.ids } as const
  const marked = await stepBooking(tx, scope, { ...step, bookingId: booking.id, set: { completedAt: now } })
  if (marked === null) throw new AppError('invalid_state', { currentStatus: booking.status })
  const stepped = await stepTrainingRequest(tx, scope, { ...step, trainingRequestId: booking.trainingRequestId })
  if (stepped === null) throw new Error('The request of a confirmed booking is confirmed.')
  const about = {
    requestId: booking.trainingRequestId,
    bookingId: booking.id,
    status: marked.status,
    trainerId: booking.trainerUserId,
  }
  const payoutLineId = await recordEarned(tx, deps, { scope, booking, isNoShow: true, now })
  const event = { organizationId: scope.organizationId, actor, now }
  await appendEvent(tx, deps, { ...event, event: { name: 'booking_marked_no_show', payload: about } })
  if (payoutLineId !== null)
    await appendEvent(tx, deps, { ...event, event: { name: 'payout_recorded', payload: { ...about, payoutLineId } } })
}
