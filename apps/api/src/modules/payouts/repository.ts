import { and, asc, eq, ne } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { payoutLines } from '../../db/schema/payouts.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'

export type PayoutLineRow = typeof payoutLines.$inferSelect

/**
 * Adds a line to the ledger; lines are never changed. A second `earned` line of a booking, or a second correction for the
 * same effect of a refund, is left out (`payout_lines_one_earned_per_booking`, `payout_lines_one_per_refund_effect`):
 * answers whether the line was added.
 */
export async function insertPayoutLine(
  tx: Tx,
  scope: OrganizationScope,
  line: Omit<typeof payoutLines.$inferInsert, 'organizationId'>,
): Promise<boolean> {
  const added = await tx
    .insert(payoutLines)
    .values({ ...line, organizationId: scope.organizationId })
    .onConflictDoNothing()
    .returning({ id: payoutLines.id })
  return added.length > 0
}

/** The lines of a booking in the ledger, oldest first, without payments. */
export async function listEarningsOfBooking(
  db: Db | Tx,
  scope: OrganizationScope,
  bookingId: string,
): Promise<PayoutLineRow[]> {
  return db
    .select()
    .from(payoutLines)
    .where(
      and(
        eq(payoutLines.organizationId, scope.organizationId),
        eq(payoutLines.bookingId, bookingId),
        ne(payoutLines.kind, 'paid'),
      ),
    )
    .orderBy(asc(payoutLines.id))
}

/** What the ledger says so far that a booking earned, in minor units: its lines without payments. */
export async function sumEarned(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<number> {
  const lines = await db
    .select({ amountMinor: payoutLines.amountMinor })
    .from(payoutLines)
    .where(
      and(
        eq(payoutLines.organizationId, scope.organizationId),
        eq(payoutLines.bookingId, bookingId),
        ne(payoutLines.kind, 'paid'),
      ),
    )
  return lines.reduce((total, line) => total + line.amountMinor, 0)
}
