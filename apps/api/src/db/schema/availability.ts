import { sql } from 'drizzle-orm'
import { check, date, index, integer, pgEnum, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { SCHEDULE_TYPES } from '../../domain/availability-rule.ts'
import { id, instant } from './columns.ts'
import { users } from './identity.ts'

export const scheduleType = pgEnum('schedule_type', SCHEDULE_TYPES)

/** A weekly window in the person's own zone. Wall-clock data follow the zone when it changes. */
export const availabilityRules = pgTable(
  'availability_rules',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    scheduleType: scheduleType().notNull(),
    /** 1 = Monday … 7 = Sunday: the day on which the window starts. */
    daysOfWeek: smallint().array().notNull(),
    startLocalTime: text().notNull(),
    /** At or before the start: it ends on the next day. "24:00" is allowed. */
    endLocalTime: text().notNull(),
    /** Empty: every length. */
    durationsMinutes: integer().array().notNull().default(sql`'{}'`),
    firstDate: date({ mode: 'string' }),
    lastDate: date({ mode: 'string' }),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [index('availability_rules_user').on(t.userId)],
)

export const blackouts = pgTable(
  'blackouts',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    startDate: date({ mode: 'string' }).notNull(),
    /** Inclusive. */
    endDate: date({ mode: 'string' }).notNull(),
    startLocalTime: text(),
    endLocalTime: text(),
    reason: text(),
    createdAt: instant().notNull(),
  },
  (t) => [
    index('blackouts_user').on(t.userId, t.endDate),
    check('blackouts_dates_in_order', sql`${t.startDate} <= ${t.endDate}`),
    check('blackouts_times_both_or_neither', sql`(${t.startLocalTime} is null) = (${t.endLocalTime} is null)`),
  ],
)
