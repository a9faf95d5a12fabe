import type { Deps } from '../deps.ts'
import { type BookedTime, type BusyTime, openSlots, type Slot, type SlotSearch } from '../domain/availability.ts'
import { type Caller, decideReadRequest, isTrainer } from '../domain/caller.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { decideUseLink } from '../domain/scheduling-token.ts'
import { DAY_MS, dateAt, dateOfEpochDay, epochDayOf, MINUTE_MS, wallClock, wallTimeOf } from '../domain/zoned-time.ts'
import { AppError } from '../errors/app-error.ts'
import {
  busyRange,
  findSlotGroundsAndTaken,
  type SlotGrounds,
  sellableDurations,
  slotSearch,
} from '../modules/bookings/find-slot-grounds.ts'
import { readBusyTimes } from '../modules/calendars/read-busy-times.ts'
import { findTrainingRequest } from '../modules/requests/repository.ts'
import type { PresentedLink } from '../modules/scheduling/find-link.ts'
import { linkRefusal } from '../modules/scheduling/link-refusal.ts'
import type { OpenSlotsPreview, Slots } from '../modules/scheduling/schemas.ts'
import { canTakePayments } from '../platform/payment-gateway/payment-gateways.ts'

type SchedulingViewLink = Extract<PresentedLink, { kind: 'scheduling' }>
/** What a question about slots asks. */
export type SlotDeps = Pick<Deps, 'db' | 'clock' | 'calendars' | 'paymentGateways'>

/** The longest stretch of days that can be asked for at once (api.md, `listSlots`). */
const DAYS_MAX = 92
const DEFAULT_DAYS = 14

export interface ListSlotsInput {
  durationMinutes: number
  /** First and last day in `timeZone`, `YYYY-MM-DD`. */
  from?: string
  to?: string
  timeZone?: string
}

/** A stretch of whole days in a zone, in epoch milliseconds. */
export interface DayRange {
  timeZone: string
  from: number
  to: number
}

/**
 * The days that a question about slots names: today and 13 days on where it names none. `invalid_query` for days out of
 * order or more than 92.
 */
export function dayRange(input: ListSlotsInput, defaultTimeZone: string, now: Date): DayRange {
  const timeZone = input.timeZone ?? defaultTimeZone
  const from = input.from ?? dateAt(now.getTime(), timeZone)
  const firstDay = epochDayOf(from)
  const lastDay = input.to === undefined ? firstDay + DEFAULT_DAYS - 1 : epochDayOf(input.to)
  if (lastDay < firstDay)
    throw new AppError('invalid_query', { errors: [{ pointer: '/to', message: 'Must not be before "from".' }] })
  if (lastDay - firstDay + 1 > DAYS_MAX)
    throw new AppError('invalid_query', {
      errors: [{ pointer: '/to', message: `Ask for at most ${DAYS_MAX} days at once.` }],
    })
  const clock = wallClock(timeZone, firstDay, lastDay)
  return { timeZone, from: clock.instantOf(firstDay, 0), to: clock.instantOf(lastDay, 1440) }
}

/** What stands in a trainer's way. */
export interface TrainerTimes {
  taken: readonly BookedTime[]
  busyTimes: readonly BusyTime[] | 'unreadable'
}

/** Whose slots for what, and at which instant. `trainingRequestId`: whose own hold does not stand in its way. */
export interface SlotsOf {
  trainerUserId: string
  sessionTypeId: string
  trainingRequestId: string | null
  now: Date
}

/** What decides about a trainer's slots from now to the horizon, read once for every length; null without such a trainer. */
export async function readSlotGrounds(
  deps: SlotDeps,
  scope: OrganizationScope,
  { trainerUserId, sessionTypeId, trainingRequestId, now }: SlotsOf,
): Promise<{ grounds: SlotGrounds; times: TrainerTimes } | null> {
  // The customer's own hold never blocks their other choices (product.md §9).
  const exceptTrainingRequestId = trainingRequestId
  const input = { trainerUserId, sessionTypeId, now, exceptTrainingRequestId }
  const found = await findSlotGroundsAndTaken(deps.db, scope, input)
  if (found === null) return null
  const { grounds, taken } = found
  const longest = Math.max(0, ...grounds.sessionType.durationsMinutes)
  const starts = { from: now.getTime(), to: now.getTime() + grounds.settings.bookingHorizonDays * DAY_MS }
  const busyTimes = await readBusyTimes(deps, grounds.connections, busyRange(grounds, starts, longest))
  return { grounds, times: { taken, busyTimes } }
}

/** How a price would be paid to this organization. */
export function paymentOf(
  deps: Pick<Deps, 'paymentGateways'>,
  organization: { hasPaymentAccount: boolean },
): SlotSearch['payment'] {
  return canTakePayments(deps.paymentGateways, organization) ? 'available' : 'unavailable'
}

/**
 * The times that can be booked now, by the one function that also accepts a booking, sorted by start; with the first one
 * in the whole horizon, and, where there is nothing to choose, an honest word why.
 *
 * Nothing is offered on ignorance: a calendar that cannot be read means no times. Refuses the link's refusals (410) and
 * `invalid_query` for dates out of order or more than 92 days.
 */
export async function listSlots(deps: SlotDeps, link: SchedulingViewLink, input: ListSlotsInput): Promise<Slots> {
  const now = deps.clock.now()
  const row = link.opened
  const { token, trainingRequest, settings } = row
  const use = decideUseLink(token, trainingRequest.status, now)
  if (!use.allowed) throw linkRefusal(row, use.reason)
  const range = dayRange(input, trainingRequest.customerTimeZone ?? settings.timeZone, now)
  const read = await readSlotGrounds(deps, link.scope, {
    trainerUserId: token.trainerUserId,
    sessionTypeId: trainingRequest.sessionTypeId,
    trainingRequestId: trainingRequest.id,
    now,
  })
  if (read === null) throw new AppError('link_not_found')
  return presentSlots(deps, read.grounds, read.times, { durationMinutes: input.durationMinutes, range, now }).answer
}

