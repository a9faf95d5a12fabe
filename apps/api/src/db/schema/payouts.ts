import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  integer,
  numeric,
  pgEnum,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { PAYOUT_LINE_KINDS, REFUND_EFFECTS } from '../../domain/payout.ts'
import { bookings } from './bookings.ts'
import { id, instant, minorUnits } from './columns.ts'
import { memberships } from './organizations.ts'
import { refunds } from './payments.ts'

export const payoutLineKind = pgEnum('payout_line_kind', PAYOUT_LINE_KINDS)

/** The ledger of what trainers are owed. Lines are only ever added; one `earned` line per booking, ever. */
export const payoutLines = pgTable(
  'payout_lines',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    trainerUserId: uuid().notNull(),
    kind: payoutLineKind().notNull(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
    sharePercent: numeric({ precision: 5, scale: 2, mode: 'number' }).notNull(),
    /** After a no-show the part of the share that is due; null for a session that took place. */
    noShowPercent: integer(),
    /** A correction's refund, and whether it took money away or, failing, gave it back. */
    refundId: uuid(),
    refundEffect: text({ enum: REFUND_EFFECTS }),
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('payout_lines_one_earned_per_booking').on(t.bookingId).where(sql`${t.kind} = 'earned'`),
    uniqueIndex('payout_lines_one_per_refund_effect')
      .on(t.refundId, t.refundEffect)
      .where(sql`${t.refundId} is not null`),
    index('payout_lines_of_booking').on(t.bookingId, t.id),
    index('payout_lines_of_trainer').on(t.organizationId, t.trainerUserId, t.id),
    foreignKey({
      columns: [t.organizationId, t.trainerUserId],
      foreignColumns: [memberships.organizationId, memberships.userId],
    }),
    foreignKey({ columns: [t.organizationId, t.bookingId], foreignColumns: [bookings.organizationId, bookings.id] }),
    foreignKey({ columns: [t.organizationId, t.refundId], foreignColumns: [refunds.organizationId, refunds.id] }),
    check(
      'payout_lines_corrections_name_their_refund',
      sql`(${t.kind} = 'refund_correction') = (${t.refundId} is not null) and (${t.refundId} is null) = (${t.refundEffect} is null)`,
    ),
  ],
)
