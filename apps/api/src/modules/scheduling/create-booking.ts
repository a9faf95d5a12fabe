import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import { isSlotConflict } from '../../db/pg-errors.ts'
import type { Deps } from '../../deps.ts'
import { type BusyTime, type Slot, slotAt } from '../../domain/availability.ts'
import { isHold, isLive, isMoneyReceived } from '../../domain/booking.ts'
import { actorOf, CUSTOMER } from '../../domain/caller.ts'
import { policyOf } from '../../domain/cancellation.ts'
import { holdExpiresAt } from '../../domain/hold.ts'
import { isSameMoney, type Money, money } from '../../domain/money.ts'
import { decideFinishPayment, decideUseLink } from '../../domain/scheduling-token.ts'
import { AppError } from '../../errors/app-error.ts'
import { canTakePayments } from '../../platform/payment-gateway/payment-gateways.ts'
import { expireLapsedHoldsOfTrainer } from '../bookings/expire-lapsed-holds.ts'
import { busyRange, findSlotGrounds, type SlotGrounds, slotSearch } from '../bookings/find-slot-grounds.ts'
import { insertBookingToken } from '../bookings/insert-booking-token.ts'
import { lockTrainer } from '../bookings/lock-trainer.ts'
import {
  type BookingRow,
  bookingStateOf,
  findBookingOfRequest,
  insertBooking,
  listTakenTimes,
  type TakenTimeRow,
} from '../bookings/repository.ts'
import { readCalendars } from '../calendars/read-busy-times.ts'
import { closeCheckouts } from '../payments/close-checkouts.ts'
import { openCheckout } from '../payments/open-checkout.ts'
import { endSchedulingToken } from '../requests/end-scheduling-token.ts'
import { reportUnreadableCalendars } from '../requests/report-unreadable-calendars.ts'
import { stepTrainingRequest } from '../requests/repository.ts'
import { endHold } from './end-hold.ts'
import { linkRefusal } from './link-refusal.ts'
import { type LinkOfRequest, lockRequestOfLink } from './lock-request-of-link.ts'
import { findSchedulingLink, type SchedulingLinkRow } from './repository.ts'

type BookingDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'paymentGateways' | 'calendars' | 'config'>

export interface CreateBookingInput extends LinkOfRequest {
  start: Date
  durationMinutes: number
  /** The zone that the customer reads the time in. */
  timeZone: string
  /** What the customer was shown, where the page says so. */
  expectedPrice: Money | null
}

export interface ChosenBooking {
  bookingId: string
  /** False: this very choice had been made before. */
  isNew: boolean
}

/** What was read changes while provider and calendar are asked: looked at again so many times before giving up. */
const TRIES = 3
/** The way back from checkout stays open for so long after the hold (product.md §6). */
const RETURN_LINK_AFTER_HOLD_MS = 24 * 60 * 60_000
const ACTOR = actorOf(CUSTOMER)

/**
 * Holds the time that a customer has chosen and opens the checkout to pay for it; with nothing to pay, it is booked at
 * once.
 *
 * The same choice again is the same booking (`isNew: false`), continued where an outage had left it; also once it is
 * booked, when every other choice is `link_used`. Another choice closes the old checkout at the provider first (paid
 * meanwhile: `payment_already_received`, nothing changes), then one transaction ends the old hold and makes the new one;
 * where the new time has gone meanwhile, the old hold stands. The slot is judged twice by the one function that also
 * offers it: before anything is touched, and under the trainer's lock against the bookings of that moment.
 * `bookings_no_overlap` keeps the promise whatever happens here.
 *
 * Refuses the link's own refusals (410), `slot_unavailable`, `price_changed` with the price now, `payment_already_received`,
 * `payments_not_configured`, `calendar_unavailable`, `invalid_state` when other choices of the same customer kept coming in
 * between, and `payment_provider_unavailable` with the hold kept: a repeat continues.
 */
export async function createBooking(deps: BookingDeps, input: CreateBookingInput): Promise<ChosenBooking> {
  const chosen = await chooseTime(deps, input)
  if (chosen.isToBePaid) await openCheckout(deps, { scope: input.scope, bookingId: chosen.bookingId })
  return { bookingId: chosen.bookingId, isNew: chosen.isNew }
}

type Chosen = ChosenBooking & { isToBePaid: boolean }

async function chooseTime(deps: BookingDeps, input: CreateBookingInput): Promise<Chosen> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const chosen = await tryToChoose(deps, input)
    if (chosen !== null) return chosen
  }
  // Only other choices through this request's own links, and changes of it, come in between so often: one of them stands.
  const link = await findSchedulingLink(deps.db, input.scope, input.schedulingTokenId)
  if (link === null) throw new AppError('link_not_found')
  throw new AppError('invalid_state', { currentStatus: link.trainingRequest.status })
}

