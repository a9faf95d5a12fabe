import { and, asc, eq, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { users } from '../db/schema/identity.ts'
import { sessionTypePrices, sessionTypes } from '../db/schema/session-types.ts'
import type { Deps } from '../deps.ts'
import { explainSlot as explain, type Obstacle, openSlots, PAID_SLOT_LEAD_MINUTES } from '../domain/availability.ts'
import { decideReadSchedule, isTrainer } from '../domain/caller.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { personalTimeZone } from '../domain/personal-time-zone.ts'
import { DAY_MS, dateAt } from '../domain/zoned-time.ts'
import { AppError } from '../errors/app-error.ts'
import {
  busyRange,
  findSlotGrounds,
  type SlotGrounds,
  sellableDurations,
  slotSearch,
} from '../modules/bookings/find-slot-grounds.ts'
import { listTakenTimes } from '../modules/bookings/repository.ts'
import { readBusyTimes } from '../modules/calendars/read-busy-times.ts'
import { instantInWords, sessionTime } from '../modules/notifications/templates/wording.ts'
import type { callerFinder } from '../modules/organizations/find-caller.ts'
import { findMember } from '../modules/organizations/repository.ts'
import type { SlotExplanation, Slots } from '../modules/scheduling/schemas.ts'
import { dayRange, type ListSlotsInput, paymentOf, presentSlots, readSlotGrounds, type SlotDeps } from './slots.ts'

type Members = Pick<ReturnType<typeof callerFinder>, 'memberOf'>

interface ScheduleInput {
  signedIn: { sub: string; signInId: string }
  /** The slug of the organization whose customers would book. */
  organization: string
  sessionTypeId?: string
  /** Another trainer; for admins. */
  trainerId?: string
  durationMinutes: number
}

/** Whose schedule is asked about, and in which organization. */
interface Subject {
  scope: OrganizationScope
  trainerUserId: string
  /** False: an admin looks at somebody else's. */
  isOwn: boolean
}

/**
 * Lets in who may see the schedule. `not_found` for an organization that the person is no member of and for somebody who
 * is no active trainer there.
 */
async function subjectOf(deps: Pick<Deps, 'db'>, members: Members, input: ScheduleInput): Promise<Subject> {
  const userId = input.signedIn.sub
  const found = await members.memberOf({ userId, signInId: input.signedIn.signInId, slug: input.organization })
  if (found === null) throw new AppError('not_found')
  const trainerUserId = input.trainerId?.toLowerCase() ?? userId
  const decision = decideReadSchedule(found.caller, trainerUserId)
  if (!decision.allowed) throw new AppError(decision.reason)
  const isOwn = trainerUserId === userId
  const trainer = isOwn ? found.caller : await findMember(deps.db, found.scope, trainerUserId)
  if (trainer === null || !isTrainer(trainer)) throw new AppError('not_found')
  return { scope: found.scope, trainerUserId, isOwn }
}

function sessionTypeOf(db: Db | Tx, scope: OrganizationScope, input: ScheduleInput): Promise<string | null> | string {
  return input.sessionTypeId ?? likelySessionType(db, scope, input.durationMinutes)
}

/** The oldest active session type that sells this length; else one that lists it; else the oldest; null without any. */
async function likelySessionType(
  db: Db | Tx,
  scope: OrganizationScope,
  durationMinutes: number,
): Promise<string | null> {
  const isListed = sql<boolean>`${durationMinutes} = any(${sessionTypes.durationsMinutes})`
  const isPriced = sql<boolean>`exists (select 1 from ${sessionTypePrices}
    where ${sessionTypePrices.sessionTypeId} = ${sessionTypes.id}
      and ${sessionTypePrices.durationMinutes} = ${durationMinutes})`
  const [row] = await db
    .select({ id: sessionTypes.id })
    .from(sessionTypes)
    .where(and(eq(sessionTypes.organizationId, scope.organizationId), eq(sessionTypes.status, 'active')))
    .orderBy(sql`(${isListed} and ${isPriced}) desc`, sql`${isListed} desc`, asc(sessionTypes.id))
    .limit(1)
  return row?.id ?? null
}

/** How far ahead the preview warns that nothing is open. */
const SOON_DAYS = 14

/**
 * What a customer who picks a time would be offered, by the same engine and from the same grounds as `listSlots`: of the
 * person's own schedule, or, for an admin, of a trainer of the organization.
 *
 * `notice` also says when the coming two weeks hold no open time, although the days asked for may. Refuses `not_found`,
 * `trainer_role_required` and `org_admin_required`, and `invalid_query` as `listSlots` does.
 */
export async function previewMySlots(
  deps: SlotDeps,
  members: Members,
  input: ScheduleInput & ListSlotsInput,
): Promise<Slots> {
  const now = deps.clock.now()
  const { scope, trainerUserId } = await subjectOf(deps, members, input)
  const sessionTypeId = await sessionTypeOf(deps.db, scope, input)
  if (sessionTypeId === null)
    throw new AppError('not_found', { detail: 'The organization has no session type that could be booked.' })
  const read = await readSlotGrounds(deps, scope, { trainerUserId, sessionTypeId, trainingRequestId: null, now })
  if (read === null) throw new AppError('not_found')
  const { grounds, times } = read
  const range = dayRange(input, grounds.trainer.timeZone, now)
  const { durationMinutes } = input
  const { answer, all } = presentSlots(deps, grounds, times, { durationMinutes, range, now })
  const soon = now.getTime() + SOON_DAYS * DAY_MS
  const hasSoon = all[0] !== undefined && all[0].startAt <= soon
  if (hasSoon || (answer.notice !== null && answer.notice.code !== 'no_open_slots')) return answer
  const isOpenInAnother = sellableDurations(grounds).some((minutes) => {
    const search = slotSearch(grounds, {
      now,
      durationMinutes: minutes,
      ...times,
      payment: paymentOf(deps, grounds),
      to: soon,
    })
    return minutes !== durationMinutes && openSlots(search).length > 0
  })
  const message = isOpenInAnother
    ? `The coming two weeks have no open time for ${durationMinutes} minutes.`
    : 'The coming two weeks have no open time at all: customers find nothing to choose.'
  return { ...answer, notice: { code: 'no_open_slots', message } }
}

/**
 * Why a time is not offered: every rule, blackout, session, busy event or setting that removes it, in words, with times in
 * the reader's own zone; by the same engine that offers and accepts.
 *
 * To an admin who asks about somebody else, calendar events, time off and sessions of other organizations are "busy
 * elsewhere" with their interval and nothing more (product.md §7). Refuses `not_found`, `trainer_role_required` and
 * `org_admin_required`.
 */
export async function explainSlot(
  deps: SlotDeps,
  members: Members,
  input: ScheduleInput & { start: string },
): Promise<SlotExplanation> {
  const now = deps.clock.now()
  const subject = await subjectOf(deps, members, input)
  const sessionTypeId = await sessionTypeOf(deps.db, subject.scope, input)
  if (sessionTypeId === null)
    return {
      offered: false,
      obstacles: [{ kind: 'length_not_offered', label: 'The organization has no session type that could be booked.' }],
    }
  const { trainerUserId } = subject
  const grounds = await findSlotGrounds(deps.db, subject.scope, { trainerUserId, sessionTypeId, now })
  if (grounds === null) throw new AppError('not_found')
  const { durationMinutes } = input
  const start = new Date(input.start)
  const startAt = start.getTime()
  const [taken, busyTimes, reader] = await Promise.all([
    listTakenTimes(deps.db, {
      trainerUserId,
      from: start,
      to: new Date(startAt + durationMinutes * 60_000),
      now,
    }),
    readBusyTimes(deps, grounds.connections, busyRange(grounds, { from: startAt, to: startAt }, durationMinutes)),
    readerOf(deps.db, input.signedIn.sub, grounds),
  ])
  const search = slotSearch(grounds, { now, durationMinutes, taken, busyTimes, payment: paymentOf(deps, grounds) })
  const { offered, obstacles } = explain(search, startAt)
  const ownBookings = new Set(
    taken.filter((one) => one.organizationId === subject.scope.organizationId).map((one) => one.id),
  )
  const words = { ...reader, subject, grounds, startAt, durationMinutes }
  return {
    offered,
    obstacles: obstacles
      .slice(0, OBSTACLES_SHOWN)
      .map((obstacle) => presentObstacle(obstacle, words, (bookingId) => ownBookings.has(bookingId))),
  }
}

/** As many as the contract lists. */
const OBSTACLES_SHOWN = 500

async function readerOf(
  db: Db | Tx,
  userId: string,
  grounds: SlotGrounds,
): Promise<{ timeZone: string; locale: string }> {
  const [row] = await db
    .select({ timeZone: users.timeZone, locale: users.locale })
    .from(users)
    .where(eq(users.id, userId))
  if (row === undefined) throw new Error('Whoever is signed in is there.')
  if (userId === grounds.trainer.id) return { timeZone: grounds.trainer.timeZone, locale: row.locale }
  return { timeZone: personalTimeZone(row.timeZone, [grounds.settings.timeZone]), locale: row.locale }
}

interface Words {
  timeZone: string
  locale: string
  subject: Subject
  grounds: SlotGrounds
  startAt: number
  durationMinutes: number
}

type Explained = SlotExplanation['obstacles'][number]

function presentObstacle(
  obstacle: Obstacle,
  words: Words,
  isOfOrganization: (bookingId: string) => boolean,
): Explained {
  const { isOwn } = words.subject
  const id = 'id' in obstacle && obstacle.id !== null ? { id: obstacle.id } : {}
  if (!('onlyBuffer' in obstacle)) return { kind: obstacle.kind, ...id, label: labelOf(obstacle, words) }
  const { timeZone, locale } = words
  const [startAt, endAt] = [new Date(obstacle.startAt), new Date(obstacle.endAt)]
  const isShown = isOwn || (obstacle.kind === 'booking' && obstacle.id !== null && isOfOrganization(obstacle.id))
  const kind = isShown ? obstacle.kind : 'busy_elsewhere'
  const time = sessionTime(startAt, endAt, timeZone, locale)
  return {
    kind,
    ...(isShown ? id : {}),
    label: obstacle.onlyBuffer ? `Too close to ${TAKEN_BY[kind]}: ${time}.` : `${TAKEN[kind]}: ${time}.`,
    start: startAt.toISOString(),
    end: endAt.toISOString(),
  }
}

const TAKEN = {
  blackout: 'Time off',
  booking: 'Another session',
  busy: 'Busy in a connected calendar',
  busy_elsewhere: 'Busy elsewhere',
} as const

/** What a buffer keeps its distance from. */
const TAKEN_BY = {
  blackout: 'time off',
  booking: 'another session',
  busy: 'an event in a connected calendar',
  busy_elsewhere: 'something elsewhere',
} as const

function labelOf(obstacle: Exclude<Obstacle, { onlyBuffer: boolean }>, words: Words): string {
  const { locale, timeZone, durationMinutes } = words
  const at = (instant: number) => instantInWords(new Date(instant), timeZone, locale)
  const hours = words.subject.isOwn ? 'your weekly hours' : 'the trainer’s weekly hours'
  switch (obstacle.kind) {
    case 'calendar_unreadable':
      return 'A connected calendar cannot be read right now, so nothing is offered.'
    case 'rule_not_in_force':
      return notInForceLabel(obstacle, words)
    case 'outside_hours':
      return `This time is outside ${hours}.`
    case 'length_not_in_rule':
      return `In ${hours}, this window takes only sessions of ${listed(obstacle.durationsMinutes, locale)} minutes.`
    case 'off_grid':
      return `Sessions start every ${words.grounds.settings.slotStepMinutes} minutes: here at ${at(obstacle.previousStartAt)} and ${at(obstacle.nextStartAt)}.`
    case 'runs_past_window':
      return `The session would run past the end of ${hours}: ${at(obstacle.endAt)}.`
    case 'notice':
      return `Too soon: with the organization’s notice, the earliest start now is ${at(obstacle.earliestAt)}.`
    case 'horizon':
      return `Too far ahead: the latest start that can be booked now is ${at(obstacle.latestAt)}.`
    case 'length_not_offered':
      return obstacle.by === 'organization'
        ? `The organization does not allow sessions of ${durationMinutes} minutes.`
        : `“${words.grounds.sessionType.name}” is not sold in ${durationMinutes} minutes.`
    case 'no_price':
      return `“${words.grounds.sessionType.name}” has no price for ${durationMinutes} minutes.`
    case 'payments_not_configured':
      return 'The organization cannot take payments yet, and this session costs something.'
    case 'payment_lead':
      return `To be paid for in time, a session has to start ${PAID_SLOT_LEAD_MINUTES} minutes from now at the earliest: ${at(obstacle.earliestAt)}.`
  }
}

function notInForceLabel(
  { firstDate, lastDate }: { firstDate: string | null; lastDate: string | null },
  { locale, grounds, startAt }: Words,
): string {
  const isOver = firstDate === null || (lastDate !== null && dateAt(startAt, grounds.trainer.timeZone) > lastDate)
  const date = isOver ? lastDate : firstDate
  const inWords = date === null ? '' : dateInWords(date, locale)
  return isOver
    ? `The weekly hours that would hold this time had their last day on ${inWords}.`
    : `The weekly hours that would hold this time have their first day on ${inWords}.`
}

function dateInWords(date: string, locale: string): string {
  const words = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', year: 'numeric', timeZone: 'UTC' })
  return words.format(new Date(`${date}T00:00:00Z`))
}

function listed(minutes: readonly number[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'disjunction' }).format(minutes.map(String))
}
