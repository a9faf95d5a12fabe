import { and, asc, desc, eq, gt, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { fromJson } from '../db/json-column.ts'
import { availabilityRules, blackouts } from '../db/schema/availability.ts'
import { bookings } from '../db/schema/bookings.ts'
import { users } from '../db/schema/identity.ts'
import { memberships, organizations } from '../db/schema/organizations.ts'
import {
  blackoutInterval,
  isWithinHours,
  type RuleWarning,
  ruleWarnings,
  type WeeklyWindow,
} from '../domain/availability.ts'
import { SCHEDULE_TYPE_LABELS } from '../domain/availability-rule.ts'
import { isLive } from '../domain/booking.ts'
import { overlaps } from '../domain/interval.ts'
import { resolveSettings } from '../domain/organization-settings.ts'
import { personalTimeZone } from '../domain/personal-time-zone.ts'
import { sellableLengths } from '../domain/pricing.ts'
import { DAY_MS, dateAt } from '../domain/zoned-time.ts'
import { AppError } from '../errors/app-error.ts'
import type { AvailabilityRuleRow, BlackoutRow } from '../modules/availability/repository.ts'
import type { AffectedBookings, AvailabilityRule, Blackout } from '../modules/availability/schemas.ts'
import { decodeDateCursor, decodeIdCursor, encodeCursor } from '../wire/cursor.ts'
import { PAGE_LIMIT_DEFAULT } from '../wire/page.ts'

const RULES = 'availability-rules'
const BLACKOUTS = 'blackouts'
/** As many as the contract lists of either. */
const WARNINGS_SHOWN = 20
const AFFECTED_SHOWN = 100

interface PageQuery {
  limit?: number
  cursor?: string
}
interface Page<Row> {
  data: Row[]
  nextCursor: string | null
}

/** What a person's organizations sell, as far as it decides whether a rule can yield anything. */
interface Offer {
  timeZone: string
  /** Lengths that some organization sells: priced, of an active session type, among the organization's own. */
  durationsMinutes: number[]
  /** Lengths that some organization has, but none with a price. */
  unpricedDurationsMinutes: number[]
  /** How far ahead the most patient of them can be booked; null for a person of none. */
  horizonDays: number | null
}

interface SessionTypeJson {
  listedMinutes: number[]
  pricedMinutes: number[]
}

async function offerTo(db: Db | Tx, userId: string): Promise<Offer> {
  const rows = await db
    .select({
      timeZone: users.timeZone,
      settings: organizations.settings,
      sessionTypes: sql<SessionTypeJson[]>`(
        select coalesce(json_agg(json_build_object('listedMinutes', s.durations_minutes,
          'pricedMinutes', array(select p.duration_minutes from session_type_prices p where p.session_type_id = s.id))), '[]')
        from session_types s where s.organization_id = ${organizations.id} and s.status = 'active')`.mapWith(
        fromJson<SessionTypeJson[]>,
      ),
    })
    .from(users)
    .leftJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.status, 'active')))
    .leftJoin(organizations, eq(organizations.id, memberships.organizationId))
    .where(eq(users.id, userId))
    .orderBy(asc(memberships.createdAt), asc(memberships.organizationId))
  const offers = rows.flatMap(({ settings, sessionTypes }) => {
    if (settings === null) return []
    const resolved = resolveSettings(settings)
    const organizationMinutes = resolved.sessionDurationsMinutes
    return [
      {
        settings: resolved,
        sold: sessionTypes.flatMap((type) => sellableLengths({ ...type, organizationMinutes })),
        listed: sessionTypes
          .flatMap(({ listedMinutes }) => listedMinutes)
          .filter((minutes) => organizationMinutes.includes(minutes)),
      },
    ]
  })
  const sold = [...new Set(offers.flatMap((offer) => offer.sold))].sort((a, b) => a - b)
  return {
    timeZone: personalTimeZone(
      rows[0]?.timeZone ?? null,
      offers.map(({ settings }) => settings.timeZone),
    ),
    durationsMinutes: sold,
    unpricedDurationsMinutes: [...new Set(offers.flatMap(({ listed }) => listed))].filter(
      (minutes) => !sold.includes(minutes),
    ),
    horizonDays: offers.length === 0 ? null : Math.max(...offers.map(({ settings }) => settings.bookingHorizonDays)),
  }
}

function weeklyWindow(row: AvailabilityRuleRow): WeeklyWindow {
  return {
    id: row.id,
    daysOfWeek: row.daysOfWeek,
    startTime: row.startLocalTime,
    endTime: row.endLocalTime,
    durationsMinutes: row.durationsMinutes,
    firstDate: row.firstDate,
    lastDate: row.lastDate,
  }
}

