import { and, desc, eq, gt, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { payments } from '../../db/schema/payments.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { PaymentGateway } from '../../platform/payment-gateway/payment-gateway.ts'
import { openDisputes } from './dispute-repository.ts'

export type PaymentRow = typeof payments.$inferSelect

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

/** A row that is due, and whose account has to be asked. */
export interface DueRow extends Pick<PaymentRow, 'id' | 'organizationId' | 'provider' | 'integrationId'> {}

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
export async function setRefundsDueAt(
  db: Db | Tx,
  scope: OrganizationScope,
  paymentIds: readonly string[],
  refundsDueAt: Date,
): Promise<void> {
  if (paymentIds.length === 0) return
  await db
    .update(payments)
    .set({ refundsDueAt })
    .where(and(eq(payments.organizationId, scope.organizationId), inArray(payments.id, [...paymentIds])))
}
