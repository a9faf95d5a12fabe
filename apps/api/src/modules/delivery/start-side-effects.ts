import { inTransaction } from '../../db/client.ts'
import { queueJobs } from '../../db/queue-jobs.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { isRemoteSessionMethod } from '../../domain/delivery.ts'
import { getBooking } from '../bookings/repository.ts'
import { findCalendarConnection } from '../calendars/repository.ts'
import { expectRemoteSession, findEvent, insertSideEffects } from './repository.ts'

/**
 * What a booking's confirmation, move or cancellation sets off outside: the trainer's calendar event and the remote
 * session, each a row of its own and a job that carries it out.
 *
 * Where there is no connected calendar, or the session is run some other way, the row says `skipped`. A booking that was
 * canceled before it was ever confirmed has nothing outside. Rows and jobs are one transaction, once per event.
 */
export async function startSideEffects(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  payload: { eventId: string },
): Promise<void> {
  const event = await findEvent(deps.db, payload.eventId)
  if (event === null || event.organizationId === null || event.bookingId === null) return
  const scope = scopeOfRow({ organizationId: event.organizationId })
  const { bookingId } = event
  if ('previousStatus' in event.payload && event.payload.previousStatus !== 'confirmed') return
  const now = deps.clock.now()
  const booking = await getBooking(deps.db, scope, bookingId)
  const connection = await findCalendarConnection(deps.db, booking.trainerUserId)
  const isRemote = isRemoteSessionMethod(booking.deliveryMethod)
  await inTransaction(deps.db, async (tx) => {
    const row = (kind: 'calendar_event' | 'remote_session', isNeeded: boolean) => ({
      id: deps.ids.next(),
      bookingId,
      eventId: event.id,
      kind,
      state: isNeeded ? ('queued' as const) : ('skipped' as const),
      createdAt: now,
      doneAt: isNeeded ? null : now,
    })
    const inserted = await insertSideEffects(tx, scope, [
      row('calendar_event', connection !== null),
      row('remote_session', isRemote),
    ])
    const queued = inserted.filter((effect) => effect.state === 'queued')
    if (event.name !== 'booking_canceled' && queued.some((effect) => effect.kind === 'remote_session'))
      await expectRemoteSession(tx, scope, { id: deps.ids.next(), bookingId, now })
    await queueJobs(
      tx,
      queued.map(({ id }) => ({ task: 'run_side_effect', payload: { sideEffectId: id }, key: `side_effect:${id}` })),
    )
  })
}
