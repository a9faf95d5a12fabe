import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { jsonColumn } from '../../db/json-column.ts'
import { preparedOnce } from '../../db/prepared.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { users } from '../../db/schema/identity.ts'
import { memberships, organizations } from '../../db/schema/organizations.ts'
import { sessionTypes } from '../../db/schema/session-types.ts'
import type { BookedTime, BusyTime, SlotSearch, TimeOff, WeeklyWindow } from '../../domain/availability.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import {
  ORGANIZATION_SETTINGS,
  type OrganizationSettings,
  resolveSettings,
} from '../../domain/organization-settings.ts'
import { personalTimeZone } from '../../domain/personal-time-zone.ts'
import { type SimplePricing, sellableLengths } from '../../domain/pricing.ts'
import { DAY_MS } from '../../domain/zoned-time.ts'
import type { CalendarConnection } from '../../platform/calendars/calendars.ts'
import { hasPaymentAccountSql } from '../organizations/payment-account-in-sql.ts'
import { LONGEST_SESSION_MS, NO_ID, startsInTheWay, takesTime } from './repository.ts'

/** Whatever of the slot search does not change from one second to the next: who sells what, when, for how much. */
export interface SlotGrounds {
  readonly settings: OrganizationSettings
  readonly trainer: { readonly id: string; readonly firstName: string; readonly timeZone: string }
  readonly sessionType: Pick<
    typeof sessionTypes.$inferSelect,
    'id' | 'name' | 'description' | 'durationsMinutes' | 'deliveryMethod' | 'deliveryDetails'
  >
  readonly pricing: SimplePricing
  /** Empty for somebody who is no active trainer of the organization (any more): nobody can book them. */
  readonly rules: readonly WeeklyWindow[]
  readonly blackouts: readonly TimeOff[]
  readonly connections: readonly CalendarConnection[]
  /** The organization takes money in an account of its own; else in the deployment's, if there is one. */
  readonly hasPaymentAccount: boolean
}

interface PriceJson {
  durationMinutes: number
  amount: number
  currency: string
}

const groundsColumns = {
  settings: organizations.settings,
  firstName: users.firstName,
  timeZone: users.timeZone,
  sessionType: {
    id: sessionTypes.id,
    name: sessionTypes.name,
    description: sessionTypes.description,
    durationsMinutes: sessionTypes.durationsMinutes,
    deliveryMethod: sessionTypes.deliveryMethod,
    deliveryDetails: sessionTypes.deliveryDetails,
  },
  isActiveTrainer: sql<boolean>`coalesce(${memberships.status} = 'active'
    and (${memberships.role} = 'trainer' or ${memberships.canTrain}), false)`,
  joinedTimeZones: jsonColumn<(string | null)[]>(sql`(
    select coalesce(json_agg(o.settings ->> 'timeZone' order by m.created_at, m.organization_id), '[]')
    from memberships m join organizations o on o.id = m.organization_id
    where m.user_id = ${users.id} and m.status = 'active')`),
  prices: jsonColumn<PriceJson[]>(sql`(
    select coalesce(json_agg(json_build_object('durationMinutes', p.duration_minutes, 'amount', p.amount_minor,
      'currency', p.currency)), '[]')
    from session_type_prices p
    where p.session_type_id = ${sessionTypes.id} and p.organization_id = ${sessionTypes.organizationId})`),
  rules: jsonColumn<WeeklyWindow[]>(sql`(
    select coalesce(json_agg(json_build_object('id', r.id, 'daysOfWeek', r.days_of_week,
      'startTime', r.start_local_time, 'endTime', r.end_local_time, 'durationsMinutes', r.durations_minutes,
      'firstDate', r.first_date, 'lastDate', r.last_date)), '[]')
    from availability_rules r where r.user_id = ${users.id})`),
  blackouts: jsonColumn<TimeOff[]>(sql`(
    select coalesce(json_agg(json_build_object('id', b.id, 'startDate', b.start_date, 'endDate', b.end_date,
      'startTime', b.start_local_time, 'endTime', b.end_local_time)), '[]')
    from blackouts b where b.user_id = ${users.id} and b.end_date >= ${sql.placeholder('yesterday')}::date)`),
  connections: jsonColumn<CalendarConnection[]>(sql`(
    select coalesce(json_agg(json_build_object('id', c.id, 'userId', c.user_id, 'provider', c.provider)), '[]')
    from calendar_connections c where c.user_id = ${users.id} and c.disconnected_at is null)`),
  hasPaymentAccount: hasPaymentAccountSql,
}

