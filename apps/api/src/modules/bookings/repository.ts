import { and, desc, eq, getTableColumns, gt, inArray, lt, lte, ne, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { QueryBuilder } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '../../db/client.ts'
import { jsonColumn } from '../../db/json-column.ts'
import { preparedOnce } from '../../db/prepared.ts'
import { bookingHistory, bookings } from '../../db/schema/bookings.ts'
import type { BookedTime } from '../../domain/availability.ts'
import {
  BOOKING_STEPS,
  type BookingOccasion,
  type BookingState,
  type BookingStatus,
  bookingStepSources,
  type PaymentStatus,
  SESSION_MINUTES,
} from '../../domain/booking.ts'
import type { Actor } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { ORGANIZATION_SETTINGS } from '../../domain/organization-settings.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Ids } from '../../platform/ids.ts'

export type BookingRow = typeof bookings.$inferSelect

/** Statuses in which a booking takes its trainer's time in the eyes of the database. */
const OPEN_STATUSES = ['pending_payment', 'confirmed'] as const satisfies readonly BookingStatus[]

/** A booking's row as the rules of domain/ read it. */
export function bookingStateOf(
  row: Pick<
    BookingRow,
    'status' | 'paymentStatus' | 'trainerUserId' | 'startAt' | 'endAt' | 'holdExpiresAt' | 'completedAt'
  >,
): BookingState {
  return {
    status: row.status,
    paymentStatus: row.paymentStatus,
    trainerId: row.trainerUserId,
    startAt: row.startAt,
    endAt: row.endAt,
    holdExpiresAt: row.holdExpiresAt,
    completedAt: row.completedAt,
  }
}

/** Reads a booking; null when it is not there. */
export async function findBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  bookingId: string,
): Promise<BookingRow | null> {
  const [row] = await db
    .select()
    .from(bookings)
    .where(and(eq(bookings.organizationId, scope.organizationId), eq(bookings.id, bookingId)))
  return row ?? null
}

