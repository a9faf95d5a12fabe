import { and, desc, eq, inArray, isNotNull, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { fromJson } from '../db/json-column.ts'
import { bookings } from '../db/schema/bookings.ts'
import { users } from '../db/schema/identity.ts'
import { payments, refunds } from '../db/schema/payments.ts'
import { sessionTypes } from '../db/schema/session-types.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import type { Deps } from '../deps.ts'
import { BOOKING_STATUS_LABELS } from '../domain/booking.ts'
import { type DisputeStatus, disputeReasonInWords, disputeStatusLabel } from '../domain/dispute.ts'
import { money, subtractMoney } from '../domain/money.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import {
  MISMATCH_REASONS,
  REFUND_REASON_STAFF_LABELS,
  type RefundReason,
  type RefundStatus,
} from '../domain/payment.ts'
import {
  PAYMENT_PROVIDER_LABELS,
  PAYMENT_RECORD_STATUS_LABELS,
  type PaymentProvider,
  type PaymentRecord,
  type PaymentRecordStatus,
  paymentRecordStatus,
} from '../domain/payment-record.ts'
import { parseReference } from '../domain/reference.ts'
import { isRefundMissing, type RefundFacts, returnByBank } from '../domain/refund.ts'
import { addDays, startOfDate } from '../domain/zoned-time.ts'
import { AppError } from '../errors/app-error.ts'
import { getSettings } from '../modules/organizations/repository.ts'
import type { Payment } from '../modules/payments/schemas.ts'
import { decodeInstantCursor, encodeInstantCursor } from '../wire/cursor.ts'
import { PAGE_LIMIT_DEFAULT } from '../wire/page.ts'

/** What these views need. */
export type ViewDeps = Pick<Deps, 'db'>

/** Which payments are meant; days are dates in the organization's zone, both included. */
export interface PaymentFilters {
  status?: readonly PaymentRecordStatus[]
  provider?: PaymentProvider
  from?: string
  to?: string
  search?: string
}

/** When the money came; until then, when the customer was sent to pay. `payments_by_time` is the index of this order. */
export const paymentAt = sql<Date>`coalesce(${payments.paidAt}, ${payments.createdAt})`.mapWith(payments.createdAt)

/**
 * What has gone back of one payment. Money that was never the price (another amount, another currency) is known by the
 * refund that returned it in full: then that is what had been captured.
 */
export function backOf(db: Db | Tx) {
  const isMismatch = inArray(refunds.reason, [...MISMATCH_REASONS])
  return db
    .select({
      refundedMinor: sql<number>`coalesce(sum(${refunds.amountMinor}) filter (where ${refunds.status} <> 'failed'), 0)`
        .mapWith(Number)
        .as('sent_back_minor'),
      settledMinor: sql<number>`coalesce(sum(${refunds.amountMinor}) filter (where ${refunds.status} = 'succeeded'), 0)`
        .mapWith(Number)
        .as('settled_back_minor'),
      capturedMinor: sql<number | null>`max(${refunds.amountMinor}) filter (where ${isMismatch})`.as('mismatch_minor'),
      capturedCurrency: sql<string | null>`max(${refunds.currency}) filter (where ${isMismatch})`.as(
        'mismatch_currency',
      ),
    })
    .from(refunds)
    .where(
      and(
        eq(refunds.organizationId, payments.organizationId),
        eq(refunds.bookingId, payments.bookingId),
        eq(refunds.paymentId, payments.id),
      ),
    )
    .as('back')
}

type Back = ReturnType<typeof backOf>

/** What was captured: what was asked, unless another amount or currency came. */
export function amountsOf(back: Back) {
  return {
    amountMinor: sql<number>`coalesce(${back.capturedMinor}, ${payments.amountMinor})`.mapWith(Number),
    currency: sql<string>`coalesce(${back.capturedCurrency}, ${payments.currency})`,
  }
}

/** A checkout whose making was interrupted, or refused, never reached a customer. */
const wasOffered = and(isNotNull(payments.providerCheckoutId), ne(payments.state, 'creating'))