/** The open times of one length within some days, and what there is to say about them; `all` are those of the horizon. */
export function presentSlots(
  deps: Pick<Deps, 'paymentGateways'>,
  grounds: SlotGrounds,
  times: TrainerTimes,
  { durationMinutes, range, now }: { durationMinutes: number; range: DayRange; now: Date },
): { answer: Slots; all: readonly Slot[] } {
  const all = openSlots(slotSearch(grounds, { now, durationMinutes, ...times, payment: paymentOf(deps, grounds) }))
  const slots = all.filter((slot) => slot.startAt >= range.from && slot.startAt < range.to)
  const answer = {
    timeZone: range.timeZone,
    computedAt: now.toISOString(),
    horizonEnd: new Date(now.getTime() + grounds.settings.bookingHorizonDays * DAY_MS).toISOString(),
    nextAvailable: all[0] === undefined ? null : new Date(all[0].startAt).toISOString(),
    notice:
      slots.length > 0 ? null : noticeOf(deps, grounds, times, { durationMinutes, now, isAnyOpen: all.length > 0 }),
    slots: presentSlotsOf(slots),
  }
  return { answer, all }
}

function presentSlotsOf(slots: readonly Slot[]): Slots['slots'] {
  const write = instantWriter()
  return slots.map(({ startAt, endAt, price }) => ({ start: write(startAt), end: write(endAt), price }))
}

const TIMES_OF_DAY = Array.from({ length: 1440 }, (_, minute) => `T${wallTimeOf(minute)}:00.000Z`)

/**
 * Writes instants out as `Date.toISOString` does, at a fifth of its price: many instants share a date, whole minutes have
 * few times of day, and writing instants was the dearest part of an answer.
 */
function instantWriter(): (instant: number) => string {
  let writtenDay = Number.NaN
  let date = ''
  return (instant) => {
    const day = Math.floor(instant / DAY_MS)
    if (day !== writtenDay) {
      writtenDay = day
      date = dateOfEpochDay(day)
    }
    const time = TIMES_OF_DAY[(instant - day * DAY_MS) / MINUTE_MS]
    return time === undefined ? new Date(instant).toISOString() : date + time
  }
}

function noticeOf(
  deps: Pick<Deps, 'paymentGateways'>,
  grounds: SlotGrounds,
  times: TrainerTimes,
  { durationMinutes, now, isAnyOpen }: { durationMinutes: number; now: Date; isAnyOpen: boolean },
): NonNullable<Slots['notice']> {
  if (times.busyTimes === 'unreadable')
    return {
      code: 'calendar_unreadable',
      message:
        'Your trainer’s calendar cannot be read right now, so no times can be offered. Try again a little later.',
    }
  if (!grounds.pricing.prices.some((entry) => entry.durationMinutes === durationMinutes))
    return { code: 'no_price', message: 'Sessions of this length have no price yet and cannot be booked.' }
  const isPayable = canTakePayments(deps.paymentGateways, grounds)
  if (!isPayable && openSlots(slotSearch(grounds, { now, durationMinutes, ...times, payment: 'available' })).length > 0)
    return {
      code: 'payments_not_configured',
      message: 'The organization cannot take payments yet, so no times can be offered.',
    }
  return isAnyOpen
    ? { code: 'no_open_slots', message: 'There are no open times on these days.' }
    : { code: 'no_open_slots', message: 'There are no open times right now. You can ask your trainer for other times.' }
}

/**
 * At how many distinct times the customer could start now, in whichever length, and the earliest of them: of the trainer who holds the
 * request, and while nobody does, of the caller.
 *
 * Refuses as reading the request does: `not_found`, and `request_already_claimed` for a trainer who came too late.
 */
export async function previewOpenSlots(
  deps: SlotDeps,
  input: { scope: OrganizationScope; caller: Caller; trainingRequestId: string },
): Promise<OpenSlotsPreview> {
  const now = deps.clock.now()
  const { caller, scope, trainingRequestId } = input
  const trainingRequest = await findTrainingRequest(deps.db, scope, trainingRequestId)
  if (trainingRequest === null) throw new AppError('not_found')
  const decision = decideReadRequest(
    caller,
    { claimedBy: trainingRequest.claimedByUserId, requiredSkills: trainingRequest.requiredSkills },
    // Nothing of the customer is told here, so what is hidden makes no difference.
    { hideContactUntilClaimed: false },
  )
  if (!decision.allowed) throw new AppError(decision.reason)
  if (decision.view === 'claimed_by_another') throw new AppError('request_already_claimed')
  const trainerUserId = trainingRequest.claimedByUserId ?? (isTrainer(caller) ? caller.userId : null)
  if (trainerUserId === null) return { count: 0, firstStart: null }
  const { sessionTypeId } = trainingRequest
  const read = await readSlotGrounds(deps, scope, { trainerUserId, sessionTypeId, trainingRequestId, now })
  if (read === null) return { count: 0, firstStart: null }
  const { grounds, times } = read
  // A start that several lengths share is one time to come at.
  const starts = new Set<number>()
  for (const durationMinutes of sellableDurations(grounds)) {
    const slots = openSlots(slotSearch(grounds, { now, durationMinutes, ...times, payment: paymentOf(deps, grounds) }))
    for (const { startAt } of slots) starts.add(startAt)
  }
  return { count: starts.size, firstStart: starts.size === 0 ? null : new Date(Math.min(...starts)).toISOString() }
}
