import { inTransaction } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { findEvent, findSideEffect } from '../delivery/repository.ts'
import { lockTrainingRequest } from '../requests/repository.ts'
import { refreshAttention } from './refresh-attention.ts'
import { findMailOfBooking } from './repository.ts'

/** The job that follows from whatever may get a request stuck or free again. */
export async function updateAttention(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  payload: { eventId: string },
): Promise<void> {
  const event = await findEvent(deps.db, payload.eventId)
  if (event === null || event.organizationId === null || event.trainingRequestId === null) return
  const scope = scopeOfRow({ organizationId: event.organizationId })
  const { trainingRequestId, bookingId } = event
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
    if (trainingRequest === null) return
    let sideEffectFailedAt: Date | null = null
    if ('sideEffectId' in event.payload && bookingId !== null) {
      const { sideEffectId } = event.payload
      const effect =
        (await findSideEffect(tx, scope, { bookingId, sideEffectId })) ??
        (await findMailOfBooking(tx, scope, { bookingId, mailId: sideEffectId }))
      if (effect?.state === 'failed' || effect?.state === 'unknown') sideEffectFailedAt = event.occurredAt
    }
    await refreshAttention(tx, deps, scope, { trainingRequest, now, sideEffectFailedAt })
  })
}
