import { sql } from 'drizzle-orm'
import {
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
import { bookings } from './bookings.ts'
import { id, instant, minorUnits } from './columns.ts'

export const checkoutState = pgEnum('checkout_state', ['creating', 'open', 'processing', 'paid', 'failed', 'expired'])
export const refundStatus = pgEnum('refund_status', ['pending', 'succeeded', 'failed'])

/** One attempt to be paid for a booking: one checkout at the provider, made under one idempotency key. */
export const payments = pgTable(
  'payments',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    provider: text({ enum: ['stripe', 'test_checkout'] }).notNull(),
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
    syncedAt: instant(),
  },
  (t) => [
    unique('payments_scope').on(t.organizationId, t.id),
    unique('payments_attempt_unique').on(t.bookingId, t.attempt),
    uniqueIndex('payments_provider_checkout_unique').on(t.provider, t.providerCheckoutId),
    index('payments_open').on(t.expiresAt).where(sql`${t.state} in ('creating', 'open', 'processing')`),
    index('payments_ended_unpaid').on(t.expiresAt).where(sql`${t.state} in ('expired', 'failed')`),
    foreignKey({ columns: [t.organizationId, t.bookingId], foreignColumns: [bookings.organizationId, bookings.id] }),
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
    providerRefundId: text(),
    lastError: text(),
    createdAt: instant().notNull(),
    settledAt: instant(),
    /** When the provider was last asked about it. */
    syncedAt: instant(),
  },
  (t) => [
    foreignKey({ columns: [t.organizationId, t.bookingId], foreignColumns: [bookings.organizationId, bookings.id] }),
    foreignKey({ columns: [t.organizationId, t.paymentId], foreignColumns: [payments.organizationId, payments.id] }),
    index('refunds_of_booking').on(t.bookingId, t.id),
    uniqueIndex('refunds_provider_refund_unique').on(t.providerRefundId),
    index('refunds_under_way').on(t.id).where(sql`${t.status} = 'pending'`),
    check('refunds_amount_positive', sql`${t.amountMinor} > 0`),
  ],
)