/** Null: things are no longer as they were read; read them again. */
async function tryToChoose(deps: BookingDeps, input: CreateBookingInput): Promise<Chosen | null> {
  const { scope } = input
  const now = deps.clock.now()
  const link = await findSchedulingLink(deps.db, scope, input.schedulingTokenId)
  if (link === null) throw new AppError('link_not_found')
  const own = await findBookingOfRequest(deps.db, scope, input.trainingRequestId)
  const repeated = repeatedChoice(link, own, input, now)
  if (repeated !== null) return repeated
  const use = decideUseLink(link.token, link.trainingRequest.status, now)
  if (!use.allowed) throw linkRefusal(link, use.reason)
  if (own !== null && own.status === 'pending_payment' && isMoneyReceived(own))
    throw new AppError('payment_already_received')

  const { trainerUserId } = link.token
  const { sessionTypeId } = link.trainingRequest
  const grounds = await findSlotGrounds(deps.db, scope, { trainerUserId, sessionTypeId, now })
  if (grounds === null) throw new AppError('slot_unavailable')
  const { busy: busyTimes, unreadable } = await readCalendars(
    deps,
    grounds.connections,
    busyRange(grounds, { from: input.start.getTime(), to: input.start.getTime() }, input.durationMinutes),
  )
  if (unreadable.length > 0) {
    const { trainingRequestId } = input
    await reportUnreadableCalendars(deps, scope, { trainingRequestId, bookingId: own?.id ?? null, unreadable })
    throw new AppError('calendar_unavailable')
  }
  const seen = { now, link, grounds, busyTimes }
  judgeSlot(deps, input, { ...seen, taken: await listTaken(deps.db, input, seen) })

  if (own?.status === 'pending_payment') {
    const closed = await closeCheckouts(deps, { scope, bookingId: own.id })
    if (closed === 'paid') throw new AppError('payment_already_received')
  }
  try {
    return await inTransaction(deps.db, (tx) => reserve(tx, deps, input, { ...seen, closedBookingId: own?.id ?? null }))
  } catch (error) {
    if (isSlotConflict(error)) throw new AppError('slot_unavailable', {}, { cause: error })
    throw error
  }
}

interface Seen {
  now: Date
  link: SchedulingLinkRow
  grounds: SlotGrounds
  busyTimes: readonly BusyTime[]
}

function isSameChoice(booking: BookingRow, input: CreateBookingInput): boolean {
  return booking.startAt.getTime() === input.start.getTime() && booking.durationMinutes === input.durationMinutes
}

/**
 * What the customer has chosen already, when it is just this and is booked or may still be finished; a hold outlives its
 * link.
 */
function repeatedChoice(
  link: SchedulingLinkRow,
  own: BookingRow | null,
  input: CreateBookingInput,
  now: Date,
): Chosen | null {
  if (own === null || !isSameChoice(own, input) || !isLive(own, now)) return null
  // Booked already: whoever repeats the choice that did it has lost the answer, and reads it once more.
  const isBooked = own.status === 'confirmed' && link.trainingRequest.status === 'confirmed'
  const finish = decideFinishPayment(link.token, link.trainingRequest.status, bookingStateOf(own), now)
  if (!isBooked && !finish.allowed) return null
  const price = money(own.priceMinor, own.currency)
  assertExpectedPrice(input, price)
  return { bookingId: own.id, isNew: false, isToBePaid: isHold(own, now) }
}

function assertExpectedPrice(input: CreateBookingInput, price: Money): void {
  if (input.expectedPrice !== null && !isSameMoney(input.expectedPrice, price))
    throw new AppError('price_changed', { price })
}

async function listTaken(db: BookingDeps['db'], input: CreateBookingInput, { now, link }: Pick<Seen, 'now' | 'link'>) {
  return listTakenTimes(db, {
    trainerUserId: link.token.trainerUserId,
    from: input.start,
    to: new Date(input.start.getTime() + input.durationMinutes * 60_000),
    now,
    exceptTrainingRequestId: input.trainingRequestId,
  })
}

