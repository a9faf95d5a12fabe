import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

/**
 * Which of a payment provider's notices have had their effect: written in the transaction of that effect, so that a notice
 * told again does nothing and one whose effect was lost is done when it is told again. Of no organization: an account's
 * notices may be about nobody's payment here.
 */
export const receivedEvents = pgTable(
  'received_events',
  {
    provider: text({ enum: ['stripe'] }).notNull(),
    /** Whose endpoint was told: the id of an organization's integration, or `deployment`. */
    account: text().notNull(),
    /** The provider's own id of the notice. */
    eventId: text().notNull(),
    type: text().notNull(),
    receivedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'received_events_once', columns: [t.provider, t.account, t.eventId] }),
    index('received_events_by_age').on(t.receivedAt),
  ],
)
