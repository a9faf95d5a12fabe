import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, pgEnum, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { DELIVERY_STATES, SIDE_EFFECT_KINDS, SIDE_EFFECT_STATES } from '../../domain/delivery.ts'
import { bookings } from './bookings.ts'
import { calendarConnections } from './calendars.ts'
import { bytes, id, instant } from './columns.ts'
import { events } from './events.ts'

export const deliveryState = pgEnum('delivery_state', DELIVERY_STATES)
export const sideEffectKind = pgEnum('side_effect_kind', SIDE_EFFECT_KINDS)
export const sideEffectState = pgEnum('side_effect_state', SIDE_EFFECT_STATES)

/** What a booking's event sets off outside the product, and how far each has come; made by the relay, run by jobs. */
export const sideEffects = pgTable(
  'side_effects',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    eventId: uuid()
      .notNull()
      .references(() => events.id),
    kind: sideEffectKind().notNull(),
    state: sideEffectState().notNull(),
    attempts: integer().notNull().default(0),
    lastError: text(),
    nextAttemptAt: instant(),
    createdAt: instant().notNull(),
    doneAt: instant(),
  },
  (t) => [
    uniqueIndex('side_effects_once_per_event').on(t.eventId, t.kind),
    index('side_effects_of_booking').on(t.bookingId, t.id),
    index('side_effects_waiting').on(t.nextAttemptAt).where(sql`${t.nextAttemptAt} is not null`),
    foreignKey({
      columns: [t.organizationId, t.bookingId],
      foreignColumns: [bookings.organizationId, bookings.id],
    }).onDelete('cascade'),
  ],
)

/** The remote session of a booking. Both addresses are credentials and sealed with the row as context. */
export const remoteSessions = pgTable(
  'remote_sessions',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    state: deliveryState().notNull(),
    externalId: text(),
    technicianUrlSealed: bytes(),
    customerUrlSealed: bytes(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('remote_sessions_one_per_booking').on(t.bookingId),
    foreignKey({
      columns: [t.organizationId, t.bookingId],
      foreignColumns: [bookings.organizationId, bookings.id],
    }).onDelete('cascade'),
  ],
)

/** Which event in which calendar belongs to a booking. */
export const calendarEvents = pgTable(
  'calendar_events',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    calendarConnectionId: uuid()
      .notNull()
      .references(() => calendarConnections.id),
    externalId: text().notNull(),
    joinUrlSealed: bytes(),
    createdAt: instant().notNull(),
    removedAt: instant(),
  },
  (t) => [
    uniqueIndex('calendar_events_one_per_booking').on(t.bookingId).where(sql`${t.removedAt} is null`),
    foreignKey({
      columns: [t.organizationId, t.bookingId],
      foreignColumns: [bookings.organizationId, bookings.id],
    }).onDelete('cascade'),
  ],
)
