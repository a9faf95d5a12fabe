import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { bookings } from '../db/schema/bookings.ts'
import { calendarEvents, remoteSessions } from '../db/schema/delivery.ts'
import { users } from '../db/schema/identity.ts'
import { organizations } from '../db/schema/organizations.ts'
import { bookingTokens } from '../db/schema/scheduling.ts'
import { sessionTypes } from '../db/schema/session-types.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { Deps } from '../deps.ts'
import { type BusyTime, openSlots, type Slot, type SlotSearch } from '../domain/availability.ts'
import {
  BOOKING_STATUS_LABELS,
  type BookingState,
  decideCancelBooking,
  decideReschedule,
  isHold,
  isLapsedHold,
  isMoneyReceived,
} from '../domain/booking.ts'
import { type Caller, CUSTOMER, decideReadRequest, isTrainer } from '../domain/caller.ts'
import { policyOf } from '../domain/cancellation.ts'
import { actionOf, refused } from '../domain/decision.ts'
import { money } from '../domain/money.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { resolveSettings } from '../domain/organization-settings.ts'
import {
  isPaymentNotHonoured,
  isRefundOfBooking,
  REFUND_REASON_LABELS,
  REFUND_REASONS,
  type RefundReason,
  type RefundStatus,
} from '../domain/payment.ts'
import {
  decideFinishPayment,
  decideUseLink,
  type LinkEndReason,
  type SchedulingLink,
} from '../domain/scheduling-token.ts'
import { DAY_MS, dateAt, epochDayOf, wallClock } from '../domain/zoned-time.ts'
import { AppError } from '../errors/app-error.ts'
import {
  busyRange,
  findSlotGrounds,
  type SlotGrounds,
  sellableDurations,
  slotSearch,
} from '../modules/bookings/find-slot-grounds.ts'
import { bookingStateOf, listTakenTimes, type TakenTimeRow } from '../modules/bookings/repository.ts'
import { readBusyTimes } from '../modules/calendars/read-busy-times.ts'
import { findTrainingRequest } from '../modules/requests/repository.ts'
import type { PresentedLink } from '../modules/scheduling/find-link.ts'
import { linkOrganization, linkRefusal } from '../modules/scheduling/link-refusal.ts'
import { findSchedulingLink } from '../modules/scheduling/repository.ts'
import type {
  CreatedBooking,
  CustomerBooking,
  OpenSlotsPreview,
  Scheduling,
  Slots,
} from '../modules/scheduling/schemas.ts'
import { canTakePayments } from '../platform/payment-gateway/payment-gateways.ts'
import type { Action } from '../wire/problem.ts'
import { deliveryColumns, isCalendarEventOfBooking, isRemoteSessionOfBooking, presentDelivery } from './delivery.ts'

type SchedulingViewLink = Extract<PresentedLink, { kind: 'scheduling' }>
type ReadDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>
/** What a question about slots asks. */
export type SlotDeps = Pick<Deps, 'db' | 'clock' | 'calendars' | 'paymentGateways'>

interface LatestLinkJson {
  expiresAt: string
  endedAt: string | null
  endReason: LinkEndReason | null
}

interface SentBackJson {
  amount: number
  currency: string
  status: RefundStatus
  reason: RefundReason
}

/** Why money goes back that arrived and could not be used. */
const NOT_HONOURED_REASONS = sql.join(
  REFUND_REASONS.filter(isPaymentNotHonoured).map((reason) => sql`${reason}`),
  sql`, `,
)

// Aggregates come as text or as values, depending on how the driver reads json.
function json<Value>(subquery: SQL) {
  return sql<Value>`${subquery}`.mapWith((value: unknown) =>
    typeof value === 'string' ? (JSON.parse(value) as Value) : (value as Value),
  )
}

