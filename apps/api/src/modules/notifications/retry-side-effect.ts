import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import { isAlreadyHeld } from '../../domain/decision.ts'
import { decideRetrySideEffect } from '../../domain/delivery.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { getBooking } from '../bookings/repository.ts'
import { findSideEffect, updateSideEffect } from '../delivery/repository.ts'
import { findMailOfBooking, updateMail } from './repository.ts'

const RETRYABLE_STATES = ['failed', 'unknown', 'retrying'] as const

/**
 * A booking's mail, calendar event or remote session that failed is tried again, by its trainer or an admin.
 *
 * One that waits for its next try is tried now. It becomes due at this instant, and the worker's next look queues its job:
 * a command queues none. Queued, running and done: nothing happens. Refuses `invalid_state` for one
 * that was left out on purpose, and `not_found` to everybody else and for what the booking does not have.
 */
export async function retrySideEffect(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string; sideEffectId: string },
): Promise<void> {
  const { scope, caller, bookingId, sideEffectId } = input
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    const booking = await getBooking(tx, scope, bookingId)
    const effect = await findSideEffect(tx, scope, { bookingId, sideEffectId })
    const mail = effect === null ? await findMailOfBooking(tx, scope, { bookingId, mailId: sideEffectId }) : null
    const state = effect?.state ?? mail?.state
    if (state === undefined) throw new AppError('not_found')
    const decision = decideRetrySideEffect(caller, { trainerId: booking.trainerUserId }, state)
    if (!decision.allowed)
      throw new AppError(decision.reason, decision.reason === 'invalid_state' ? { currentStatus: booking.status } : {})
    if (isAlreadyHeld(decision)) return
    const afresh = { from: RETRYABLE_STATES, set: { state: 'queued', attempts: 0, nextAttemptAt: now } } as const
    const isQueued =
      mail === null
        ? await updateSideEffect(tx, scope, { sideEffectId, ...afresh })
        : await updateMail(tx, scope, { mailId: mail.id, ...afresh })
    if (!isQueued) return
    await appendEvent(tx, deps, {
      organizationId: scope.organizationId,
      actor: actorOf(caller),
      now,
      event: {
        name: 'side_effect_changed',
        payload: {
          requestId: booking.trainingRequestId,
          bookingId,
          status: booking.status,
          trainerId: booking.trainerUserId,
          sideEffectId,
        },
      },
    })
  })
}
