import { and, desc, eq, gt, inArray, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { disputes, payments, refunds } from '../../db/schema/payments.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { type RefundFacts, returnByBank } from '../../domain/refund.ts'
import type { PaymentGateway } from '../../platform/payment-gateway/payment-gateway.ts'

export type PaymentRow = typeof payments.$inferSelect
export type RefundRow = typeof refunds.$inferSelect
export type DisputeRow = typeof disputes.$inferSelect

/** A refund's row as the rules of domain/ read it. */
export function refundFactsOf(
  row: Pick<
    RefundRow,
    'id' | 'paymentId' | 'amountMinor' | 'status' | 'retriesRefundId' | 'providerRefundId' | 'createdAt' | 'settledAt'
  >,
): RefundFacts {
  return {
    id: row.id,
    paymentId: row.paymentId,
    amountMinor: row.amountMinor,
    status: row.status,
    retriesRefundId: row.retriesRefundId,
    isTakenOn: row.providerRefundId !== null,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
  }
}

/** Reads one attempt to be paid; null when it is not there. */
export async function findPayment(
  db: Db | Tx,
  scope: OrganizationScope,
  paymentId: string,
): Promise<PaymentRow | null> {
  const [row] = await db
    .select()
    .from(payments)
    .where(and(eq(payments.organizationId, scope.organizationId), eq(payments.id, paymentId)))
  return row ?? null
}

/**
 * Finds the attempt that a provider's checkout belongs to, in whatever organization: the provider names its own id only,
 * and the row says whose it is.
 */
export async function findPaymentOfCheckout(
  db: Db | Tx,
  input: { provider: PaymentGateway['provider']; checkoutId: string },
): Promise<Pick<PaymentRow, 'id' | 'organizationId' | 'bookingId'> | null> {
  const [row] = await db
    .select({ id: payments.id, organizationId: payments.organizationId, bookingId: payments.bookingId })
    .from(payments)
    .where(and(eq(payments.provider, input.provider), eq(payments.providerCheckoutId, input.checkoutId)))
  return row ?? null
}

/** Every attempt to be paid for a booking, the latest first. */
export async function listPaymentsOfBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  bookingId: string,
): Promise<PaymentRow[]> {
  return db
    .select()
    .from(payments)
    .where(and(eq(payments.organizationId, scope.organizationId), eq(payments.bookingId, bookingId)))
    .orderBy(desc(payments.attempt))
}

/**
 * Every attempt to be paid for a booking, the latest first, kept from changing until the transaction ends. Lock order
 * (architecture.md §3): after trainer, request and booking.
 */
export async function lockPaymentsOfBooking(
  tx: Tx,
  scope: OrganizationScope,
  bookingId: string,
): Promise<PaymentRow[]> {
  return tx
    .select()
    .from(payments)
    .where(and(eq(payments.organizationId, scope.organizationId), eq(payments.bookingId, bookingId)))
    .orderBy(desc(payments.attempt))
    .for('update')
}

/** Writes down what became known of an attempt. */
export async function updatePayment(
  tx: Tx,
  scope: OrganizationScope,
  paymentId: string,
  set: Partial<Pick<PaymentRow, 'state' | 'providerPaymentId' | 'paidAt' | 'endedAt' | 'syncedAt'>>,
): Promise<void> {
  await tx
    .update(payments)
    .set(set)
    .where(and(eq(payments.organizationId, scope.organizationId), eq(payments.id, paymentId)))
}

/** An attempt to be asked about, and with which account it was made. */
export type PaymentToAskAbout = Pick<PaymentRow, 'id' | 'organizationId' | 'provider' | 'integrationId'>

/**
 * Attempts that the provider should be asked about again: open, processing and recently ended ones that it has not said
 * anything about since `notAskedSince`, and open ones that it has said nothing about since their deadline came; without
 * those that somebody has asked about after `notTriedSince`, answered or not.
 *
 * Open ones come first, and so many of either kind for each account, those not tried for longest first, so that neither
 * old checkouts nor an account that does not answer keep a payment waiting. An instant later than `now` is one of a clock
 * that has been moved back since.
 */
