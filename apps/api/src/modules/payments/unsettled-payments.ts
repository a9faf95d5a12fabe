import { sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import type { Money } from '../../domain/money.ts'

/** A payment that nobody has the good of: captured, and neither booked nor refunded. */
export interface UnsettledPayment {
  paymentId: string
  organizationId: string
  bookingId: string
  /** The request's reference, as people know it. */
  reference: string
  provider: string
  providerPaymentId: string | null
  amount: Money
  paidAt: Date
  /** What is missing, in words. */
  why: string
}

/**
 * Payments that were captured, and for 15 minutes now have been neither booked nor sent back, of all organizations, the
 * oldest first: the one number about money that is always zero (quality.md, reliability).
 *
 * Booked is a session that is confirmed or was held, one reserved and paid that is still to come, and one that was
 * confirmed and then canceled under its own policy. Sent back is all of it, in refunds that the provider has taken on or by
 * the bank in a dispute that was lost. The rule itself is the SQL function `unsettled_payments` (migration 0017), which
 * operators may ask by hand. What the provider has captured and the product has never heard of, only the reconcilers can
 * find.
 */
export async function listUnsettledPayments(db: Db | Tx, now: Date): Promise<UnsettledPayment[]> {
  const rows = await db.execute<{
    payment_id: string
    organization_id: string
    booking_id: string
    reference: string
    provider: string
    provider_payment_id: string | null
    amount_minor: string
    currency: string
    paid_at: string
    why: string
  }>(sql`select * from unsettled_payments(${now.toISOString()}::timestamptz)`)
  return rows.map((row) => ({
    paymentId: row.payment_id,
    organizationId: row.organization_id,
    bookingId: row.booking_id,
    reference: row.reference,
    provider: row.provider,
    providerPaymentId: row.provider_payment_id,
    amount: { amount: Number(row.amount_minor), currency: row.currency },
    paidAt: new Date(row.paid_at),
    why: row.why,
  }))
}
