import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { blackoutInterval } from '../../domain/availability.ts'
import { overlaps } from '../../domain/interval.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { SlotState } from '../../domain/payment.ts'
import { findSlotGrounds } from '../bookings/find-slot-grounds.ts'
import { type BookingRow, listTakenTimes } from '../bookings/repository.ts'
import { readBusyTimes } from '../calendars/read-busy-times.ts'

type BookedTime = Pick<BookingRow, 'id' | 'trainerUserId' | 'sessionTypeId' | 'startAt' | 'endAt'>

function intervalOf(booking: Pick<BookingRow, 'startAt' | 'endAt'>) {
  return { startAt: booking.startAt.getTime(), endAt: booking.endAt.getTime() }
}

/**
 * Whether nothing of the trainer's own stands at the time of a booking that has run out: no other session, in whatever
 * organization, and no blackout. Call it under the trainer's lock. Notice, horizon, hours and prices count no more: the
 * time was open when it was chosen, and its customer has paid for it.
 */
export async function isTimeUntaken(
  tx: Tx,
  scope: OrganizationScope,
  booking: BookedTime,
  now: Date,
): Promise<boolean> {
  const time = intervalOf(booking)
  const taken = await listTakenTimes(tx, {
    trainerUserId: booking.trainerUserId,
    from: booking.startAt,
    to: booking.endAt,
    now,
    exceptBookingId: booking.id,
  })
  if (taken.some((other) => overlaps(time, other))) return false
  const grounds = await findSlotGrounds(tx, scope, { ...booking, now })
  if (grounds === null) return false
  return !grounds.blackouts.some((blackout) => overlaps(time, blackoutInterval(blackout, grounds.trainer.timeZone)))
}

/** Whether the trainer's connected calendars are free at the time of a booking; `unknown` when one cannot be read. */
export async function lookAtCalendars(
  deps: Pick<Deps, 'db' | 'calendars'>,
  scope: OrganizationScope,
  booking: BookedTime,
  now: Date,
): Promise<SlotState> {
  const grounds = await findSlotGrounds(deps.db, scope, { ...booking, now })
  if (grounds === null) return 'taken'
  const time = intervalOf(booking)
  const busy = await readBusyTimes(deps, grounds.connections, { from: time.startAt, to: time.endAt })
  if (busy === 'unreadable') return 'unknown'
  return busy.some((one) => overlaps(time, one)) ? 'taken' : 'free'
}