export async function listPaymentsToAskAbout(
  db: Db | Tx,
  input: { now: Date; notAskedSince: Date; notTriedSince: Date; endedSince: Date; open: number; ended: number },
): Promise<PaymentToAskAbout[]> {
  const now = sql.param(input.now, payments.syncedAt)
  const isOpen = sql<boolean>`${payments.state} in ('creating', 'open', 'processing')`
  const heardAt = sql`coalesce(${payments.syncedAt}, ${payments.createdAt})`
  const triedAt = sql`coalesce(${payments.askedAt}, ${heardAt})`
  const due = db
    .select({
      id: payments.id,
      organizationId: payments.organizationId,
      provider: payments.provider,
      integrationId: payments.integrationId,
      isOpen: isOpen.as('is_open'),
      place: sql<number>`row_number() over (
        partition by ${payments.provider}, ${payments.integrationId}, ${isOpen} order by ${triedAt})`.as('place'),
    })
    .from(payments)
    .where(
      and(
        or(
          isOpen,
          and(
            sql`${payments.state} in ('expired', 'failed') and ${payments.providerCheckoutId} is not null`,
            sql`${payments.expiresAt} > ${sql.param(input.endedSince, payments.expiresAt)}`,
            // One that was closed early is done with as long before its deadline.
            sql`coalesce(${payments.endedAt}, ${payments.expiresAt}) > ${sql.param(input.endedSince, payments.expiresAt)}`,
          ),
        ),
        or(
          sql`${heardAt} <= ${sql.param(input.notAskedSince, payments.syncedAt)}`,
          sql`${heardAt} > ${now}`,
          and(
            sql`${payments.state} in ('creating', 'open')`,
            lte(payments.expiresAt, input.now),
            sql`${heardAt} < ${payments.expiresAt}`,
          ),
        ),
        isNotTriedSince(input.notTriedSince, input.now),
      ),
    )
    .as('due')
  return db
    .select({
      id: due.id,
      organizationId: due.organizationId,
      provider: due.provider,
      integrationId: due.integrationId,
    })
    .from(due)
    .where(sql`${due.place} <= case when ${due.isOpen} then ${input.open}::int else ${input.ended}::int end`)
    .orderBy(desc(due.isOpen), due.place)
}

/** Nobody has asked about this payment after that instant; or only before its deadline, which has come since. */
export function isNotTriedSince(instant: Date, now: Date): SQL {
  const at = sql.param(now, payments.askedAt)
  return sql`(${payments.askedAt} is null
    or ${payments.askedAt} <= ${sql.param(instant, payments.askedAt)}
    or ${payments.askedAt} > ${at}
    or (${payments.askedAt} < ${payments.expiresAt} and ${payments.expiresAt} <= ${at}))`
}

/**
 * Takes it upon the caller to ask the provider about a payment now; false when somebody else has done so after
 * `notTriedSince`. So each is asked about once, however many processes and open pages want to know.
 */
export async function takeAsking(
  db: Db | Tx,
  scope: OrganizationScope,
  paymentId: string,
  { now, notTriedSince }: { now: Date; notTriedSince: Date },
): Promise<boolean> {
  const rows = await db
    .update(payments)
    .set({ askedAt: now })
    .where(
      and(
        eq(payments.organizationId, scope.organizationId),
        eq(payments.id, paymentId),
        isNotTriedSince(notTriedSince, now),
      ),
    )
    .returning({ id: payments.id })
  return rows.length > 0
}

/** Writes down that money is to go back. The provider's refund is made by a job, under the row's id. */
export async function insertRefund(
  tx: Tx,
  scope: OrganizationScope,
  refund: Omit<typeof refunds.$inferInsert, 'organizationId'>,
): Promise<void> {
  await tx.insert(refunds).values({ ...refund, organizationId: scope.organizationId })
}

/** Reads a refund with the payment it gives back; null when it is not there. */
export async function findRefund(
  db: Db | Tx,
  scope: OrganizationScope,
  refundId: string,
): Promise<{ refund: RefundRow; payment: PaymentRow } | null> {
  const [row] = await db
    .select({ refund: refunds, payment: payments })
    .from(refunds)
    .innerJoin(payments, and(eq(payments.organizationId, refunds.organizationId), eq(payments.id, refunds.paymentId)))
    .where(and(eq(refunds.organizationId, scope.organizationId), eq(refunds.id, refundId)))
  return row ?? null
}

/** The refunds of a booking, oldest first, kept from changing until the transaction ends. */
export async function lockRefundsOfBooking(tx: Tx, scope: OrganizationScope, bookingId: string): Promise<RefundRow[]> {
  return tx
    .select()
    .from(refunds)
    .where(and(eq(refunds.organizationId, scope.organizationId), eq(refunds.bookingId, bookingId)))
    .orderBy(refunds.id)
    .for('update')
}

/** The refunds of a booking, oldest first. */
export async function listRefundsOfBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  bookingId: string,
): Promise<RefundRow[]> {
  return db
    .select()
    .from(refunds)
    .where(and(eq(refunds.organizationId, scope.organizationId), eq(refunds.bookingId, bookingId)))
    .orderBy(refunds.id)
}