/** Reads a booking; `not_found` when it is not there. */
export async function getBooking(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<BookingRow> {
  const row = await findBooking(db, scope, bookingId)
  if (row === null) throw new AppError('not_found')
  return row
}

/**
 * Reads a booking and keeps everyone else from changing it until the transaction ends; null when it is not there.
 *
 * Lock order (architecture.md §3): after trainer and request, before payment.
 */
export async function lockBooking(tx: Tx, scope: OrganizationScope, bookingId: string): Promise<BookingRow | null> {
  const [row] = await tx
    .select()
    .from(bookings)
    .where(and(eq(bookings.organizationId, scope.organizationId), eq(bookings.id, bookingId)))
    .for('update')
  return row ?? null
}

/** The booking that a request is at: the one that is open, else the latest; null when there never was one. */
export async function findBookingOfRequest(
  db: Db | Tx,
  scope: OrganizationScope,
  trainingRequestId: string,
): Promise<BookingRow | null> {
  const [row] = await db
    .select()
    .from(bookings)
    .where(and(eq(bookings.organizationId, scope.organizationId), eq(bookings.trainingRequestId, trainingRequestId)))
    .orderBy(desc(inArray(bookings.status, [...OPEN_STATUSES])), desc(bookings.id))
    .limit(1)
  return row ?? null
}

/** A session that takes the trainer's time, as the slot search reads it, and whose it is. */
export interface TakenTimeRow extends BookedTime {
  readonly id: string
  readonly organizationId: string
}

const WIDEST_BUFFER_MS =
  Math.max(ORGANIZATION_SETTINGS.bufferBeforeMinutes.max, ORGANIZATION_SETTINGS.bufferAfterMinutes.max) * 60_000
export const LONGEST_SESSION_MS = SESSION_MINUTES.max * 60_000
/** The id of nothing. */
export const NO_ID = '00000000-0000-0000-0000-000000000000'

/** Id, organization, start and end in epoch milliseconds, buffer before and after in minutes. */
type TakenTimeJson = [string, string, number, number, number, number]

/**
 * Whether a booking takes the trainer's time, for sessions that start between two instants: it is open, and an unpaid
 * hold's deadline has not come. Written out, so that a plan made for every value can still use the partial index.
 */
export function takesTime(of: {
  trainerUserId: SQLWrapper
  startsAfter: SQLWrapper
  startsBefore: SQLWrapper
  now: SQLWrapper
  exceptTrainingRequestId: SQLWrapper
}): SQL {
  return sql`${bookings.trainerUserId} = ${of.trainerUserId}
    and ${bookings.status} in ('pending_payment', 'confirmed')
    and ${bookings.startAt} > ${of.startsAfter} and ${bookings.startAt} < ${of.startsBefore}
    and (${bookings.status} = 'confirmed' or ${bookings.paymentStatus} <> 'unpaid' or ${bookings.holdExpiresAt} > ${of.now})
    and ${bookings.trainingRequestId} <> ${of.exceptTrainingRequestId}`
}

/** Between which starts a booking can be in the way of sessions between two instants, the widest buffer included. */
export function startsInTheWay(range: { from: number; to: number }): { startsAfter: string; startsBefore: string } {
  return {
    // No session is longer than eight hours, so older starts need no look; the index can stop there.
    startsAfter: new Date(range.from - LONGEST_SESSION_MS - WIDEST_BUFFER_MS).toISOString(),
    startsBefore: new Date(range.to + WIDEST_BUFFER_MS).toISOString(),
  }
}

// One row of JSON instead of a row for each: a busy trainer has hundreds, and each row of the driver's costs ten times as much.
const selectTakenTimes = preparedOnce((db) =>
  db
    .select({
      taken: jsonColumn<
        TakenTimeJson[]
      >(sql`coalesce(json_agg(json_build_array(${bookings.id}, ${bookings.organizationId},
        (date_part('epoch', ${bookings.startAt}) * 1000)::bigint, (date_part('epoch', ${bookings.endAt}) * 1000)::bigint,
        ${bookings.bufferBeforeMinutes}, ${bookings.bufferAfterMinutes}) order by ${bookings.startAt}), '[]')`),
    })
    .from(bookings)
    .where(
      and(
        takesTime({
          trainerUserId: sql`${sql.placeholder('trainerUserId')}::uuid`,
          startsAfter: sql`${sql.placeholder('startsAfter')}::timestamptz`,
          startsBefore: sql`${sql.placeholder('startsBefore')}::timestamptz`,
          now: sql`${sql.placeholder('now')}::timestamptz`,
          exceptTrainingRequestId: sql`${sql.placeholder('exceptTrainingRequestId')}::uuid`,
        }),
        ne(bookings.id, sql.placeholder('exceptBookingId')),
      ),
    )
    .prepare('list_taken_times'),
)

/**
 * The sessions that take a trainer's time between two instants, in every organization: a person is in one place at a
 * time, so this read alone is not scoped. The widest buffer (four hours) is added on both sides, so that whatever could
 * keep a slot of that range from being open is found. An unpaid hold counts until its deadline, judged by `now`. What is
 * about to be replaced or moved is left out: one booking, or whatever a request has booked.
 */
export async function listTakenTimes(
  db: Db | Tx,
  input: {
    trainerUserId: string
    from: Date
    to: Date
    now: Date
    exceptBookingId?: string
    exceptTrainingRequestId?: string
  },
): Promise<TakenTimeRow[]> {
  const [row] = await selectTakenTimes(db).execute({
    trainerUserId: input.trainerUserId,
    ...startsInTheWay({ from: input.from.getTime(), to: input.to.getTime() }),
    now: input.now.toISOString(),
    exceptBookingId: input.exceptBookingId ?? NO_ID,
    exceptTrainingRequestId: input.exceptTrainingRequestId ?? NO_ID,
  })
  return (row?.taken ?? []).map(([id, organizationId, startAt, endAt, bufferBeforeMinutes, bufferAfterMinutes]) => ({
    id,
    organizationId,
    startAt,
    endAt,
    bufferBeforeMinutes,
    bufferAfterMinutes,
  }))
}

/** Unpaid reservations whose deadline has come, oldest first: of one trainer and range, or of everyone. */
export async function listLapsedHolds(
  db: Db | Tx,
  input: { now: Date; limit: number; of?: { trainerUserId: string; startAt: Date; endAt: Date } },
): Promise<Pick<BookingRow, 'id' | 'organizationId' | 'trainingRequestId' | 'trainerUserId'>[]> {
  return db
    .select({
      id: bookings.id,
      organizationId: bookings.organizationId,
      trainingRequestId: bookings.trainingRequestId,
      trainerUserId: bookings.trainerUserId,
    })
    .from(bookings)
    .where(
      and(
        eq(bookings.status, 'pending_payment'),
        eq(bookings.paymentStatus, 'unpaid'),
        lte(bookings.holdExpiresAt, input.now),
        input.of === undefined
          ? undefined
          : and(
              eq(bookings.trainerUserId, input.of.trainerUserId),
              lt(bookings.startAt, input.of.endAt),
              gt(bookings.endAt, input.of.startAt),
            ),
      ),
    )
    .orderBy(bookings.holdExpiresAt, bookings.id)
    .limit(input.limit)
}

export type NewBooking = Omit<
  typeof bookings.$inferInsert,
  'id' | 'organizationId' | 'createdAt' | 'updatedAt' | 'version'
>

/**
 * Writes a new booking down, with the first row of its history.
 *
 * `bookings_no_overlap` and `bookings_one_open_per_request` may refuse it: see `isSlotConflict` of db/pg-errors.ts.
 */
export async function insertBooking(
  tx: Tx,
  scope: OrganizationScope,
  input: { values: NewBooking; actor: Actor; reason?: string | null; now: Date; ids: Ids },
): Promise<BookingRow> {
  const [row] = await tx
    .insert(bookings)
    .values({
      ...input.values,
      id: input.ids.next(),
      organizationId: scope.organizationId,
      createdAt: input.now,
      updatedAt: input.now,
    })
    .returning()
  if (row === undefined) throw new Error('The booking that was just written did not come back.')
  await tx.insert(bookingHistory).values({
    id: input.ids.next(),
    organizationId: scope.organizationId,
    bookingId: row.id,
    at: input.now,
    actorKind: input.actor.kind,
    actorId: input.actor.id,
    fromStatus: null,
    toStatus: row.status,
    paymentStatus: row.paymentStatus,
    reason: input.reason ?? null,
  })
  return row
}

/** What may change on a booking beside its status. */
export type BookingChange = Partial<
  Pick<
    BookingRow,
    | 'paymentStatus'
    | 'startAt'
    | 'endAt'
    | 'durationMinutes'
    | 'bufferBeforeMinutes'
    | 'bufferAfterMinutes'
    | 'customerTimeZone'
    | 'paidMinor'
    | 'refundedMinor'
    | 'holdExpiresAt'
    | 'calendarSequence'
    | 'paidAt'
    | 'confirmedAt'
    | 'completedAt'
    | 'canceledAt'
    | 'canceledBy'
    | 'cancelReason'
  >
>

/** One move of a booking along product.md §3, with what changes beside the status. */
export interface BookingStep {
  bookingId: string
  /** Gives the target status and the statuses it may come from. */
  occasion: BookingOccasion
  /** Only while the money stands like this. */
  paymentStatusIn?: readonly PaymentStatus[]
  set?: BookingChange
  actor: Actor
  /** What goes into the history as the reason; when nothing is given, the occasion. */
  reason?: string | null
  now: Date
  ids: Ids
}

export type SteppedBooking = BookingRow & { fromStatus: BookingStatus }

/**
 * Moves a booking to its next status and writes the move into its history, or does neither.
 *
 * One guarded statement over the table of moves (domain/booking.ts, `BOOKING_STEPS`), `version + 1`. Null: the row is not
 * there or is elsewhere by now; read it again and let the decision name the refusal. The event is the caller's, in the
 * same transaction.
 */
export async function stepBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  step: BookingStep,
): Promise<SteppedBooking | null> {
  return changeBooking(db, scope, {
    ...step,
    statusIn: bookingStepSources(step.occasion),
    to: BOOKING_STEPS[step.occasion].to,
    reason: step.reason ?? step.occasion,
  })
}

