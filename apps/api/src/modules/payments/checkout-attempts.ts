import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { payments } from '../../db/schema/payments.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { PaymentRow } from './repository.ts'

/** States of an attempt in which its checkout may still be paid, as far as is known here. */
export const PAYABLE_STATES = ['creating', 'open', 'processing'] as const

/** Writes down that a customer is about to be sent to pay; call it before the provider is asked. */
export async function insertAttempt(
  tx: Tx,
  scope: OrganizationScope,
  attempt: Omit<typeof payments.$inferInsert, 'organizationId'>,
): Promise<PaymentRow> {
  const [row] = await tx
    .insert(payments)
    .values({ ...attempt, organizationId: scope.organizationId })
    .returning()
  if (row === undefined) throw new Error('The attempt that was just written did not come back.')
  return row
}

/** The last attempt to be paid for a booking, whatever became of it. */
export async function findLatestAttempt(
  db: Db | Tx,
  scope: OrganizationScope,
  bookingId: string,
): Promise<PaymentRow | null> {
  const [row] = await db
    .select()
    .from(payments)
    .where(and(eq(payments.organizationId, scope.organizationId), eq(payments.bookingId, bookingId)))
    .orderBy(desc(payments.attempt))
    .limit(1)
  return row ?? null
}

/** The attempts that could still be paid, as far as is known here, the first one first. */
export async function listPayable(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<PaymentRow[]> {
  return db
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.organizationId, scope.organizationId),
        eq(payments.bookingId, bookingId),
        inArray(payments.state, [...PAYABLE_STATES]),
      ),
    )
    .orderBy(payments.attempt)
}

/** Whether a booking has an attempt that could still be paid, as far as is known here. */
export async function hasPayableCheckout(db: Db | Tx, scope: OrganizationScope, bookingId: string): Promise<boolean> {
  return (await listPayable(db, scope, bookingId)).length > 0
}

/**
 * Stores what the provider calls the checkout of an attempt; answers the attempt's state afterwards, or null when a checkout
 * was stored for it before.
 */
export async function storeCheckout(
  db: Db | Tx,
  scope: OrganizationScope,
  paymentId: string,
  checkout: { id: string; url: string | null },
): Promise<PaymentRow['state'] | null> {
  const [stored] = await db
    .update(payments)
    .set({
      providerCheckoutId: checkout.id,
      checkoutUrl: checkout.url,
      // What the money is doing is written down by payment truth alone; here it only becomes payable.
      state: sql`case when ${payments.state} = 'creating' then 'open'::checkout_state else ${payments.state} end`,
    })
    .where(
      and(
        eq(payments.organizationId, scope.organizationId),
        eq(payments.id, paymentId),
        // Whatever has become of the attempt meanwhile, a checkout that exists must be known.
        isNull(payments.providerCheckoutId),
      ),
    )
    .returning({ state: payments.state })
  return stored?.state ?? null
}

/** Gives an attempt up that was not paid. One whose money is known stays as it is. */
export async function giveUpAttempt(
  db: Db | Tx,
  scope: OrganizationScope,
  paymentId: string,
  { state, now }: { state: 'failed' | 'expired'; now: Date },
): Promise<void> {
  await db
    .update(payments)
    .set({ state, endedAt: now })
    .where(
      and(
        eq(payments.organizationId, scope.organizationId),
        eq(payments.id, paymentId),
        inArray(payments.state, ['creating', 'open']),
      ),
    )
}
