import { sql } from 'drizzle-orm'
import { check, foreignKey, integer, pgEnum, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { DELIVERY_METHODS } from '../../domain/delivery.ts'
import { id, instant, minorUnits } from './columns.ts'
import { organizations } from './organizations.ts'

export const deliveryMethod = pgEnum('delivery_method', DELIVERY_METHODS)
export const sessionTypeStatus = pgEnum('session_type_status', ['active', 'archived'])

export const sessionTypes = pgTable(
  'session_types',
  {
    id: id(),
    organizationId: uuid()
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    description: text().notNull().default(''),
    durationsMinutes: integer().array().notNull(),
    deliveryMethod: deliveryMethod().notNull(),
    /** A number to call, a room's address, or what else the method needs. */
    deliveryDetails: text(),
    status: sessionTypeStatus().notNull().default('active'),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    unique('session_types_scope').on(t.organizationId, t.id),
    unique('session_types_name_unique').on(t.organizationId, t.name),
  ],
)

/** Simple pricing: one price for each length. A length without a row has no price, so no slot. */
export const sessionTypePrices = pgTable(
  'session_type_prices',
  {
    organizationId: uuid().notNull(),
    sessionTypeId: uuid().notNull(),
    durationMinutes: integer().notNull(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sessionTypeId, t.durationMinutes] }),
    foreignKey({
      columns: [t.organizationId, t.sessionTypeId],
      foreignColumns: [sessionTypes.organizationId, sessionTypes.id],
    }).onDelete('cascade'),
    check('session_type_prices_not_negative', sql`${t.amountMinor} >= 0`),
  ],
)