/** Writes down what became known of a refund. */
export async function updateRefund(
  db: Db | Tx,
  scope: OrganizationScope,
  refundId: string,
  set: Partial<
    Pick<
      RefundRow,
      'status' | 'providerRefundId' | 'attempts' | 'nextAttemptAt' | 'lastError' | 'settledAt' | 'syncedAt'
    >
  >,
): Promise<void> {
  await db
    .update(refunds)
    .set(set)
    .where(and(eq(refunds.organizationId, scope.organizationId), eq(refunds.id, refundId)))
}

/**
 * Writes down a refund that was made elsewhere and that the product hears of now; answers whether it was news. One refund
 * of the provider is one row (`refunds_provider_refund_unique`).
 */
export async function insertRefundOfProvider(
  tx: Tx,
  scope: OrganizationScope,
  refund: Omit<typeof refunds.$inferInsert, 'organizationId'> & { providerRefundId: string },
): Promise<boolean> {
  const rows = await tx
    .insert(refunds)
    .values({ ...refund, organizationId: scope.organizationId })
    .onConflictDoNothing({ target: refunds.providerRefundId })
    .returning({ id: refunds.id })
  return rows.length > 0
}

/** Begins one try of a refund: one attempt more, and when the next is due should nothing come of it. */
export async function beginRefundTry(
  db: Db | Tx,
  scope: OrganizationScope,
  refundId: string,
  set: { nextAttemptAt: Date; syncedAt: Date },
): Promise<void> {
  await db
    .update(refunds)
    .set({ ...set, attempts: sql`${refunds.attempts} + 1` })
    .where(and(eq(refunds.organizationId, scope.organizationId), eq(refunds.id, refundId)))
}

/** Writes down why the provider could not be asked, while nothing else has become known. */
export async function noteRefundTrouble(
  db: Db | Tx,
  scope: OrganizationScope,
  refundId: string,
  lastError: string,
): Promise<void> {
  await db
    .update(refunds)
    .set({ lastError })
    .where(
      and(eq(refunds.organizationId, scope.organizationId), eq(refunds.id, refundId), eq(refunds.status, 'pending')),
    )
}

/** Puts off the next question about some refunds to that instant at the earliest: their account does not answer. */
export async function postponeRefunds(db: Db | Tx, refundIds: readonly string[], nextAttemptAt: Date): Promise<void> {
  if (refundIds.length === 0) return
  await db
    .update(refunds)
    .set({
      nextAttemptAt: sql`greatest(${refunds.nextAttemptAt}, ${sql.param(nextAttemptAt, refunds.nextAttemptAt)})`,
    })
    .where(and(inArray(refunds.id, [...refundIds]), eq(refunds.status, 'pending')))
}

/** A row that is due, and whose account has to be asked. */
export interface DueRow extends Pick<PaymentRow, 'id' | 'organizationId' | 'provider' | 'integrationId'> {}

/**
 * Refunds under way that are due to be asked for or about, the longest due first. A new one is its job's for as long as
 * `newSince` says. One that was asked about later than now was asked under a clock that has been moved back since.
 */
export async function listDueRefunds(
  db: Db | Tx,
  input: { now: Date; newSince: Date; limit: number },
): Promise<DueRow[]> {
  const now = sql.param(input.now, refunds.syncedAt)
  return db
    .select({
      id: refunds.id,
      organizationId: refunds.organizationId,
      provider: payments.provider,
      integrationId: payments.integrationId,
    })
    .from(refunds)
    .innerJoin(payments, and(eq(payments.organizationId, refunds.organizationId), eq(payments.id, refunds.paymentId)))
    .where(
      and(
        eq(refunds.status, 'pending'),
        or(
          lte(refunds.nextAttemptAt, input.now),
          and(isNull(refunds.nextAttemptAt), lte(refunds.createdAt, input.newSince)),
          sql`coalesce(${refunds.syncedAt}, ${refunds.createdAt}) > ${now}`,
        ),
      ),
    )
    .orderBy(sql`coalesce(${refunds.nextAttemptAt}, ${refunds.createdAt})`)
    .limit(input.limit)
}

/** The undecided disputes over the payment of the statement around. */
function openDisputes(db: Db | Tx) {
  return db
    .select({ id: disputes.id })
    .from(disputes)
    .where(
      and(
        eq(disputes.organizationId, payments.organizationId),
        eq(disputes.paymentId, payments.id),
        eq(disputes.status, 'open'),
      ),
    )
}

