import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { disputes, payments } from '../../db/schema/payments.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { type RefundFacts, returnByBank } from '../../domain/refund.ts'

export type DisputeRow = typeof disputes.$inferSelect

/** The undecided disputes over the payment of the statement around. */
export function openDisputes(db: Db | Tx) {
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

/** Every dispute over payments of a booking, oldest first. */
export async function listDisputesOfBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  bookingId: string,
): Promise<DisputeRow[]> {
  return db
    .select()
    .from(disputes)
    .where(and(eq(disputes.organizationId, scope.organizationId), eq(disputes.bookingId, bookingId)))
    .orderBy(disputes.id)
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
