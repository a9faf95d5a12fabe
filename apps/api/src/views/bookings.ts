import { and, asc, desc, eq, gt, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { type JsonInstant, jsonColumn } from '../db/json-column.ts'
import { bookings } from '../db/schema/bookings.ts'
import { calendarEvents, remoteSessions } from '../db/schema/delivery.ts'
import { feedback } from '../db/schema/feedback.ts'
import { users } from '../db/schema/identity.ts'
import { sessionTypes } from '../db/schema/session-types.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { Deps } from '../deps.ts'
import {
  BOOKING_STATUS_LABELS,
  type BookingList,
  bookingActions,
  decideReadBooking,
  paymentStatusLabel,
} from '../domain/booking.ts'
import { type Caller, isOrgAdmin, isOwner } from '../domain/caller.ts'
import { actionOf } from '../domain/decision.ts'
import type { SideEffectKind, SideEffectState } from '../domain/delivery.ts'
import { type DisputeStatus, disputeReasonInWords, isMoneyHeldByBank } from '../domain/dispute.ts'
import { money } from '../domain/money.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { REFUND_REASON_STAFF_LABELS, type RefundReason, type RefundStatus } from '../domain/payment.ts'
import { decideRetryRefund, type RefundFacts, returnByBank } from '../domain/refund.ts'
import { AppError } from '../errors/app-error.ts'
import { bookingStateOf } from '../modules/bookings/repository.ts'
import type { Booking } from '../modules/bookings/schemas.ts'
import { decodeInstantCursor, encodeInstantCursor } from '../wire/cursor.ts'
import { PAGE_LIMIT_DEFAULT } from '../wire/page.ts'
import { deliveryColumns, isCalendarEventOfBooking, isRemoteSessionOfBooking, presentDelivery } from './delivery.ts'

type ViewDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>

interface SideEffectJson {
  id: string
  kind: SideEffectKind
  state: SideEffectState
  attempts: number
  lastError: string | null
  nextAttemptAt: JsonInstant | null
  doneAt: JsonInstant | null
}
interface RefundJson {
  id: string
  amount: number
  currency: string
  status: RefundStatus
  reason: RefundReason
  note: string | null
  lastError: string | null
  nextAttemptAt: JsonInstant | null
  createdAt: JsonInstant
  settledAt: JsonInstant | null
  paymentId: string
  /** What the payment was asked for. */
  paymentMinor: number
  retriesRefundId: string | null
  isTakenOn: boolean
}
interface DisputeJson {
  id: string
  amount: number
  currency: string
  status: DisputeStatus
  isInquiry: boolean
  reason: string
  respondBy: JsonInstant | null
  createdAt: JsonInstant
  paymentId: string
  closedAt: JsonInstant | null
}
interface PayoutJson {
  amount: number
  sharePercent: number
}

/** As many as the contract lists of each. */
const SIDE_EFFECTS_SHOWN = 200
const REFUNDS_SHOWN = 100

// Calendar, remote session and webhooks have rows of their own; a mail that counts among a booking's effects is one, too.
const sideEffectsOfBooking = jsonColumn<SideEffectJson[]>(sql`(
  select coalesce(json_agg(json_build_object('id', e.id, 'kind', e.kind, 'state', e.state, 'attempts', e.attempts,
    'lastError', e.last_error, 'nextAttemptAt', e.next_attempt_at, 'doneAt', e.done_at) order by e.id), '[]')
  from (
    select s.id, s.kind, s.state, s.attempts, s.last_error, s.next_attempt_at, s.done_at
    from side_effects s
    where s.booking_id = ${bookings.id} and s.organization_id = ${bookings.organizationId}
    union all
    select m.id, m.side_effect_kind, m.state, m.attempts, m.last_error, m.next_attempt_at, m.done_at
    from mails m
    where m.booking_id = ${bookings.id} and m.organization_id = ${bookings.organizationId}
      and m.side_effect_kind is not null
    order by id desc limit ${sql.raw(String(SIDE_EFFECTS_SHOWN))}
  ) e)`)

const refundsOfBooking = jsonColumn<RefundJson[]>(sql`(
  select coalesce(json_agg(json_build_object('id', r.id, 'amount', r.amount_minor, 'currency', r.currency,
    'status', r.status, 'reason', r.reason, 'note', r.note, 'lastError', r.last_error,
    'nextAttemptAt', r.next_attempt_at, 'createdAt', r.created_at, 'settledAt', r.settled_at,
    'paymentId', r.payment_id, 'paymentMinor', r.payment_minor, 'retriesRefundId', r.retries_refund_id,
    'isTakenOn', r.provider_refund_id is not null) order by r.id), '[]')
  from (
    select f.*, p.amount_minor as payment_minor
    from refunds f join payments p on p.organization_id = f.organization_id and p.id = f.payment_id
    where f.booking_id = ${bookings.id} and f.organization_id = ${bookings.organizationId}
    order by f.id desc limit ${sql.raw(String(REFUNDS_SHOWN))}
  ) r)`)

const disputesOfBooking = jsonColumn<DisputeJson[]>(sql`(
  select coalesce(json_agg(json_build_object('id', d.id, 'amount', d.amount_minor, 'currency', d.currency,
    'status', d.status, 'isInquiry', d.is_inquiry, 'reason', d.reason, 'respondBy', d.respond_by,
    'createdAt', d.created_at, 'paymentId', d.payment_id, 'closedAt', d.closed_at) order by d.id), '[]')
  from (
    select * from disputes q
    where q.booking_id = ${bookings.id} and q.organization_id = ${bookings.organizationId}
    order by q.id desc limit ${sql.raw(String(REFUNDS_SHOWN))}
  ) d)`)

// What has been paid out does not lessen what was earned.
const payoutOfBooking = jsonColumn<PayoutJson | null>(sql`(
  select json_build_object('amount', sum(p.amount_minor),
    'sharePercent', (array_agg(p.share_percent order by p.id desc))[1])
  from payout_lines p
  where p.booking_id = ${bookings.id} and p.organization_id = ${bookings.organizationId} and p.kind <> 'paid'
  having count(*) > 0)`)

/** Everything that a booking's presentation needs, in one statement for one row or a page of them. */
function selectBookings(db: Db | Tx) {
  return db
    .select({
      row: bookings,
      request: {
        reference: trainingRequests.reference,
        customerName: trainingRequests.customerName,
        customerEmail: trainingRequests.customerEmail,
        customerPhone: trainingRequests.customerPhone,
      },
      trainer: { firstName: users.firstName, lastName: users.lastName },
      sessionType: { id: sessionTypes.id, name: sessionTypes.name },
      ...deliveryColumns,
      feedback: { rating: feedback.rating, comment: feedback.comment },
      sideEffects: sideEffectsOfBooking,
      refunds: refundsOfBooking,
      disputes: disputesOfBooking,
      payout: payoutOfBooking,
    })
    .from(bookings)
    .innerJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, bookings.organizationId),
        eq(trainingRequests.id, bookings.trainingRequestId),
      ),
    )
    .innerJoin(users, eq(users.id, bookings.trainerUserId))
    .innerJoin(
      sessionTypes,
      and(eq(sessionTypes.organizationId, bookings.organizationId), eq(sessionTypes.id, bookings.sessionTypeId)),
    )
    .leftJoin(remoteSessions, isRemoteSessionOfBooking)
    .leftJoin(calendarEvents, isCalendarEventOfBooking)
    .leftJoin(feedback, and(eq(feedback.organizationId, bookings.organizationId), eq(feedback.bookingId, bookings.id)))
    .$dynamic()
}

