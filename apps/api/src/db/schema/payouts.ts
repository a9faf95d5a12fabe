import { sql } from 'drizzle-orm'
import { foreignKey, index, numeric, pgEnum, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { PAYOUT_LINE_KINDS } from '../../domain/payout.ts'
import { bookings } from './bookings.ts'
import { id, instant, minorUnits } from './columns.ts'
import { memberships } from './organizations.ts'

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
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('payout_lines_one_earned_per_booking').on(t.bookingId).where(sql`${t.kind} = 'earned'`),
    index('payout_lines_of_trainer').on(t.organizationId, t.trainerUserId, t.id),
    foreignKey({
      columns: [t.organizationId, t.trainerUserId],
      foreignColumns: [memberships.organizationId, memberships.userId],
    }),
    foreignKey({ columns: [t.organizationId, t.bookingId], foreignColumns: [bookings.organizationId, bookings.id] }),
  ],
)
