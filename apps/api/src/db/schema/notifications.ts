import { sql } from 'drizzle-orm'
import { boolean, foreignKey, index, integer, pgEnum, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { bookings } from './bookings.ts'
import { id, instant } from './columns.ts'
import { sideEffectKind, sideEffectState } from './delivery.ts'
import { events } from './events.ts'
import { users } from './identity.ts'
import { organizations } from './organizations.ts'
import { schedulingTokens } from './scheduling.ts'
import { trainingRequests } from './training-requests.ts'

export const mailRecipient = pgEnum('mail_recipient', ['user', 'customer', 'support'])

/**
 * One mail to one person because of one event. Ids only: text, address and links are made when it is sent. The id is
 * the local part of the Message-ID, so a repeat after a crash carries the same one.
 */
export const mails = pgTable(
  'mails',
  {
    id: id(),
    organizationId: uuid()
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    eventId: uuid()
      .notNull()
      .references(() => events.id),
    template: text().notNull(),
    recipient: mailRecipient().notNull(),
    recipientUserId: uuid().references(() => users.id),
    trainingRequestId: uuid(),
    bookingId: uuid(),
    schedulingTokenId: uuid().references(() => schedulingTokens.id),
    /** Set when the mail counts among its booking's side effects. */
    sideEffectKind: sideEffectKind(),
    /** SEQUENCE of the iCalendar object that it carries; null when it carries none. */
    calendarSequence: integer(),
    /** It went out while the join link was not there yet, and says that the link follows. */
    linkFollows: boolean().notNull().default(false),
    /** When it falls due, where that is not at once: the cap on notifications, or a join link that is being made. */
    sendAfter: instant(),
    state: sideEffectState().notNull(),
    attempts: integer().notNull().default(0),
    lastError: text(),
    nextAttemptAt: instant(),
    createdAt: instant().notNull(),
    doneAt: instant(),
  },
  (t) => [
    unique('mails_once_per_event').on(t.eventId, t.template, t.recipient, t.recipientUserId).nullsNotDistinct(),
    foreignKey({
      columns: [t.organizationId, t.trainingRequestId],
      foreignColumns: [trainingRequests.organizationId, trainingRequests.id],
    }),
    foreignKey({ columns: [t.organizationId, t.bookingId], foreignColumns: [bookings.organizationId, bookings.id] }),
    index('mails_of_request').on(t.trainingRequestId, t.id),
    index('mails_of_booking').on(t.bookingId, t.id),
    index('mails_waiting').on(t.nextAttemptAt).where(sql`${t.nextAttemptAt} is not null`),
    index('mails_to_eligible_trainers')
      .on(t.organizationId, sql`coalesce(${t.sendAfter}, ${t.createdAt})`)
      .where(sql`${t.template} = 'new_request'`),
  ],
)