/**
 * Writes down what became known of a booking's money while its status stays, with a row in its history, or does neither.
 * Guarded like {@link stepBooking}: null when the booking is not in one of the given statuses.
 */
export async function recordOnBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  record: Omit<BookingStep, 'occasion' | 'reason' | 'set'> & {
    statusIn: readonly BookingStatus[]
    set: BookingChange
    reason: string
  },
): Promise<SteppedBooking | null> {
  return changeBooking(db, scope, { ...record, to: null })
}

async function changeBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  change: Omit<BookingStep, 'occasion' | 'reason'> & {
    statusIn: readonly BookingStatus[]
    to: BookingStatus | null
    reason: string
  },
): Promise<SteppedBooking | null> {
  const select = new QueryBuilder({ casing: 'snake_case' })
  const before = db.$with('before').as(
    db
      .select({ id: bookings.id, status: bookings.status })
      .from(bookings)
      .where(
        and(
          eq(bookings.organizationId, scope.organizationId),
          eq(bookings.id, change.bookingId),
          inArray(bookings.status, [...change.statusIn]),
          change.paymentStatusIn === undefined
            ? undefined
            : inArray(bookings.paymentStatus, [...change.paymentStatusIn]),
        ),
      )
      .for('update'),
  )
  const changed = db.$with('changed').as(
    db
      .update(bookings)
      .set({
        ...change.set,
        ...(change.to === null ? {} : { status: change.to }),
        updatedAt: change.now,
        version: sql`${bookings.version} + 1`,
      })
      .from(before)
      .where(eq(bookings.id, before.id))
      .returning({
        ...getTableColumns(bookings),
        fromStatus: sql<BookingStatus>`${before.status}`.as('from_status'),
      }),
  )
  const recorded = db.$with('recorded').as(
    db
      .insert(bookingHistory)
      .select(
        select
          .select({
            id: sql`${change.ids.next()}::uuid`.as('id'),
            organizationId: changed.organizationId,
            bookingId: changed.id,
            at: sql`${change.now.toISOString()}::timestamptz`.as('at'),
            actorKind: sql`${change.actor.kind}::actor_kind`.as('actor_kind'),
            actorId: sql`${change.actor.id}::uuid`.as('actor_id'),
            fromStatus: sql`${changed.fromStatus}`.as('from_status'),
            toStatus: changed.status,
            paymentStatus: changed.paymentStatus,
            reason: sql`${change.reason}::text`.as('reason'),
          })
          .from(changed),
      )
      .returning({ id: bookingHistory.id }),
  )
  const [row] = await db.with(before, changed, recorded).select().from(changed)
  return row ?? null
}

/**
 * The SEQUENCE of the booking's next iCalendar object, one higher than the last (RFC 5546 §2.1.4), kept on the booking.
 * Nothing that anybody sees of the booking changes, so neither does its version.
 */
export async function nextCalendarSequence(tx: Tx, scope: OrganizationScope, bookingId: string): Promise<number> {
  const [row] = await tx
    .update(bookings)
    .set({ calendarSequence: sql`${bookings.calendarSequence} + 1` })
    .where(and(eq(bookings.organizationId, scope.organizationId), eq(bookings.id, bookingId)))
    .returning({ sequence: bookings.calendarSequence })
  if (row === undefined) throw new Error('The booking of a mail is there.')
  return row.sequence
}