/** `paymentRecordStatus` (domain/payment-record.ts) as a WHERE. */
function hasStatus(status: PaymentRecordStatus, back: Back): SQL | undefined {
  const isPaid = eq(payments.state, 'paid')
  const { amountMinor } = amountsOf(back)
  switch (status) {
    case 'paid':
      return and(isPaid, sql`${back.settledMinor} = 0`)
    case 'partially_refunded':
      return and(isPaid, sql`${back.settledMinor} > 0`, sql`${back.settledMinor} < ${amountMinor}`)
    case 'refunded':
      return and(isPaid, sql`${back.settledMinor} >= ${amountMinor}`)
    case 'open':
    case 'processing':
    case 'failed':
    case 'expired':
      return eq(payments.state, status)
  }
}

function found(search: string): SQL | undefined {
  const text = search.trim()
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const reference = parseReference(text)
  return or(
    sql`${trainingRequests.reference} ilike ${pattern}`,
    reference === null ? undefined : eq(trainingRequests.reference, reference),
    sql`${trainingRequests.customerName} ilike ${pattern}`,
    sql`${trainingRequests.customerEmail} ilike ${pattern}`,
    eq(payments.providerCheckoutId, text),
    eq(payments.providerPaymentId, text),
    sql`exists (select from refunds f where f.organization_id = ${payments.organizationId}
      and f.booking_id = ${payments.bookingId} and f.payment_id = ${payments.id} and f.provider_refund_id = ${text})`,
  )
}

/** The filters as a WHERE: payments of the organization that a customer was sent to make. */
export function fits(scope: OrganizationScope, filters: PaymentFilters, timeZone: string, back: Back): SQL | undefined {
  const { status, provider, from, to, search } = filters
  const at = (date: string) => sql.param(new Date(startOfDate(date, timeZone)), payments.createdAt)
  return and(
    eq(payments.organizationId, scope.organizationId),
    wasOffered,
    status === undefined || status.length === 0 ? undefined : or(...status.map((one) => hasStatus(one, back))),
    provider === undefined ? undefined : eq(payments.provider, provider),
    from === undefined ? undefined : sql`${paymentAt} >= ${at(from)}`,
    to === undefined ? undefined : sql`${paymentAt} < ${at(addDays(to, 1))}`,
    search === undefined ? undefined : found(search),
  )
}

/** The zone that the days of the filters are meant in. `invalid_query` for days out of order. */
export async function zoneOf(deps: ViewDeps, scope: OrganizationScope, { from, to }: PaymentFilters): Promise<string> {
  if (from !== undefined && to !== undefined && to < from)
    throw new AppError('invalid_query', { errors: [{ pointer: '/to', message: 'Must not be before "from".' }] })
  return (await getSettings(deps.db, scope)).timeZone
}

interface RefundJson {
  id: string
  amount: number
  currency: string
  status: RefundStatus
  reason: RefundReason
  providerRefundId: string | null
  retriesRefundId: string | null
  createdAt: string
  settledAt: string | null
}

/** As many as the contract lists. */
const REFUNDS_SHOWN = 100

const refundsOfPayment = sql<RefundJson[]>`(
  select coalesce(json_agg(json_build_object('id', f.id, 'amount', f.amount_minor, 'currency', f.currency,
    'status', f.status, 'reason', f.reason, 'providerRefundId', f.provider_refund_id,
    'retriesRefundId', f.retries_refund_id, 'createdAt', f.created_at, 'settledAt', f.settled_at)
    order by f.id), '[]')
  from (
    select * from refunds g
    where g.organization_id = ${payments.organizationId} and g.booking_id = ${payments.bookingId}
      and g.payment_id = ${payments.id}
    order by g.id limit ${sql.raw(String(REFUNDS_SHOWN))}
  ) f)`.mapWith(fromJson<RefundJson[]>)

interface DisputeJson {
  id: string
  amount: number
  currency: string
  status: DisputeStatus
  isInquiry: boolean
  reason: string
  respondBy: string | null
  createdAt: string
}

type ReturnJson = Pick<DisputeJson, 'id' | 'amount'> & { closedAt: string }

