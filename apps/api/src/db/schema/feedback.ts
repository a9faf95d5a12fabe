import { sql } from 'drizzle-orm'
import { check, foreignKey, index, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { bookings } from './bookings.ts'
import { instant } from './columns.ts'

/** The customer's rating of a completed session: one per booking, the primary key keeps it so. */
export const feedback = pgTable(
  'feedback',
  {
    bookingId: uuid().primaryKey(),
    organizationId: uuid().notNull(),
    rating: smallint().notNull(),
    comment: text(),
    createdAt: instant().notNull(),
  },
  (t) => [
    foreignKey({
      columns: [t.organizationId, t.bookingId],
      foreignColumns: [bookings.organizationId, bookings.id],
    }).onDelete('cascade'),
    index('feedback_of_organization').on(t.organizationId, t.createdAt),
    check('feedback_rating_in_bounds', sql`${t.rating} between 1 and 5`),
  ],
)