type BookingRecord = Awaited<ReturnType<typeof selectBookings>>[number]

function instant(value: JsonInstant | null): string | null {
  return value === null ? null : new Date(value).toISOString()
}

function retryOf(
  caller: Caller,
  trainerId: string,
  refund: RefundJson,
  { refunds, disputes }: Pick<BookingRecord, 'refunds' | 'disputes'>,
): Booking['refunds'][number]['actions']['retry'] {
  const returns = disputes.filter(({ status }) => status === 'lost').map(returnOf)
  const ofPayment = [...refunds.map(factsOf), ...returns].filter((one) => one.paymentId === refund.paymentId)
  const decision = decideRetryRefund(caller, { trainerId }, factsOf(refund), ofPayment, {
    amountMinor: refund.paymentMinor,
  })
  return actionOf(decision) as Booking['refunds'][number]['actions']['retry']
}

function returnOf({ id, paymentId, amount, closedAt, createdAt }: DisputeJson): RefundFacts {
  return returnByBank({ id, paymentId, amountMinor: amount, closedAt: new Date(closedAt ?? createdAt) })
}

function factsOf(refund: RefundJson): RefundFacts {
  return {
    ...refund,
    amountMinor: refund.amount,
    createdAt: new Date(refund.createdAt),
    settledAt: refund.settledAt === null ? null : new Date(refund.settledAt),
  }
}