/** Everything that a booking's presentation to its customer needs, in one statement. */
function selectCustomerBookings(db: Db | Tx) {
  return db
    .select({
      booking: bookings,
      reference: trainingRequests.reference,
      requestStatus: trainingRequests.status,
      settings: organizations.settings,
      trainerFirstName: users.firstName,
      sessionTypeName: sessionTypes.name,
      ...deliveryColumns,
      checkoutUrl: sql<string | null>`(
        select p.checkout_url from payments p
        where p.booking_id = ${bookings.id} and p.organization_id = ${bookings.organizationId} and p.state = 'open'
        order by p.attempt desc limit 1)`,
      sentBack: json<SentBackJson | null>(sql`(
        select json_build_object('amount', r.amount_minor, 'currency', r.currency, 'status', r.status, 'reason', r.reason)
        from refunds r
        where r.booking_id = ${bookings.id} and r.organization_id = ${bookings.organizationId}
          and r.reason in (${NOT_HONOURED_REASONS})
        order by r.id desc limit 1)`),
      latestLink: json<LatestLinkJson | null>(sql`(
        select json_build_object('expiresAt', l.expires_at, 'endedAt', l.ended_at, 'endReason', l.end_reason)
        from scheduling_tokens l
        where l.training_request_id = ${trainingRequests.id} and l.organization_id = ${trainingRequests.organizationId}
        order by l.id desc limit 1)`),
    })
    .from(bookings)
    .innerJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, bookings.organizationId),
        eq(trainingRequests.id, bookings.trainingRequestId),
      ),
    )
    .innerJoin(organizations, eq(organizations.id, bookings.organizationId))
    .innerJoin(users, eq(users.id, bookings.trainerUserId))
    .innerJoin(
      sessionTypes,
      and(eq(sessionTypes.organizationId, bookings.organizationId), eq(sessionTypes.id, bookings.sessionTypeId)),
    )
    .leftJoin(remoteSessions, isRemoteSessionOfBooking)
    .leftJoin(calendarEvents, isCalendarEventOfBooking)
    .$dynamic()
}

type CustomerBookingRecord = Awaited<ReturnType<typeof selectCustomerBookings>>[number]

async function findCustomerBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  of: { bookingId: string } | { trainingRequestId: string },
): Promise<CustomerBookingRecord | null> {
  const [record] = await selectCustomerBookings(db)
    .where(
      and(
        eq(bookings.organizationId, scope.organizationId),
        'bookingId' in of ? eq(bookings.id, of.bookingId) : eq(bookings.trainingRequestId, of.trainingRequestId),
      ),
    )
    // At most one booking of a request is open (bookings_one_open_per_request), and a live one is open.
    .orderBy(desc(inArray(bookings.status, ['pending_payment', 'confirmed'])), desc(bookings.id))
    .limit(1)
  return record ?? null
}

function latestLinkOf({ latestLink }: CustomerBookingRecord): SchedulingLink | null {
  if (latestLink === null) return null
  return {
    expiresAt: new Date(latestLink.expiresAt),
    endedAt: latestLink.endedAt === null ? null : new Date(latestLink.endedAt),
    endReason: latestLink.endReason,
  }
}

function actionsOf(
  record: CustomerBookingRecord,
  state: BookingState,
  link: SchedulingLink | null,
  now: Date,
): CustomerBooking['actions'] {
  const settings = resolveSettings(record.settings)
  const received = isMoneyReceived(state) ? refused('payment_already_received') : null
  const rights = {
    customerMayCancel: settings.customerMayCancel,
    customerMayReschedule: settings.customerMayReschedule,
    rescheduleWindowHours: record.booking.cancellationPolicy.rescheduleWindowHours,
  }
  const actions = {
    pay: actionOf(
      received ??
        (link === null ? refused('link_replaced') : decideFinishPayment(link, record.requestStatus, state, now)),
    ),
    chooseAnother: actionOf(
      received ?? (link === null ? refused('link_replaced') : decideUseLink(link, record.requestStatus, now)),
    ),
    cancel: actionOf(decideCancelBooking(CUSTOMER, state, rights, now)),
    reschedule: actionOf(decideReschedule(CUSTOMER, state, rights, now)),
  }
  return actions as Record<keyof typeof actions, Action>
}