// One text of numbers, four of each session: a busy trainer has hundreds, and whatever else is said of each is made for
// every answer that lists times.
const takenColumn = jsonColumn<number[]>(sql`(
  select '[' || coalesce(string_agg(concat_ws(',', (date_part('epoch', ${bookings.startAt}) * 1000)::bigint,
    (date_part('epoch', ${bookings.endAt}) * 1000)::bigint, ${bookings.bufferBeforeMinutes}, ${bookings.bufferAfterMinutes}), ','), '') || ']'
  from ${bookings}
  where ${takesTime({
    // Not users.id: a plan made for this trainer then knows how many sessions are theirs, and takes the index that ends
    // where the horizon does.
    trainerUserId: sql`${sql.placeholder('trainerUserId')}::uuid`,
    startsAfter: sql`${sql.placeholder('startsAfter')}::timestamptz`,
    startsBefore: sql`${sql.placeholder('startsBefore')}::timestamptz`,
    now: sql`${sql.placeholder('now')}::timestamptz`,
    exceptTrainingRequestId: sql`${sql.placeholder('exceptTrainingRequestId')}::uuid`,
  })})`)

function groundsQuery(db: Db | Tx, taken: SQL<number[] | null>) {
  return db
    .select({ ...groundsColumns, taken })
    .from(organizations)
    .innerJoin(users, eq(users.id, sql.placeholder('trainerUserId')))
    .leftJoin(memberships, and(eq(memberships.organizationId, organizations.id), eq(memberships.userId, users.id)))
    .innerJoin(
      sessionTypes,
      and(eq(sessionTypes.organizationId, organizations.id), eq(sessionTypes.id, sql.placeholder('sessionTypeId'))),
    )
    .where(eq(organizations.id, sql.placeholder('organizationId')))
}

const selectGrounds = preparedOnce((db) => groundsQuery(db, sql`null`).prepare('find_slot_grounds'))

const selectGroundsAndTaken = preparedOnce((db) => groundsQuery(db, takenColumn).prepare('find_slot_grounds_and_taken'))

/** A blackout that ended two days ago is over in every time zone. */
const BLACKOUTS_KEPT_MS = 2 * 86_400_000

interface GroundsInput {
  trainerUserId: string
  sessionTypeId: string
  now: Date
}

function groundsParameters(scope: OrganizationScope, input: GroundsInput) {
  return {
    organizationId: scope.organizationId,
    trainerUserId: input.trainerUserId,
    sessionTypeId: input.sessionTypeId,
    yesterday: new Date(input.now.getTime() - BLACKOUTS_KEPT_MS).toISOString().slice(0, 10),
  }
}

/** Reads, in one statement, what decides when this trainer can be booked for this kind of session. */
export async function findSlotGrounds(
  db: Db | Tx,
  scope: OrganizationScope,
  input: GroundsInput,
): Promise<SlotGrounds | null> {
  const [row] = await selectGrounds(db).execute(groundsParameters(scope, input))
  return row === undefined ? null : groundsOf(row, input)
}

/**
 * The grounds and, in the same statement, the sessions that take the trainer's time from now on as far as any
 * organization lets its customers book, in no order and without their ids. An unpaid hold counts until its deadline; what
 * one request has booked is left out.
 */
export async function findSlotGroundsAndTaken(
  db: Db | Tx,
  scope: OrganizationScope,
  input: GroundsInput & { exceptTrainingRequestId: string | null },
): Promise<{ grounds: SlotGrounds; taken: BookedTime[] } | null> {
  const now = input.now.getTime()
  const [row] = await selectGroundsAndTaken(db).execute({
    ...groundsParameters(scope, input),
    // The last session ends at most one longest session after the horizon.
    ...startsInTheWay({ from: now, to: now + FURTHEST_HORIZON_MS + LONGEST_SESSION_MS }),
    now: input.now.toISOString(),
    exceptTrainingRequestId: input.exceptTrainingRequestId ?? NO_ID,
  })
  return row === undefined ? null : { grounds: groundsOf(row, input), taken: takenOf(row.taken ?? []) }
}

