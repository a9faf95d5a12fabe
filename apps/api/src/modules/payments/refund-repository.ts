import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { payments, refunds } from '../../db/schema/payments.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { RefundFacts } from '../../domain/refund.ts'
import type { DueRow, PaymentRow } from './repository.ts'

export type RefundRow = typeof refunds.$inferSelect

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
export async function postponeRefunds(
  db: Db | Tx,
  scope: OrganizationScope,
  refundIds: readonly string[],
  nextAttemptAt: Date,
): Promise<void> {
  if (refundIds.length === 0) return
  await db
    .update(refunds)
    .set({
      nextAttemptAt: sql`greatest(${refunds.nextAttemptAt}, ${sql.param(nextAttemptAt, refunds.nextAttemptAt)})`,
    })
    .where(
      and(
        eq(refunds.organizationId, scope.organizationId),
        inArray(refunds.id, [...refundIds]),
        eq(refunds.status, 'pending'),
      ),
    )
}

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