/** The chosen slot if it is open at this moment, at the price that was shown; refuses otherwise. */
function judgeSlot(
  deps: Pick<Deps, 'paymentGateways'>,
  input: CreateBookingInput,
  { now, grounds, busyTimes, taken }: Omit<Seen, 'link'> & { taken: readonly TakenTimeRow[] },
): Slot {
  const ask = (payment: 'available' | 'unavailable') =>
    slotAt(
      slotSearch(grounds, { now, durationMinutes: input.durationMinutes, taken, busyTimes, payment }),
      input.start.getTime(),
    )
  const isPayable = canTakePayments(deps.paymentGateways, grounds)
  const slot = ask(isPayable ? 'available' : 'unavailable')
  if (slot === null) {
    const isOnlyMoney = !isPayable && ask('available') !== null
    throw new AppError(isOnlyMoney ? 'payments_not_configured' : 'slot_unavailable')
  }
  assertExpectedPrice(input, slot.price)
  return slot
}

/** The transaction: steps 2 to 7 of `createBooking` in docs/architecture.md, in the lock order of every transaction. */
async function reserve(
  tx: Tx,
  deps: BookingDeps,
  input: CreateBookingInput,
  seen: Seen & { closedBookingId: string | null },
): Promise<Chosen | null> {
  const { scope, trainingRequestId } = input
  const { now, grounds } = seen
  const { trainerUserId } = seen.link.token
  await lockTrainer(tx, trainerUserId)

  const { trainingRequest, link } = await lockRequestOfLink(tx, input)
  const own = await findBookingOfRequest(tx, scope, trainingRequestId)
  const repeated = repeatedChoice(link, own, input, now)
  if (repeated !== null) return repeated
  const use = decideUseLink(link.token, trainingRequest.status, now)
  if (!use.allowed) throw linkRefusal(link, use.reason)
  if (
    trainingRequest.claimedByUserId !== trainerUserId ||
    trainingRequest.sessionTypeId !== seen.link.trainingRequest.sessionTypeId
  )
    return null

  if (own?.status === 'pending_payment') {
    if (isMoneyReceived(own)) throw new AppError('payment_already_received')
    if (own.id !== seen.closedBookingId) return null
    if (!(await endHold(tx, scope, own, { reason: 'slot_changed', actor: ACTOR, now, ids: deps.ids }))) return null
  }
  const endAt = new Date(input.start.getTime() + input.durationMinutes * 60_000)
  await expireLapsedHoldsOfTrainer(tx, { trainerUserId, startAt: input.start, endAt, now, ids: deps.ids })

  const slot = judgeSlot(deps, input, { ...seen, taken: await listTaken(tx, input, seen) })
  const isFree = slot.price.amount === 0
  const deadline = isFree ? null : holdExpiresAt(now, grounds.settings.slotHoldMinutes, input.start)
  const booking = await insertBooking(tx, scope, {
    values: {
      trainingRequestId,
      trainerUserId,
      sessionTypeId: grounds.sessionType.id,
      status: isFree ? 'confirmed' : 'pending_payment',
      paymentStatus: isFree ? 'not_required' : 'unpaid',
      startAt: input.start,
      endAt,
      durationMinutes: input.durationMinutes,
      bufferBeforeMinutes: grounds.settings.bufferBeforeMinutes,
      bufferAfterMinutes: grounds.settings.bufferAfterMinutes,
      customerTimeZone: input.timeZone,
      priceMinor: slot.price.amount,
      currency: slot.price.currency,
      holdExpiresAt: deadline,
      cancellationPolicy: policyOf(grounds.settings),
      deliveryMethod: grounds.sessionType.deliveryMethod,
      deliveryDetails: grounds.sessionType.deliveryDetails,
      confirmedAt: isFree ? now : null,
    },
    actor: ACTOR,
    now,
    ids: deps.ids,
  })
  if (deadline !== null) {
    await insertBookingToken(tx, deps, scope, {
      bookingId: booking.id,
      purpose: 'checkout_return',
      expiresAt: new Date(deadline.getTime() + RETURN_LINK_AFTER_HOLD_MS),
      now,
    })
  }

  const stepped = await stepTrainingRequest(tx, scope, {
    trainingRequestId,
    // A hold that had run out is recorded as such above, and nothing is changed from it.
    occasion: isFree ? 'free_slot_taken' : own !== null && isHold(own, now) ? 'slot_changed' : 'slot_taken',
    actor: ACTOR,
    now,
    ids: deps.ids,
  })
  if (stepped === null) throw linkRefusal(link, 'link_replaced')
  if (isFree) await endSchedulingToken(tx, scope, { trainingRequestId, reason: 'used', now })
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor: ACTOR,
    now,
    event: {
      name: isFree ? 'booking_confirmed' : 'booking_held',
      payload: {
        requestId: trainingRequestId,
        bookingId: booking.id,
        status: booking.status,
        trainerId: trainerUserId,
      },
    },
  })
  return { bookingId: booking.id, isNew: true, isToBePaid: !isFree }
}
