import { and, desc, eq, inArray, lte, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { payments, refunds } from '../../db/schema/payments.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { PaymentGateway } from '../../platform/payment-gateway/payment-gateway.ts'

export type PaymentRow = typeof payments.$inferSelect
export type RefundRow = typeof refunds.$inferSelect

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
  set: Partial<Pick<PaymentRow, 'state' | 'providerPaymentId' | 'paidAt' | 'syncedAt'>>,
): Promise<void> {
  await tx
    .update(payments)
    .set(set)
    .where(and(eq(payments.organizationId, scope.organizationId), eq(payments.id, paymentId)))
}

/**
 * Attempts that the provider should be asked about again, those not asked for longest first: open, processing and
 * recently ended ones not asked since `notAskedSince`, and open ones not asked since their deadline came.
 *
 * An attempt "asked" later than `now` was asked under a clock that has been moved back since.
 */
export async function listPaymentsToAskAbout(
  db: Db | Tx,
  input: { now: Date; notAskedSince: Date; endedSince: Date; limit: number },
): Promise<Pick<PaymentRow, 'id' | 'organizationId'>[]> {
  const lastAsked = sql`coalesce(${payments.syncedAt}, ${payments.createdAt})`
  const now = sql.param(input.now, payments.syncedAt)
  return db
    .select({ id: payments.id, organizationId: payments.organizationId })
    .from(payments)
    .where(
      and(
        sql`${payments.providerCheckoutId} is not null`,
        or(
          inArray(payments.state, ['creating', 'open', 'processing']),
          and(
            inArray(payments.state, ['expired', 'failed']),
            sql`${payments.expiresAt} > ${sql.param(input.endedSince, payments.expiresAt)}`,
          ),
        ),
        or(
          sql`${lastAsked} <= ${sql.param(input.notAskedSince, payments.syncedAt)}`,
          sql`${lastAsked} > ${now}`,
          and(
            inArray(payments.state, ['creating', 'open']),
            lte(payments.expiresAt, input.now),
            sql`${lastAsked} < ${payments.expiresAt}`,
          ),
        ),
      ),
    )
    .orderBy(lastAsked)
    .limit(input.limit)
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
  tx: Tx,
  scope: OrganizationScope,
  refundId: string,
  set: Partial<Pick<RefundRow, 'status' | 'providerRefundId' | 'lastError' | 'settledAt' | 'syncedAt'>>,
): Promise<void> {
  await tx
    .update(refunds)
    .set(set)
    .where(and(eq(refunds.organizationId, scope.organizationId), eq(refunds.id, refundId)))
}

/** Refunds under way that nobody has asked the provider about since `notAskedSince`, the longest first. */
export async function listRefundsToAskAbout(
  db: Db | Tx,
  input: { now: Date; notAskedSince: Date; limit: number },
): Promise<Pick<RefundRow, 'id' | 'organizationId'>[]> {
  const lastAsked = sql`coalesce(${refunds.syncedAt}, ${refunds.createdAt})`
  return db
    .select({ id: refunds.id, organizationId: refunds.organizationId })
    .from(refunds)
    .where(
      and(
        eq(refunds.status, 'pending'),
        or(
          sql`${lastAsked} <= ${sql.param(input.notAskedSince, refunds.syncedAt)}`,
          sql`${lastAsked} > ${sql.param(input.now, refunds.syncedAt)}`,
        ),
      ),
    )
    .orderBy(lastAsked)
    .limit(input.limit)
}