/** Whether a dispute over a payment is undecided, as far as is known here. */
export async function hasOpenDispute(db: Db | Tx, scope: OrganizationScope, paymentId: string): Promise<boolean> {
  const rows = await db
    .select({ id: payments.id })
    .from(payments)
    .where(
      and(
        eq(payments.organizationId, scope.organizationId),
        eq(payments.id, paymentId),
        sql`exists (${openDisputes(db)})`,
      ),
    )
  return rows.length > 0
}

/**
 * Payments whose provider is due to be asked for their refunds and disputes, the longest due first: those paid since
 * `paidSince`, and older ones with a dispute that is undecided.
 */
export async function listPaymentsWithRefundsDue(
  db: Db | Tx,
  input: { now: Date; paidBefore: Date; paidSince: Date; limit: number },
): Promise<(DueRow & { paidAt: Date })[]> {
  const dueAt = sql`coalesce(${payments.refundsDueAt}, ${payments.paidAt})`
  const rows = await db
    .select({
      id: payments.id,
      organizationId: payments.organizationId,
      provider: payments.provider,
      integrationId: payments.integrationId,
      paidAt: payments.paidAt,
    })
    .from(payments)
    .where(
      and(
        sql`${payments.state} = 'paid'`,
        sql`${dueAt} <= ${sql.param(input.now, payments.paidAt)}`,
        lte(payments.paidAt, input.paidBefore),
        or(gt(payments.paidAt, input.paidSince), sql`exists (${openDisputes(db)})`),
      ),
    )
    .orderBy(dueAt)
    .limit(input.limit)
  return rows.map((row) => ({ ...row, paidAt: row.paidAt ?? input.paidBefore }))
}

/** Says when the provider is to be asked next for the refunds and disputes of some payments. */
export async function setRefundsDueAt(db: Db | Tx, paymentIds: readonly string[], refundsDueAt: Date): Promise<void> {
  if (paymentIds.length === 0) return
  await db
    .update(payments)
    .set({ refundsDueAt })
    .where(inArray(payments.id, [...paymentIds]))
}

/** What the banks have taken back of the payments of a booking, or of all bookings of a request, in lost disputes. */
export async function listReturnsByBank(
  db: Db | Tx,
  scope: OrganizationScope,
  of: { bookingId: string } | { trainingRequestId: string },
): Promise<RefundFacts[]> {
  const bookingIds =
    'bookingId' in of
      ? [of.bookingId]
      : db
          .select({ id: bookings.id })
          .from(bookings)
          .where(
            and(
              eq(bookings.organizationId, scope.organizationId),
              eq(bookings.trainingRequestId, of.trainingRequestId),
            ),
          )
  const rows = await db
    .select()
    .from(disputes)
    .where(
      and(
        eq(disputes.organizationId, scope.organizationId),
        inArray(disputes.bookingId, bookingIds),
        eq(disputes.status, 'lost'),
      ),
    )
    .orderBy(disputes.id)
  return rows.map((row) => returnByBank({ ...row, closedAt: row.closedAt ?? row.createdAt }))
}

/** Reads a dispute by the provider's id, kept from changing until the transaction ends; null when it is not there. */
export async function lockDispute(
  tx: Tx,
  scope: OrganizationScope,
  providerDisputeId: string,
): Promise<DisputeRow | null> {
  const [row] = await tx
    .select()
    .from(disputes)
    .where(and(eq(disputes.organizationId, scope.organizationId), eq(disputes.providerDisputeId, providerDisputeId)))
    .for('update')
  return row ?? null
}

/** Writes down that a customer disputes a payment; one dispute of the provider is one row. */
export async function insertDispute(
  tx: Tx,
  scope: OrganizationScope,
  dispute: Omit<typeof disputes.$inferInsert, 'organizationId'>,
): Promise<boolean> {
  const rows = await tx
    .insert(disputes)
    .values({ ...dispute, organizationId: scope.organizationId })
    .onConflictDoNothing({ target: disputes.providerDisputeId })
    .returning({ id: disputes.id })
  return rows.length > 0
}

/** Writes down what became known of a dispute. */
export async function updateDispute(
  tx: Tx,
  scope: OrganizationScope,
  disputeId: string,
  set: Partial<Pick<DisputeRow, 'status' | 'isInquiry' | 'amountMinor' | 'reason' | 'respondBy' | 'closedAt'>>,
): Promise<void> {
  await tx
    .update(disputes)
    .set(set)
    .where(and(eq(disputes.organizationId, scope.organizationId), eq(disputes.id, disputeId)))
}