function present(deps: Pick<Deps, 'secrets'>, record: BookingRecord, viewer: { caller: Caller; now: Date }): Booking {
  const { row, request } = record
  const state = bookingStateOf(row)
  return {
    id: row.id,
    requestId: row.trainingRequestId,
    reference: request.reference,
    status: row.status,
    statusLabel: BOOKING_STATUS_LABELS[row.status],
    paymentStatus: row.paymentStatus,
    paymentStatusLabel: paymentStatusLabel(state),
    start: row.startAt.toISOString(),
    end: row.endAt.toISOString(),
    durationMinutes: row.durationMinutes,
    customerTimeZone: row.customerTimeZone,
    customer: { name: request.customerName, email: request.customerEmail, phone: request.customerPhone },
    trainer: { id: row.trainerUserId, name: `${record.trainer.firstName} ${record.trainer.lastName}` },
    sessionType: record.sessionType,
    price: money(row.priceMinor, row.currency),
    paid: money(row.paidMinor, row.currency),
    refunded: money(row.refundedMinor, row.currency),
    holdExpiresAt: row.holdExpiresAt?.toISOString() ?? null,
    cancellationPolicy: row.cancellationPolicy,
    delivery: presentDelivery(
      deps.secrets,
      { booking: row, remoteSession: record.remoteSession, calendarEvent: record.calendarEvent },
      { forTrainer: isOwner(viewer.caller, row.trainerUserId) },
    ),
    sideEffects: record.sideEffects.map((effect) => ({
      ...effect,
      nextAttemptAt: instant(effect.nextAttemptAt),
      doneAt: instant(effect.doneAt),
    })),
    refunds: record.refunds.map((refund) => ({
      id: refund.id,
      amount: money(refund.amount, refund.currency),
      status: refund.status,
      reason: REFUND_REASON_STAFF_LABELS[refund.reason],
      note: refund.note,
      problem: refund.lastError,
      nextAttemptAt: instant(refund.nextAttemptAt),
      createdAt: new Date(refund.createdAt).toISOString(),
      settledAt: instant(refund.settledAt),
      actions: { retry: retryOf(viewer.caller, row.trainerUserId, refund, record) },
    })),
    disputes: record.disputes.map((dispute) => ({
      id: dispute.id,
      amount: money(dispute.amount, dispute.currency),
      status: dispute.status,
      isInquiry: dispute.isInquiry,
      reason: disputeReasonInWords(dispute.reason),
      respondBy: instant(dispute.respondBy),
      createdAt: new Date(dispute.createdAt).toISOString(),
    })),
    payout:
      record.payout === null
        ? null
        : { amount: money(record.payout.amount, row.currency), sharePercent: record.payout.sharePercent },
    feedback: record.feedback,
    createdAt: row.createdAt.toISOString(),
    paidAt: row.paidAt?.toISOString() ?? null,
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    completedAt: row.completedAt?.toISOString() ?? null,
    canceledAt: row.canceledAt?.toISOString() ?? null,
    canceledBy: row.canceledBy,
    cancelReason: row.cancelReason,
    version: row.version,
    actions: bookingActions(
      viewer.caller,
      state,
      { ...row, isHeldByBank: record.disputes.some(isMoneyHeldByBank) },
      viewer.now,
    ) as Booking['actions'],
  }
}