const FURTHEST_HORIZON_MS = ORGANIZATION_SETTINGS.bookingHorizonDays.max * DAY_MS

function takenOf(numbers: readonly number[]): BookedTime[] {
  const taken: BookedTime[] = []
  for (let at = 0; at < numbers.length; at += 4) {
    const [startAt = 0, endAt = 0, bufferBeforeMinutes = 0, bufferAfterMinutes = 0] = numbers.slice(at, at + 4)
    taken.push({ startAt, endAt, bufferBeforeMinutes, bufferAfterMinutes })
  }
  return taken
}

type GroundsRow = Awaited<ReturnType<ReturnType<typeof selectGrounds>['execute']>>[number]

function groundsOf(row: GroundsRow, input: GroundsInput): SlotGrounds {
  return {
    settings: resolveSettings(row.settings),
    trainer: {
      id: input.trainerUserId,
      firstName: row.firstName,
      timeZone: personalTimeZone(
        row.timeZone,
        row.joinedTimeZones.map((timeZone) => timeZone ?? 'UTC'),
      ),
    },
    sessionType: row.sessionType,
    pricing: {
      mode: 'simple',
      prices: row.prices.map(({ durationMinutes, amount, currency }) => ({
        durationMinutes,
        daypartId: null,
        price: { amount, currency },
      })),
    },
    rules: row.isActiveTrainer ? row.rules : [],
    blackouts: row.blackouts,
    connections: row.connections,
    hasPaymentAccount: row.hasPaymentAccount,
  }
}

/** The question for the slot engine, from what was read. Instants of `from` and `to` in epoch milliseconds. */
export function slotSearch(
  grounds: SlotGrounds,
  input: {
    now: Date
    durationMinutes: number
    taken: readonly BookedTime[]
    busyTimes: readonly BusyTime[] | 'unreadable'
    payment: SlotSearch['payment']
    from?: number
    to?: number
  },
): SlotSearch {
  return {
    now: input.now.getTime(),
    timeZone: grounds.trainer.timeZone,
    rules: grounds.rules,
    blackouts: grounds.blackouts,
    bookings: input.taken,
    busyTimes: input.busyTimes,
    settings: grounds.settings,
    sessionTypeDurationsMinutes: grounds.sessionType.durationsMinutes,
    durationMinutes: input.durationMinutes,
    pricing: grounds.pricing,
    organizationTimeZone: grounds.settings.timeZone,
    payment: input.payment,
    from: input.from,
    to: input.to,
  }
}

/** The lengths that a customer can choose from, shortest first. */
export function sellableDurations(grounds: Pick<SlotGrounds, 'settings' | 'sessionType' | 'pricing'>): number[] {
  return sellableLengths({
    listedMinutes: grounds.sessionType.durationsMinutes,
    organizationMinutes: grounds.settings.sessionDurationsMinutes,
    pricedMinutes: grounds.pricing.prices.map((entry) => entry.durationMinutes),
  })
}

/** Whether a session of this type costs something in any length that can be chosen. */
export function isPriced(grounds: Pick<SlotGrounds, 'settings' | 'sessionType' | 'pricing'>): boolean {
  const durations = sellableDurations(grounds)
  return grounds.pricing.prices.some((entry) => durations.includes(entry.durationMinutes) && entry.price.amount > 0)
}

/** The range in which busy times can matter to sessions of some starts: their longest end and the widest gap around. */
export function busyRange(
  grounds: Pick<SlotGrounds, 'settings'>,
  starts: { from: number; to: number },
  longestMinutes: number,
): { from: number; to: number } {
  return {
    from: starts.from - grounds.settings.bufferBeforeMinutes * 60_000,
    to: starts.to + (longestMinutes + grounds.settings.bufferAfterMinutes) * 60_000,
  }
}