/** What the bank has taken back of the payment in disputes that were lost. */
const returnsOfPayment = sql<ReturnJson[]>`(
  select coalesce(json_agg(json_build_object('id', l.id, 'amount', l.amount_minor,
    'closedAt', coalesce(l.closed_at, l.created_at)) order by l.id), '[]')
  from disputes l
  where l.organization_id = ${payments.organizationId} and l.booking_id = ${payments.bookingId}
    and l.payment_id = ${payments.id} and l.status = 'lost')`.mapWith(fromJson<ReturnJson[]>)

const latestDispute = sql<DisputeJson | null>`(
  select json_build_object('id', d.id, 'amount', d.amount_minor, 'currency', d.currency, 'status', d.status,
    'isInquiry', d.is_inquiry, 'reason', d.reason, 'respondBy', d.respond_by, 'createdAt', d.created_at)
  from disputes d
  where d.organization_id = ${payments.organizationId} and d.booking_id = ${payments.bookingId}
    and d.payment_id = ${payments.id}
  order by d.id desc limit 1)`.mapWith(fromJson<DisputeJson | null>)

/** Everything that a payment's presentation needs, in one statement for a page of them. */
export function selectPayments(db: Db | Tx, back: Back) {
  return db
    .select({
      row: payments,
      at: paymentAt,
      ...amountsOf(back),
      refundedMinor: back.refundedMinor,
      settledMinor: back.settledMinor,
      refunds: refundsOfPayment,
      returns: returnsOfPayment,
      dispute: latestDispute,
      booking: {
        id: bookings.id,
        requestId: bookings.trainingRequestId,
        status: bookings.status,
        startAt: bookings.startAt,
      },
      request: {
        reference: trainingRequests.reference,
        customerName: trainingRequests.customerName,
        customerEmail: trainingRequests.customerEmail,
      },
      trainer: { id: users.id, firstName: users.firstName, lastName: users.lastName },
      sessionType: { id: sessionTypes.id, name: sessionTypes.name },
    })
    .from(payments)
    .innerJoin(bookings, and(eq(bookings.organizationId, payments.organizationId), eq(bookings.id, payments.bookingId)))
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
    .innerJoinLateral(back, sql`true`)
    .$dynamic()
}

/** One payment as it is read, before it is presented. */
export type PaymentRecordRow = Awaited<ReturnType<typeof selectPayments>>[number]

/**
 * The payment's page in Stripe's dashboard. A checkout's id says whether it is one of the test mode, whose payments have
 * their own part of the dashboard.
 */
function providerUrl({ provider, providerCheckoutId, providerPaymentId }: PaymentRecordRow['row']): string | null {
  if (provider !== 'stripe' || providerPaymentId === null) return null
  const part = providerCheckoutId?.startsWith('cs_test_') ? 'test/' : ''
  return `https://dashboard.stripe.com/${part}payments/${encodeURIComponent(providerPaymentId)}`
}

function factsOf(row: PaymentRecordRow['row'], refund: RefundJson): RefundFacts {
  return {
    id: refund.id,
    paymentId: row.id,
    amountMinor: refund.amount,
    status: refund.status,
    retriesRefundId: refund.retriesRefundId,
    isTakenOn: refund.providerRefundId !== null,
    createdAt: new Date(refund.createdAt),
    settledAt: refund.settledAt === null ? null : new Date(refund.settledAt),
  }
}