/**
 * One booking as this caller may see it, with what they may do with it now. To another trainer, and from another
 * organization, it does not exist (`not_found`). Where the trainer joins is told to that trainer alone.
 */
export async function readBooking(
  deps: ViewDeps,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string },
): Promise<Booking> {
  const [record] = await selectBookings(deps.db).where(
    and(eq(bookings.organizationId, input.scope.organizationId), eq(bookings.id, input.bookingId)),
  )
  if (record === undefined) throw new AppError('not_found')
  const decision = decideReadBooking(input.caller, { trainerId: record.row.trainerUserId })
  if (!decision.allowed) throw new AppError(decision.reason)
  return present(deps, record, { caller: input.caller, now: deps.clock.now() })
}

/** The booking as a command leaves it, for whoever gave the command and so may see it. */
export async function bookingAfterCommand(
  deps: ViewDeps,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string },
): Promise<Booking> {
  const [record] = await selectBookings(deps.db).where(
    and(eq(bookings.organizationId, input.scope.organizationId), eq(bookings.id, input.bookingId)),
  )
  if (record === undefined) throw new AppError('not_found')
  return present(deps, record, { caller: input.caller, now: deps.clock.now() })
}

/** What exists for this caller: `decideReadBooking` (domain/booking.ts) as a WHERE. */
function visibleTo(caller: Caller): SQL | undefined {
  if (caller.kind === 'system' || isOrgAdmin(caller)) return undefined
  return caller.kind === 'user' && isOwner(caller, caller.userId)
    ? eq(bookings.trainerUserId, caller.userId)
    : sql`false`
}

/** `isUpcoming` (domain/booking.ts) as a WHERE, and what is over. */
function inList(list: BookingList): SQL | undefined {
  switch (list) {
    case 'upcoming':
      return or(
        eq(bookings.status, 'confirmed'),
        and(eq(bookings.status, 'pending_payment'), inArray(bookings.paymentStatus, ['processing', 'paid'])),
      )
    case 'past':
      return inArray(bookings.status, ['completed', 'no_show', 'canceled', 'expired'])
    case 'all':
      return undefined
  }
}

/**
 * A page of bookings: `upcoming` (paid or processing in Pending Payment, and Confirmed, however long ago they ended) by
 * start, `past` and `all` with the latest start first. A trainer sees their own, an admin the organization's.
 */
export async function listBookings(
  deps: ViewDeps,
  input: {
    scope: OrganizationScope
    caller: Caller
    view?: BookingList
    trainerId?: string
    limit?: number
    cursor?: string
  },
): Promise<{ data: Booking[]; nextCursor: string | null }> {
  const { scope, caller } = input
  const view = input.view ?? 'upcoming'
  const list = `bookings:${view}`
  const limit = input.limit ?? PAGE_LIMIT_DEFAULT
  const isForward = view === 'upcoming'
  const after = input.cursor === undefined ? null : decodeInstantCursor(list, input.cursor)
  const beyond = isForward ? gt : lt
  const direction = isForward ? asc : desc
  const records = await selectBookings(deps.db)
    .where(
      and(
        eq(bookings.organizationId, scope.organizationId),
        visibleTo(caller),
        input.trainerId === undefined ? undefined : eq(bookings.trainerUserId, input.trainerId),
        inList(view),
        after === null
          ? undefined
          : or(beyond(bookings.startAt, after.at), and(eq(bookings.startAt, after.at), beyond(bookings.id, after.id))),
      ),
    )
    .orderBy(direction(bookings.startAt), direction(bookings.id))
    .limit(limit + 1)
  const now = deps.clock.now()
  const page = records.slice(0, limit)
  const last = page.at(-1)
  return {
    data: page.map((record) => present(deps, record, { caller, now })),
    nextCursor:
      records.length > limit && last !== undefined ? encodeInstantCursor(list, last.row.startAt, last.row.id) : null,
  }
}