/** A booking as its customer sees it. `link`: the scheduling link that decides what they may still do. */
function presentBooking(
  { secrets }: Pick<Deps, 'secrets'>,
  record: CustomerBookingRecord,
  link: SchedulingLink | null,
  now: Date,
): CustomerBooking {
  const { booking, sentBack } = record
  const state = bookingStateOf(booking)
  const status = isLapsedHold(state, now) ? 'expired' : booking.status
  const isRunning = isHold(state, now)
  const { state: _, ...delivery } = presentDelivery(secrets, record, { forTrainer: false })
  const isBooked = booking.status === 'confirmed' || booking.status === 'completed'
  return {
    id: booking.id,
    reference: record.reference,
    // The deadline counts, not whether the sweep has passed by (product.md §9).
    status,
    statusLabel: BOOKING_STATUS_LABELS[status],
    paymentStatus: booking.paymentStatus,
    start: booking.startAt.toISOString(),
    end: booking.endAt.toISOString(),
    durationMinutes: booking.durationMinutes,
    timeZone: booking.customerTimeZone,
    organization: linkOrganization({ settings: resolveSettings(record.settings) }),
    trainer: { firstName: record.trainerFirstName },
    sessionType: { name: record.sessionTypeName },
    price: money(booking.priceMinor, booking.currency),
    refunded: money(booking.refundedMinor, booking.currency),
    sentBack:
      sentBack === null
        ? null
        : {
            amount: money(sentBack.amount, sentBack.currency),
            status: sentBack.status,
            reason: REFUND_REASON_LABELS[sentBack.reason],
            isOfBooking: isRefundOfBooking(sentBack.reason),
          },
    holdExpiresAt: isRunning ? (booking.holdExpiresAt?.toISOString() ?? null) : null,
    checkoutUrl: isRunning ? record.checkoutUrl : null,
    // Where to go is for those who have booked, not for everyone who tries a time.
    delivery: { ...delivery, details: isBooked ? delivery.details : null },
    cancellationPolicy: booking.cancellationPolicy,
    actions: actionsOf(record, state, link, now),
  }
}

/**
 * What a scheduling link opens: who offers what, by which rules, and what the customer has chosen already.
 *
 * Refuses as every call with the link does (410).
 */
export async function readScheduling(deps: ReadDeps, link: SchedulingViewLink): Promise<Scheduling> {
  const now = deps.clock.now()
  const row = link.opened
  const { token, trainingRequest, settings } = row
  const use = decideUseLink(token, trainingRequest.status, now)
  if (!use.allowed) throw linkRefusal(row, use.reason)
  const grounds = await findSlotGrounds(deps.db, link.scope, {
    trainerUserId: token.trainerUserId,
    sessionTypeId: trainingRequest.sessionTypeId,
    now,
  })
  if (grounds === null) throw new AppError('link_not_found')
  const record = await findCustomerBooking(deps.db, link.scope, { trainingRequestId: trainingRequest.id })
  return {
    reference: trainingRequest.reference,
    organization: {
      ...linkOrganization(row),
      timeZone: settings.timeZone,
      privacyPolicyUrl: settings.privacyPolicyUrl,
      termsUrl: settings.termsUrl,
    },
    trainer: { firstName: grounds.trainer.firstName },
    sessionType: { name: grounds.sessionType.name, description: grounds.sessionType.description },
    durations: sellableDurations(grounds).map((durationMinutes) => ({ durationMinutes })),
    cancellationPolicy: policyOf(settings),
    slotHoldMinutes: settings.slotHoldMinutes,
    customerTimeZone: trainingRequest.customerTimeZone,
    expiresAt: token.expiresAt.toISOString(),
    booking: isChosen(record) ? presentBooking(deps, record, token, now) : null,
  }
}

/** What was given up for another time, or withdrawn by a resend, is chosen no more. */
function isChosen(record: CustomerBookingRecord | null): record is CustomerBookingRecord {
  return record !== null && record.booking.status !== 'canceled'
}

/**
 * The customer's own booking, by their scheduling link or by the link that the checkout returns to.
 *
 * A scheduling link that is used answers until the session's end; one that has expired, while its payment may still be
 * finished. A return link answers until it runs out or the session ends. `not_found` while nothing is booked.
 */
export async function readCustomerBooking(deps: ReadDeps, link: PresentedLink): Promise<CustomerBooking> {
  return link.kind === 'scheduling' ? readByScheduling(deps, link) : readByReturn(deps, link)
}

async function readByScheduling(deps: ReadDeps, link: SchedulingViewLink): Promise<CustomerBooking> {
  const now = deps.clock.now()
  const row = link.opened
  const { token, trainingRequest } = row
  const record = await findCustomerBooking(deps.db, link.scope, { trainingRequestId: trainingRequest.id })
  const booking = isChosen(record) ? record : null
  const use = decideUseLink(token, trainingRequest.status, now)
  if (!use.allowed) {
    const isStillShown =
      booking !== null &&
      (use.reason === 'link_used'
        ? now.getTime() < booking.booking.endAt.getTime()
        : decideFinishPayment(token, trainingRequest.status, bookingStateOf(booking.booking), now).allowed)
    if (!isStillShown) throw linkRefusal(row, use.reason)
  }
  if (booking === null) throw new AppError('not_found', { detail: 'No time has been chosen yet.' })
  return presentBooking(deps, booking, token, now)
}

