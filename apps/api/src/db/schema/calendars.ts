import { index, pgEnum, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { id, instant } from './columns.ts'
import { users } from './identity.ts'

export const calendarProvider = pgEnum('calendar_provider', ['test', 'google', 'microsoft'])

/** A trainer's connected calendar; it belongs to the person, across all organizations. */
export const calendarConnections = pgTable(
  'calendar_connections',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    provider: calendarProvider().notNull(),
    label: text().notNull(),
    createdAt: instant().notNull(),
    disconnectedAt: instant(),
    /** When it was last read, or tried to be, to see whether it can be. */
    checkedAt: instant(),
    /** Since when it cannot be read; null while it can. */
    unreadableSince: instant(),
  },
  (t) => [
    index('calendar_connections_user').on(t.userId),
    unique('calendar_connections_provider_unique').on(t.userId, t.provider),
  ],
)
