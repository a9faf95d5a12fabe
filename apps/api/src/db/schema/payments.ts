import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { DISPUTE_STATUSES } from '../../domain/dispute.ts'
import { bookings } from './bookings.ts'
import { id, instant, minorUnits } from './columns.ts'
import { integrations } from './organizations.ts'

export const checkoutState = pgEnum('checkout_state', ['creating', 'open', 'processing', 'paid', 'failed', 'expired'])
export const refundStatus = pgEnum('refund_status', ['pending', 'succeeded', 'failed'])
export const disputeStatus = pgEnum('dispute_status', DISPUTE_STATUSES)

/** One attempt to be paid for a booking: one checkout at the provider, made under one idempotency key. */
export const payments = pgTable(
  'payments',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    provider: text({ enum: ['stripe', 'test_checkout'] }).notNull(),
    /** The organization's own account it was made with; null: the deployment's. */
    integrationId: uuid(),
    attempt: integer().notNull(),
    idempotencyKey: text().notNull(),
    state: checkoutState().notNull(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
    /** The hold's deadline when the attempt was made; sent again unchanged when the call is repeated. */
    expiresAt: instant().notNull(),
    providerCheckoutId: text(),
    checkoutUrl: text(),
    providerPaymentId: text(),
    createdAt: instant().notNull(),
    paidAt: instant(),
    /** When it became known here that it ended unpaid. */
    endedAt: instant(),
    /** When the provider last said how it stands. */
    syncedAt: instant(),
    /** When the provider was last asked, whether or not it answered. */
    askedAt: instant(),
    /** When the provider is to be asked next which refunds and disputes it knows of this payment. */
    refundsDueAt: instant(),
  },
  (t) => [
    unique('payments_scope').on(t.organizationId, t.id),
    unique('payments_attempt_unique').on(t.bookingId, t.attempt),
    uniqueIndex('payments_provider_checkout_unique').on(t.provider, t.providerCheckoutId),
    // The order of the Payments page (views/payments.ts).
    index('payments_by_time').on(t.organizationId, sql`coalesce(${t.paidAt}, ${t.createdAt})`, t.id),
    index('payments_of_provider_payment').on(t.provider, t.providerPaymentId),
    index('payments_open').on(t.expiresAt).where(sql`${t.state} in ('creating', 'open', 'processing')`),
    index('payments_refunds_due').on(sql`coalesce(${t.refundsDueAt}, ${t.paidAt})`).where(sql`${t.state} = 'paid'`),
    index('payments_ended_unpaid').on(t.expiresAt).where(sql`${t.state} in ('expired', 'failed')`),
    foreignKey({ columns: [t.organizationId, t.bookingId], foreignColumns: [bookings.organizationId, bookings.id] }),
    foreignKey({
      columns: [t.organizationId, t.integrationId],
      foreignColumns: [integrations.organizationId, integrations.id],
    }),
    check('payments_amount_positive', sql`${t.amountMinor} > 0`),
  ],
)

/** Money on its way back. The provider's refund is made by a job under `refund:<id>`, so a repeat is harmless. */
export const refunds = pgTable(
  'refunds',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    paymentId: uuid().notNull(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
    status: refundStatus().notNull(),
    reason: text().notNull(),
    /** What an admin wrote about it; the customer reads it. */
    note: text(),
    /** The failed refund in whose place this one is made. */
    retriesRefundId: uuid(),
    /** Null until the provider has taken it on. */
    providerRefundId: text(),
    /** How often the provider was asked to make it. */
    attempts: integer().notNull().default(0),
    nextAttemptAt: instant(),
    /** What went wrong, in words. */
    lastError: text(),
    createdAt: instant().notNull(),
    settledAt: instant(),
    /** When the provider was last asked about it. */
    syncedAt: instant(),
  },
  (t) => [
    unique('refunds_scope').on(t.organizationId, t.id),
    foreignKey({ columns: [t.organizationId, t.bookingId], foreignColumns: [bookings.organizationId, bookings.id] }),
    foreignKey({ columns: [t.organizationId, t.paymentId], foreignColumns: [payments.organizationId, payments.id] }),
    index('refunds_of_booking').on(t.bookingId, t.id),
    foreignKey({ columns: [t.organizationId, t.retriesRefundId], foreignColumns: [t.organizationId, t.id] }),
    uniqueIndex('refunds_retried_once').on(t.retriesRefundId),
    index('refunds_of_payment').on(t.paymentId),
    uniqueIndex('refunds_provider_refund_unique').on(t.providerRefundId),
    index('refunds_under_way').on(t.id).where(sql`${t.status} = 'pending'`),
    check('refunds_amount_positive', sql`${t.amountMinor} > 0`),
  ],
)

/** A customer has asked their bank for the money back. Nothing is refunded by it here: the banks decide. */
export const disputes = pgTable(
  'disputes',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    paymentId: uuid().notNull(),
    providerDisputeId: text().notNull(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
    /** The provider's own word. */
    reason: text().notNull(),
    status: disputeStatus().notNull(),
    /** The bank only asks about the payment so far: no money has been taken. */
    isInquiry: boolean().notNull().default(false),
    /** Until when the organization can answer it at the provider. */
    respondBy: instant(),
    createdAt: instant().notNull(),
    closedAt: instant(),
  },
  (t) => [
    foreignKey({ columns: [t.organizationId, t.bookingId], foreignColumns: [bookings.organizationId, bookings.id] }),
    foreignKey({ columns: [t.organizationId, t.paymentId], foreignColumns: [payments.organizationId, payments.id] }),
    uniqueIndex('disputes_provider_dispute_unique').on(t.providerDisputeId),
    index('disputes_of_booking').on(t.bookingId, t.id),
    index('disputes_of_payment').on(t.paymentId),
  ],
)