async function readByReturn(
  deps: ReadDeps,
  link: Exclude<PresentedLink, { kind: 'scheduling' }>,
): Promise<CustomerBooking> {
  const now = deps.clock.now()
  const [token] = await deps.db
    .select({ expiresAt: bookingTokens.expiresAt })
    .from(bookingTokens)
    .where(and(eq(bookingTokens.organizationId, link.scope.organizationId), eq(bookingTokens.id, link.bookingTokenId)))
  const record = await findCustomerBooking(deps.db, link.scope, { bookingId: link.bookingId })
  if (token === undefined || record === null) throw new AppError('link_not_found')
  const until = Math.min(token.expiresAt.getTime(), record.booking.endAt.getTime())
  if (now.getTime() >= until) throw linkRefusal({ settings: resolveSettings(record.settings) }, 'link_expired')
  return presentBooking(deps, record, latestLinkOf(record), now)
}

/** The booking that a choice led to, with the address to pay at, for the customer who has just made it. */
export async function readCreatedBooking(
  deps: ReadDeps,
  link: SchedulingViewLink,
  bookingId: string,
): Promise<CreatedBooking> {
  const now = deps.clock.now()
  const row = await findSchedulingLink(deps.db, link.scope, link.schedulingTokenId)
  const record = await findCustomerBooking(deps.db, link.scope, { bookingId })
  if (row === null || record === null) throw new AppError('not_found')
  const booking = presentBooking(deps, record, row.token, now)
  return { booking, checkoutUrl: booking.checkoutUrl }
}

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
  taken: readonly TakenTimeRow[]
  busyTimes: readonly BusyTime[] | 'unreadable'
}

/** What stands in the trainer's way from now to the horizon, read once for every length. */
export async function readTrainerTimes(
  deps: SlotDeps,
  grounds: SlotGrounds,
  input: { trainingRequestId: string | null; now: Date },
): Promise<TrainerTimes> {
  const { now } = input
  const longest = Math.max(0, ...grounds.sessionType.durationsMinutes)
  const starts = { from: now.getTime(), to: now.getTime() + grounds.settings.bookingHorizonDays * DAY_MS }
  const [taken, busyTimes] = await Promise.all([
    listTakenTimes(deps.db, {
      trainerUserId: grounds.trainer.id,
      from: now,
      to: new Date(starts.to + longest * 60_000),
      now,
      // The customer's own hold never blocks their other choices (product.md §9).
      ...(input.trainingRequestId === null ? {} : { exceptTrainingRequestId: input.trainingRequestId }),
    }),
    readBusyTimes(deps, grounds.connections, busyRange(grounds, starts, longest)),
  ])
  return { taken, busyTimes }
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
  const grounds = await findSlotGrounds(deps.db, link.scope, {
    trainerUserId: token.trainerUserId,
    sessionTypeId: trainingRequest.sessionTypeId,
    now,
  })
  if (grounds === null) throw new AppError('link_not_found')
  const times = await readTrainerTimes(deps, grounds, { trainingRequestId: trainingRequest.id, now })
  return presentSlots(deps, grounds, times, { durationMinutes: input.durationMinutes, range, now }).answer
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
  // One slot's end is often another's start, and writing an instant out is the dearest part of an answer.
  const written = new Map<number, string>()
  const write = (instant: number) => {
    let text = written.get(instant)
    if (text === undefined) {
      text = new Date(instant).toISOString()
      written.set(instant, text)
    }
    return text
  }
  return slots.map(({ startAt, endAt, price }) => ({ start: write(startAt), end: write(endAt), price }))
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
  const grounds = await findSlotGrounds(deps.db, scope, { trainerUserId, sessionTypeId, now })
  if (grounds === null) return { count: 0, firstStart: null }
  const times = await readTrainerTimes(deps, grounds, { trainingRequestId, now })
  // A start that several lengths share is one time to come at.
  const starts = new Set<number>()
  for (const durationMinutes of sellableDurations(grounds)) {
    const slots = openSlots(slotSearch(grounds, { now, durationMinutes, ...times, payment: paymentOf(deps, grounds) }))
    for (const { startAt } of slots) starts.add(startAt)
  }
  return { count: starts.size, firstStart: starts.size === 0 ? null : new Date(Math.min(...starts)).toISOString() }
}