/** A payment as the contract shows it. */
export function present(record: PaymentRecordRow): Payment {
  const { row, booking, request, trainer, currency, dispute } = record
  const status = paymentRecordStatus({
    // Only what was offered is selected.
    state: row.state as PaymentRecord['state'],
    amountMinor: record.amountMinor,
    settledRefundsMinor: record.settledMinor,
  })
  const amount = money(record.amountMinor, currency)
  // Two refunds that crossed, one made here and one at the provider, are no more than was paid: one of them is refused.
  const all = record.refunds.map((refund) => ({ refund, facts: factsOf(row, refund) }))
  const returns = record.returns.map(({ id, amount, closedAt }) =>
    returnByBank({ id, paymentId: row.id, amountMinor: amount, closedAt: new Date(closedAt) }),
  )
  const everyFact = [...all.map(({ facts }) => facts), ...returns]
  const refunded = money(Math.min(record.refundedMinor, record.amountMinor), currency)
  return {
    id: row.id,
    status,
    statusLabel: PAYMENT_RECORD_STATUS_LABELS[status],
    at: record.at.toISOString(),
    createdAt: row.createdAt.toISOString(),
    paidAt: row.paidAt?.toISOString() ?? null,
    booking: {
      id: booking.id,
      requestId: booking.requestId,
      reference: request.reference,
      status: booking.status,
      statusLabel: BOOKING_STATUS_LABELS[booking.status],
      start: booking.startAt.toISOString(),
    },
    customer: { name: request.customerName, email: request.customerEmail },
    trainer: { id: trainer.id, name: `${trainer.firstName} ${trainer.lastName}` },
    sessionType: record.sessionType,
    amount,
    refunded,
    net: row.state === 'paid' ? subtractMoney(amount, refunded) : money(0, currency),
    provider: row.provider,
    providerLabel: PAYMENT_PROVIDER_LABELS[row.provider],
    providerCheckoutId: row.providerCheckoutId,
    providerPaymentId: row.providerPaymentId,
    providerUrl: providerUrl(row),
    refunds: all.map(({ refund, facts }) => ({
      id: refund.id,
      amount: money(refund.amount, refund.currency),
      status: refund.status,
      reason: REFUND_REASON_STAFF_LABELS[refund.reason],
      providerRefundId: refund.providerRefundId,
      createdAt: new Date(refund.createdAt).toISOString(),
      isMissing: isRefundMissing(facts, everyFact, row),
    })),
    dispute:
      dispute === null
        ? null
        : {
            id: dispute.id,
            status: dispute.status,
            isInquiry: dispute.isInquiry,
            statusLabel: disputeStatusLabel(dispute),
            amount: money(dispute.amount, dispute.currency),
            reason: disputeReasonInWords(dispute.reason),
            respondBy: dispute.respondBy === null ? null : new Date(dispute.respondBy).toISOString(),
            createdAt: new Date(dispute.createdAt).toISOString(),
          },
  }
}

/** What lies beyond a row in the order of the list. */
export function beyond(direction: 'later' | 'earlier', { at, id }: { at: Date; id: string }): SQL {
  const row = sql`(${paymentAt}, ${payments.id})`
  const edge = sql`(${sql.param(at, payments.createdAt)}, ${sql.param(id, payments.id)}::uuid)`
  return direction === 'later' ? sql`${row} > ${edge}` : sql`${row} < ${edge}`
}

const LIST = 'payments'

/**
 * A page of what customers were asked to pay and what became of it, the latest first: for Organizational Admins.
 *
 * One row for each checkout that a customer was sent to. A payment that arrives while somebody pages comes to the front.
 * Two statements whatever the page's length. Refuses `invalid_query` for days out of order.
 */
export async function listPayments(
  deps: ViewDeps,
  input: { scope: OrganizationScope; filters: PaymentFilters; limit?: number; cursor?: string },
): Promise<{ data: Payment[]; nextCursor: string | null }> {
  const { scope, filters, limit = PAGE_LIMIT_DEFAULT } = input
  const after = input.cursor === undefined ? null : decodeInstantCursor(LIST, input.cursor)
  const timeZone = await zoneOf(deps, scope, filters)
  const back = backOf(deps.db)
  const records = await selectPayments(deps.db, back)
    .where(and(fits(scope, filters, timeZone, back), after === null ? undefined : beyond('earlier', after)))
    .orderBy(desc(paymentAt), desc(payments.id))
    .limit(limit + 1)
  const page = records.slice(0, limit)
  const last = page.at(-1)
  return {
    data: page.map(present),
    nextCursor: records.length > limit && last !== undefined ? encodeInstantCursor(LIST, last.at, last.row.id) : null,
  }
}
