import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import {
  type DeliveryState,
  failureNote,
  nextSideEffectAttemptAt,
  type SideEffectState,
} from '../../domain/delivery.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { RemoteSessionOutcomeUnknown } from '../../platform/remote-sessions/remote-sessions.ts'
import { type BookingRow, getBooking, lockBooking } from '../bookings/repository.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { makeRemoteSession, removeRemoteSession } from './make-remote-session.ts'
import { putCalendarEvent, removeCalendarEvent } from './put-calendar-event.ts'
import { beginSideEffect, findEvent, type SideEffectRow, updateRemoteSession, updateSideEffect } from './repository.ts'
import type { TriedSideEffect } from './tried-side-effect.ts'

type RunDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'calendars' | 'remoteSessions' | 'config'>

/**
 * Tries one side effect of a booking: writes, moves or removes the calendar event; makes or ends the remote session.
 *
 * Reads the booking as it is by now, so a late or repeated job does what is right now or nothing. What failed is tried
 * again later (domain/delivery.ts), until it is left to a person as `failed`. A remote session of which nobody knows
 * whether it was made, the answer lost or the process gone in the middle, becomes `unknown` and is never repeated by
 * itself: the vendor knows no idempotency (integrations.md §4). None of this touches the booking.
 */
export async function runSideEffect(deps: RunDeps, payload: { sideEffectId: string }): Promise<void> {
  const begun = await beginSideEffect(deps.db, payload.sideEffectId, deps.clock.now())
  if (begun === null) return
  const scope = scopeOfRow(begun)
  const event = await findEvent(deps.db, begun.eventId)
  const isRemoval = event?.name === 'booking_canceled'
  if (begun.kind === 'remote_session' && begun.stateBefore === 'running' && !isRemoval)
    return endTry(deps, scope, begun, {
      state: 'unknown',
      lastError: 'The program stopped while the vendor was asked.',
    })
  let tried: TriedSideEffect
  try {
    tried = await attempt(deps, scope, begun, isRemoval)
  } catch (error) {
    return endTry(deps, scope, begun, failureOf(begun, error, isRemoval, deps.clock.now()))
  }
  return endTry(deps, scope, begun, tried)
}

async function attempt(
  deps: RunDeps,
  scope: OrganizationScope,
  effect: SideEffectRow,
  isRemoval: boolean,
): Promise<TriedSideEffect> {
  const input = { scope, bookingId: effect.bookingId }
  if (effect.kind === 'calendar_event')
    return isRemoval ? removeCalendarEvent(deps, input) : putCalendarEvent(deps, input)
  return isRemoval ? removeRemoteSession(deps, input) : makeRemoteSession(deps, input)
}

interface FailedTry {
  state: Extract<SideEffectState, 'retrying' | 'failed' | 'unknown'>
  lastError: string
  nextAttemptAt?: Date | null
}

function failureOf(effect: SideEffectRow, error: unknown, isRemoval: boolean, now: Date): FailedTry {
  const lastError = failureNote(error instanceof Error ? error.message : String(error))
  if (error instanceof RemoteSessionOutcomeUnknown && !isRemoval) return { state: 'unknown', lastError }
  const nextAttemptAt = nextSideEffectAttemptAt(effect.attempts, now)
  return nextAttemptAt === null ? { state: 'failed', lastError } : { state: 'retrying', lastError, nextAttemptAt }
}

async function endTry(
  deps: RunDeps,
  scope: OrganizationScope,
  effect: SideEffectRow,
  tried: TriedSideEffect | FailedTry,
): Promise<void> {
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    // Request before booking (architecture.md §3): a cause of attention refers to the request.
    await lockTrainingRequest(tx, scope, (await getBooking(tx, scope, effect.bookingId)).trainingRequestId)
    const booking = await lockBooking(tx, scope, effect.bookingId)
    if (booking === null) throw new Error('A side effect has its booking.')
    const recorded = tried.state === 'done' ? await tried.record(tx, booking) : null
    const state = recorded === 'undo_next' ? 'retrying' : tried.state
    const isOver = state === 'done' || state === 'skipped'
    await updateSideEffect(tx, scope, {
      sideEffectId: effect.id,
      from: ['running'],
      set: {
        state,
        lastError: 'lastError' in tried ? tried.lastError : null,
        nextAttemptAt: recorded === 'undo_next' ? now : 'nextAttemptAt' in tried ? (tried.nextAttemptAt ?? null) : null,
        doneAt: isOver ? now : null,
      },
    })
    const remoteState = effect.kind === 'remote_session' ? remoteStateAfter(state, booking) : null
    if (remoteState !== null)
      await updateRemoteSession(tx, scope, { bookingId: booking.id, set: { state: remoteState }, now })
    await announce(tx, deps, scope, { booking, sideEffectId: effect.id, now })
  })
}

/** What a try that made nothing means for the session's row; null leaves it as it is. */
function remoteStateAfter(state: SideEffectState, booking: BookingRow): DeliveryState | null {
  if (booking.status === 'canceled') return 'hidden'
  return state === 'failed' || state === 'unknown' ? state : null
}

async function announce(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  input: { booking: BookingRow; sideEffectId: string; now: Date },
): Promise<void> {
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor: actorOf(SYSTEM),
    now: input.now,
    event: {
      name: 'side_effect_changed',
      payload: {
        requestId: input.booking.trainingRequestId,
        bookingId: input.booking.id,
        status: input.booking.status,
        trainerId: input.booking.trainerUserId,
        sideEffectId: input.sideEffectId,
      },
    },
  })
}
