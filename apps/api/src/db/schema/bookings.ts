import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { BOOKING_STATUSES, PAYMENT_STATUSES } from '../../domain/booking.ts'
import type { CancellationPolicy } from '../../domain/cancellation.ts'
import { id, instant, minorUnits } from './columns.ts'
import { memberships, organizations } from './organizations.ts'
import { deliveryMethod, sessionTypes } from './session-types.ts'
import { actorKind, trainingRequests } from './training-requests.ts'

export const bookingStatus = pgEnum('booking_status', BOOKING_STATUSES)
export const paymentStatus = pgEnum('payment_status', PAYMENT_STATUSES)

/**
 * One reserved session. `bookings_no_overlap` (exclusion over the trainer and `[start, end)` of pending and confirmed
 * rows, in the hand-written migration) and `bookings_one_open_per_request` are the keepers of domain/booking.ts.
 */
export const bookings = pgTable(
  'bookings',
  {
    id: id(),
    organizationId: uuid()
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    trainingRequestId: uuid().notNull(),
    trainerUserId: uuid().notNull(),
    sessionTypeId: uuid().notNull(),
    status: bookingStatus().notNull(),
    paymentStatus: paymentStatus().notNull(),
    startAt: instant().notNull(),
    endAt: instant().notNull(),
    durationMinutes: integer().notNull(),
    /** The organization's buffers when the booking was made; other organizations' searches read them here. */
    bufferBeforeMinutes: integer().notNull(),
    bufferAfterMinutes: integer().notNull(),
    customerTimeZone: text().notNull(),
    priceMinor: minorUnits().notNull(),
    paidMinor: minorUnits().notNull().default(0),
    refundedMinor: minorUnits().notNull().default(0),
    currency: text().notNull(),
    /** While set and in the future, the slot is held for a customer who is paying. */
    holdExpiresAt: instant(),
    cancellationPolicy: jsonb().$type<CancellationPolicy>().notNull(),
    deliveryMethod: deliveryMethod().notNull(),
    deliveryDetails: text(),
    /** SEQUENCE of the last iCalendar object that was sent (RFC 5546 §2.1.4). */
    calendarSequence: integer().notNull().default(0),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    paidAt: instant(),
    confirmedAt: instant(),
    completedAt: instant(),
    canceledAt: instant(),
    canceledBy: text({ enum: ['customer', 'organization', 'system'] }),
    cancelReason: text(),
    version: integer().notNull().default(1),
  },
  (t) => [
    unique('bookings_scope').on(t.organizationId, t.id),
    foreignKey({
      columns: [t.organizationId, t.trainingRequestId],
      foreignColumns: [trainingRequests.organizationId, trainingRequests.id],
    }),
    foreignKey({
      columns: [t.organizationId, t.trainerUserId],
      foreignColumns: [memberships.organizationId, memberships.userId],
    }),
    foreignKey({
      columns: [t.organizationId, t.sessionTypeId],
      foreignColumns: [sessionTypes.organizationId, sessionTypes.id],
    }),
    uniqueIndex('bookings_one_open_per_request')
      .on(t.trainingRequestId)
      .where(sql`${t.status} in ('pending_payment', 'confirmed')`),
    index('bookings_of_request').on(t.trainingRequestId, t.id),
    index('bookings_open_of_trainer')
      .on(t.trainerUserId, t.startAt)
      .where(sql`${t.status} in ('pending_payment', 'confirmed')`),
    index('bookings_of_trainer').on(t.organizationId, t.trainerUserId, t.startAt, t.id),
    index('bookings_of_organization').on(t.organizationId, t.startAt, t.id),
    index('bookings_holds_ending')
      .on(t.holdExpiresAt)
      .where(sql`${t.status} = 'pending_payment' and ${t.holdExpiresAt} is not null`),
    index('bookings_awaiting_confirmation')
      .on(t.startAt)
      .where(sql`${t.status} = 'pending_payment' and ${t.paymentStatus} = 'paid'`),
    check('bookings_times_in_order', sql`${t.startAt} < ${t.endAt}`),
    check(
      'bookings_amounts_not_negative',
      sql`${t.priceMinor} >= 0 and ${t.paidMinor} >= 0 and ${t.refundedMinor} >= 0`,
    ),
    check('bookings_refund_within_paid', sql`${t.refundedMinor} <= ${t.paidMinor}`),
  ],
)

/** Who moved a booking, when, from where to where and why. Rows are only ever added. */
export const bookingHistory = pgTable(
  'booking_history',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    at: instant().notNull(),
    actorKind: actorKind().notNull(),
    actorId: uuid(),
    fromStatus: bookingStatus(),
    toStatus: bookingStatus().notNull(),
    paymentStatus: paymentStatus().notNull(),
    reason: text(),
  },
  (t) => [
    foreignKey({
      columns: [t.organizationId, t.bookingId],
      foreignColumns: [bookings.organizationId, bookings.id],
    }).onDelete('cascade'),
    index('booking_history_of_booking').on(t.bookingId, t.id),
  ],
)
