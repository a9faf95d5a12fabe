import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import { isSlotConflict } from '../../db/pg-errors.ts'
import type { Deps } from '../../deps.ts'
import { type BusyTime, slotAt } from '../../domain/availability.ts'
import { decideReschedule } from '../../domain/booking.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import { overlaps } from '../../domain/interval.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { expireLapsedHoldsOfTrainer } from '../bookings/expire-lapsed-holds.ts'
import { busyRange, findSlotGrounds, type SlotGrounds, slotSearch } from '../bookings/find-slot-grounds.ts'
import { lockTrainer } from '../bookings/lock-trainer.ts'
import {
  type BookingRow,
  bookingStateOf,
  getBooking,
  listTakenTimes,
  lockBooking,
  stepBooking,
  type TakenTimeRow,
} from '../bookings/repository.ts'
import { readBusyTimes } from '../calendars/read-busy-times.ts'
import { lockTrainingRequest, stepTrainingRequest } from '../requests/repository.ts'

type RescheduleDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'calendars'>

interface RescheduleInput {
  scope: OrganizationScope
  caller: Caller
  bookingId: string
  start: Date
  /** Also a time that is not offered. */
  override: boolean
}

/**
 * Moves a confirmed session to another start, by its trainer or an admin; length and price stay. Mails, the calendar's
 * event and the remote session follow from the event.
 *
 * The new time is judged by the one function that offers and accepts times, the session itself left out and its price
 * settled. With `override` hours, grid, notice, blackouts, buffers and calendars do not count: only that it lies ahead and
 * that the trainer has no other session then, in any organization. Judged twice: before anything is touched, and under the
 * trainer's lock; `bookings_no_overlap` keeps the promise whatever happens here. The buffers become those that it was
 * judged by. At that very time already: nothing happens.
 *
 * Refuses `slot_unavailable`, `calendar_unavailable`, `invalid_state` (with `currentStatus`), `session_already_started`,
 * and `not_found` to other trainers. Never inside a transaction: it asks the calendar.
 */
export async function rescheduleBooking(deps: RescheduleDeps, input: RescheduleInput): Promise<void> {
  const { scope } = input
  if (input.start.getTime() % 60_000 !== 0)
    throw new AppError('validation_failed', { errors: [{ pointer: '/start', message: 'Must be a whole minute.' }] })
  const now = deps.clock.now()
  const booking = await getBooking(deps.db, scope, input.bookingId)
  if (isThereAlready(input, booking, now)) return
  const { trainerUserId, sessionTypeId, durationMinutes } = booking
  const grounds = await findSlotGrounds(deps.db, scope, { trainerUserId, sessionTypeId, now })
  if (grounds === null) throw new AppError('slot_unavailable')
  const startAt = input.start.getTime()
  const busyTimes = input.override
    ? []
    : await readBusyTimes(
        deps,
        grounds.connections,
        busyRange(grounds, { from: startAt, to: startAt }, durationMinutes),
      )
  if (busyTimes === 'unreadable') throw new AppError('calendar_unavailable')
  const seen = { now, grounds, busyTimes }
  judgeTime(input, booking, { ...seen, taken: await listTaken(deps.db, input, booking, now) })
  try {
    await inTransaction(deps.db, (tx) =>
      move(tx, deps, input, { ...seen, trainingRequestId: booking.trainingRequestId }),
    )
  } catch (error) {
    if (isSlotConflict(error)) throw new AppError('slot_unavailable', {}, { cause: error })
    throw error
  }
}

interface Seen {
  now: Date
  grounds: SlotGrounds
  busyTimes: readonly BusyTime[]
}

/** Whether it is at that time already; throws what the caller is refused. */
function isThereAlready(input: RescheduleInput, booking: BookingRow, now: Date): boolean {
  // The organization's side never needs the customer's rights.
  const rights = { customerMayReschedule: false, rescheduleWindowHours: 0 }
  const decision = decideReschedule(input.caller, bookingStateOf(booking), rights, now)
  if (!decision.allowed)
    throw new AppError(decision.reason, decision.reason === 'invalid_state' ? { currentStatus: booking.status } : {})
  return booking.startAt.getTime() === input.start.getTime()
}

function endOf(input: RescheduleInput, booking: BookingRow): Date {
  return new Date(input.start.getTime() + booking.durationMinutes * 60_000)
}

function listTaken(db: RescheduleDeps['db'], input: RescheduleInput, booking: BookingRow, now: Date) {
  return listTakenTimes(db, {
    trainerUserId: booking.trainerUserId,
    from: input.start,
    to: endOf(input, booking),
    now,
    exceptBookingId: booking.id,
  })
}

function judgeTime(
  input: RescheduleInput,
  booking: BookingRow,
  { now, grounds, busyTimes, taken }: Seen & { taken: readonly TakenTimeRow[] },
): void {
  const startAt = input.start.getTime()
  const { durationMinutes } = booking
  const isOpen = input.override
    ? startAt > now.getTime() &&
      !taken.some((other) => overlaps(other, { startAt, endAt: endOf(input, booking).getTime() }))
    : slotAt(slotSearch(grounds, { now, durationMinutes, taken, busyTimes, payment: 'settled' }), startAt) !== null
  if (!isOpen) throw new AppError('slot_unavailable')
}

async function move(
  tx: Tx,
  deps: RescheduleDeps,
  input: RescheduleInput,
  seen: Seen & { trainingRequestId: string },
): Promise<void> {
  const { scope, caller } = input
  const { now, grounds, trainingRequestId } = seen
  await lockTrainer(tx, grounds.trainer.id)
  const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
  const booking = await lockBooking(tx, scope, input.bookingId)
  if (trainingRequest === null || booking === null) throw new AppError('not_found')
  if (isThereAlready(input, booking, now)) return
  const endAt = endOf(input, booking)
  const trainerUserId = booking.trainerUserId
  await expireLapsedHoldsOfTrainer(tx, { trainerUserId, startAt: input.start, endAt, now, ids: deps.ids })
  judgeTime(input, booking, { ...seen, taken: await listTaken(tx, input, booking, now) })
  const actor = actorOf(caller)
  const moved = await stepBooking(tx, scope, {
    bookingId: booking.id,
    occasion: 'rescheduled',
    set: {
      startAt: input.start,
      endAt,
      bufferBeforeMinutes: grounds.settings.bufferBeforeMinutes,
      bufferAfterMinutes: grounds.settings.bufferAfterMinutes,
    },
    actor,
    now,
    ids: deps.ids,
  })
  if (moved === null) throw new AppError('invalid_state', { currentStatus: booking.status })
  const stepped = await stepTrainingRequest(tx, scope, {
    trainingRequestId,
    occasion: 'rescheduled',
    actor,
    now,
    ids: deps.ids,
  })
  if (stepped === null) throw new Error('The request of a confirmed booking is confirmed.')
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor,
    now,
    event: {
      name: 'booking_rescheduled',
      payload: {
        requestId: trainingRequestId,
        bookingId: moved.id,
        status: moved.status,
        trainerId: trainerUserId,
        movedBy: 'organization',
      },
    },
  })
}