function warningMessage({ code, durationMinutes }: RuleWarning): string {
  switch (code) {
    case 'never_in_force':
      return 'No day of this rule lies ahead: check its days and its first and last date.'
    case 'beyond_horizon':
      return 'The first date lies further ahead than your organizations can be booked: nothing is offered yet.'
    case 'no_price':
      return durationMinutes === null
        ? 'No session of your organizations has a price yet, so nothing is offered.'
        : `Sessions of ${durationMinutes} minutes have no price yet, so they are not offered.`
    case 'length_not_offered':
      return `None of your organizations sells sessions of ${durationMinutes} minutes.`
    case 'length_does_not_fit':
      return `A session of ${durationMinutes} minutes does not fit into this window.`
  }
}

function presentedRule(
  row: AvailabilityRuleRow,
  all: readonly WeeklyWindow[],
  offer: Offer,
  now: Date,
): AvailabilityRule {
  const warnings = ruleWarnings({
    rule: weeklyWindow(row),
    rules: all,
    today: dateAt(now.getTime(), offer.timeZone),
    offeredDurationsMinutes: offer.durationsMinutes,
    unpricedDurationsMinutes: offer.unpricedDurationsMinutes,
    horizonEndDate:
      offer.horizonDays === null ? null : dateAt(now.getTime() + offer.horizonDays * DAY_MS, offer.timeZone),
  })
  return {
    id: row.id,
    scheduleType: row.scheduleType,
    scheduleTypeLabel: SCHEDULE_TYPE_LABELS[row.scheduleType],
    daysOfWeek: row.daysOfWeek,
    startTime: row.startLocalTime,
    endTime: row.endLocalTime,
    durationsMinutes: row.durationsMinutes,
    firstDate: row.firstDate,
    lastDate: row.lastDate,
    warnings: warnings
      .slice(0, WARNINGS_SHOWN)
      .map((warning) => ({ code: warning.code, message: warningMessage(warning) })),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

/** All of a person's rules, oldest first: few, and a warning about one needs the others. */
function rulesOf(db: Db | Tx, userId: string): Promise<AvailabilityRuleRow[]> {
  return db
    .select()
    .from(availabilityRules)
    .where(eq(availabilityRules.userId, userId))
    .orderBy(asc(availabilityRules.id))
}

/** A page of a person's weekly rules, oldest first, each with what about it yields no slot. */
export async function availabilityRulePage(
  db: Db | Tx,
  userId: string,
  now: Date,
  query: PageQuery,
): Promise<Page<AvailabilityRule>> {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT
  const after = query.cursor === undefined ? '' : decodeIdCursor(RULES, query.cursor)
  const rows = await rulesOf(db, userId)
  const offer = await offerTo(db, userId)
  const windows = rows.map(weeklyWindow)
  const rest = rows.filter((row) => row.id > after)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return {
    data: page.map((row) => presentedRule(row, windows, offer, now)),
    nextCursor: rest.length > limit && last !== undefined ? encodeCursor(RULES, [last.id]) : null,
  }
}

/** One of a person's weekly rules; `not_found` for anybody else's. */
export async function availabilityRule(
  db: Db | Tx,
  userId: string,
  now: Date,
  ruleId: string,
): Promise<AvailabilityRule> {
  const rows = await rulesOf(db, userId)
  const row = rows.find(({ id }) => id === ruleId.toLowerCase())
  if (row === undefined) throw new AppError('not_found')
  return presentedRule(row, rows.map(weeklyWindow), await offerTo(db, userId), now)
}

/** One booked session as the owner of the schedule is told of it. */
type AffectedBooking = AffectedBookings['data'][number]

/** A person's live sessions whose time is `within` these bounds, whichever organization booked them, earliest first. */
async function liveSessions(db: Db | Tx, userId: string, now: Date, within: SQL | undefined) {
  // Unscoped on purpose: hours and time off belong to the person, so they meet sessions of all their organizations.
  const rows = await db
    .select({ booking: bookings, organizationSlug: organizations.slug })
    .from(bookings)
    .innerJoin(organizations, eq(organizations.id, bookings.organizationId))
    .where(and(eq(bookings.trainerUserId, userId), inArray(bookings.status, ['pending_payment', 'confirmed']), within))
    .orderBy(asc(bookings.startAt), asc(bookings.id))
  return rows
    .filter(({ booking }) => isLive(booking, now))
    .map(({ booking, organizationSlug }) => ({
      startAt: booking.startAt.getTime(),
      endAt: booking.endAt.getTime(),
      durationMinutes: booking.durationMinutes,
      shown: { id: booking.id, organizationSlug, start: booking.startAt.toISOString() } satisfies AffectedBooking,
    }))
}

/** Which sessions lie outside the hours `after`; where `before` is given, only those that lay within these. */
async function outsideHours(
  db: Db | Tx,
  userId: string,
  now: Date,
  hours: { before: readonly WeeklyWindow[] | null; after: readonly WeeklyWindow[]; timeZone: string },
): Promise<AffectedBooking[]> {
  const { before, after, timeZone } = hours
  const notOverYet = and(gt(bookings.startAt, new Date(now.getTime() - DAY_MS)), gt(bookings.endAt, now))
  const sessions = await liveSessions(db, userId, now, notOverYet)
  return sessions
    .filter((session) => !isWithinHours({ rules: after, timeZone }, session))
    .filter((session) => before === null || isWithinHours({ rules: before, timeZone }, session))
    .slice(0, AFFECTED_SHOWN)
    .map(({ shown }) => shown)
}

/** A rule as its change has left it, with the booked sessions that this very change has put outside the hours. */
export async function availabilityRuleAfterUpdate(
  db: Db | Tx,
  userId: string,
  now: Date,
  before: AvailabilityRuleRow,
): Promise<AvailabilityRule> {
  const rule = await availabilityRule(db, userId, now, before.id)
  const rows = await rulesOf(db, userId)
  const { timeZone } = await offerTo(db, userId)
  const affectedBookings = await outsideHours(db, userId, now, {
    before: rows.map((row) => weeklyWindow(row.id === before.id ? before : row)),
    after: rows.map(weeklyWindow),
    timeZone,
  })
  return { ...rule, affectedBookings }
}

/**
 * The booked sessions to come that lie outside a person's weekly hours; with `withoutRuleId` those that would newly do so
 * if that rule were gone (`not_found` for anybody else's).
 */
export async function affectedBookings(
  db: Db | Tx,
  userId: string,
  now: Date,
  withoutRuleId: string | null,
): Promise<AffectedBookings> {
  const rows = await rulesOf(db, userId)
  const { timeZone } = await offerTo(db, userId)
  const all = rows.map(weeklyWindow)
  if (withoutRuleId === null)
    return { data: await outsideHours(db, userId, now, { before: null, after: all, timeZone }) }
  const rest = all.filter(({ id }) => id !== withoutRuleId.toLowerCase())
  if (rest.length === all.length) throw new AppError('not_found')
  return { data: await outsideHours(db, userId, now, { before: all, after: rest, timeZone }) }
}

/** Blackouts with the sessions that are booked in them, whichever organization booked them. */
async function presentedBlackouts(db: Db | Tx, userId: string, now: Date, rows: BlackoutRow[]): Promise<Blackout[]> {
  if (rows.length === 0) return []
  const { timeZone } = await offerTo(db, userId)
  const spans = rows.map((row) => ({
    row,
    interval: blackoutInterval({ ...row, startTime: row.startLocalTime, endTime: row.endLocalTime }, timeZone),
  }))
  const from = new Date(Math.min(...spans.map(({ interval }) => interval.startAt)))
  const to = new Date(Math.max(...spans.map(({ interval }) => interval.endAt)))
  const sessions = await liveSessions(db, userId, now, and(lt(bookings.startAt, to), gt(bookings.endAt, from)))
  return spans.map(({ row, interval }) => ({
    id: row.id,
    startDate: row.startDate,
    endDate: row.endDate,
    startTime: row.startLocalTime,
    endTime: row.endLocalTime,
    reason: row.reason,
    affectedBookings: sessions
      .filter((session) => overlaps(session, interval))
      .slice(0, AFFECTED_SHOWN)
      .map(({ shown }) => shown),
    createdAt: row.createdAt.toISOString(),
  }))
}

/** A page of a person's blackouts, the latest start first, each with the sessions that stay booked in it. */
export async function blackoutPage(db: Db | Tx, userId: string, now: Date, query: PageQuery): Promise<Page<Blackout>> {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT
  const found = await db
    .select()
    .from(blackouts)
    .where(and(eq(blackouts.userId, userId), query.cursor === undefined ? undefined : beforeCursor(query.cursor)))
    .orderBy(desc(blackouts.startDate), desc(blackouts.id))
    .limit(limit + 1)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    data: await presentedBlackouts(db, userId, now, page),
    nextCursor: found.length > limit && last !== undefined ? encodeCursor(BLACKOUTS, [last.startDate, last.id]) : null,
  }
}

function beforeCursor(cursor: string) {
  const { date, id } = decodeDateCursor(BLACKOUTS, cursor)
  return or(lt(blackouts.startDate, date), and(eq(blackouts.startDate, date), lt(blackouts.id, id)))
}

/** One of a person's blackouts; `not_found` for anybody else's. */
export async function blackout(db: Db | Tx, userId: string, now: Date, blackoutId: string): Promise<Blackout> {
  const rows = await db
    .select()
    .from(blackouts)
    .where(and(eq(blackouts.userId, userId), eq(blackouts.id, blackoutId)))
  const [presented] = await presentedBlackouts(db, userId, now, rows)
  if (presented === undefined) throw new AppError('not_found')
  return presented
}
