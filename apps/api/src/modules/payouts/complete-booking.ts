import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { completionOccasion, decideComplete } from '../../domain/booking.ts'
import { type Actor, actorOf, type Caller } from '../../domain/caller.ts'
import { isAlreadyHeld } from '../../domain/decision.ts'
import { feedbackLinkExpiresAt } from '../../domain/feedback.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { insertBookingToken } from '../bookings/insert-booking-token.ts'
import { type BookingRow, bookingStateOf, getBooking, lockBooking, stepBooking } from '../bookings/repository.ts'
import { lockTrainingRequest, stepTrainingRequest } from '../requests/repository.ts'
import { recordEarned } from './record-earned.ts'

type CompleteDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets'>

/**
 * Mark Complete: closes booking and request, writes down what the trainer earned, and makes the link by which the customer
 * rates the session; the mail follows from the event.
 *
 * One transaction, so all of it or nothing; pressed twice or by two people it happens once. The trainer's share is their
 * own, else the organization's, of what was paid less refunds, half up to the minor unit. Within 30 days an admin may
 * turn a no-show into a completed session: then a line brings the ledger to the full share. Refuses `session_not_ended`
 * before the end's very instant, `invalid_state` (with `currentStatus`), and `not_found` to other trainers.
 */
export async function completeBooking(
  deps: CompleteDeps,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string },
): Promise<void> {
  const { scope, caller, bookingId } = input
  const { trainingRequestId } = await getBooking(deps.db, scope, bookingId)
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    await lockTrainingRequest(tx, scope, trainingRequestId)
    const booking = await lockBooking(tx, scope, bookingId)
    if (booking === null) throw new AppError('not_found')
    const decision = decideComplete(caller, bookingStateOf(booking), now)
    if (!decision.allowed)
      throw new AppError(decision.reason, decision.reason === 'invalid_state' ? { currentStatus: booking.status } : {})
    if (isAlreadyHeld(decision)) return
    await complete(tx, deps, { scope, booking, actor: actorOf(caller), now })
  })
}

async function complete(
  tx: Tx,
  deps: CompleteDeps,
  input: { scope: OrganizationScope; booking: BookingRow; actor: Actor; now: Date },
): Promise<void> {
  const { scope, booking, actor, now } = input
  const occasion = completionOccasion(booking.status)
  const completed = await stepBooking(tx, scope, {
    bookingId: booking.id,
    occasion,
    set: { completedAt: now },
    actor,
    now,
    ids: deps.ids,
  })
  if (completed === null) throw new AppError('invalid_state', { currentStatus: booking.status })
  // A no-show has completed its request already.
  if (occasion === 'marked_complete') {
    const stepped = await stepTrainingRequest(tx, scope, {
      trainingRequestId: booking.trainingRequestId,
      occasion,
      actor,
      now,
      ids: deps.ids,
    })
    if (stepped === null) throw new Error('The request of a confirmed booking is confirmed.')
  }
  const about = {
    requestId: booking.trainingRequestId,
    bookingId: booking.id,
    status: completed.status,
    trainerId: booking.trainerUserId,
  }
  const payoutLineId = await recordEarned(tx, deps, { scope, booking, isNoShow: false, now })
  await insertBookingToken(tx, deps, scope, {
    bookingId: booking.id,
    purpose: 'feedback',
    expiresAt: feedbackLinkExpiresAt(now),
    now,
  })
  const event = { organizationId: scope.organizationId, actor, now }
  await appendEvent(tx, deps, { ...event, event: { name: 'booking_completed', payload: about } })
  if (payoutLineId !== null)
    await appendEvent(tx, deps, { ...event, event: { name: 'payout_recorded', payload: { ...about, payoutLineId } } })
}
