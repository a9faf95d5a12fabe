import { sql } from 'drizzle-orm'
import { foreignKey, index, pgEnum, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bookings } from './bookings.ts'
import { bytes, id, instant } from './columns.ts'
import { memberships } from './organizations.ts'
import { trainingRequests } from './training-requests.ts'

/**
 * Scheduling links. The row holds what the secret is derived from and its SHA-256, never the secret (product.md §6).
 * `scheduling_tokens_one_active` keeps one live link per request.
 */
export const schedulingTokens = pgTable(
  'scheduling_tokens',
  {
    id: id(),
    organizationId: uuid().notNull(),
    trainingRequestId: uuid().notNull(),
    /** The trainer whose slots the link offers. */
    trainerUserId: uuid().notNull(),
    keyId: text().notNull(),
    nonce: bytes().notNull(),
    digest: bytes().notNull(),
    sentAt: instant().notNull(),
    expiresAt: instant().notNull(),
    endedAt: instant(),
    endReason: text({ enum: ['replaced', 'revoked', 'used'] }),
    /** When the customer last asked for a new link, for times or for their booking; limits how often that is mailed. */
    newLinkRequestedAt: instant(),
    timesRequestedAt: instant(),
    bookingMailRequestedAt: instant(),
    /** What the customer wrote about times that would suit them; for the trainer's mail and the request's page. */
    timesMessage: text(),
  },
  (t) => [
    uniqueIndex('scheduling_tokens_digest_unique').on(t.digest),
    uniqueIndex('scheduling_tokens_one_active').on(t.trainingRequestId).where(sql`${t.endedAt} is null`),
    index('scheduling_tokens_of_request').on(t.trainingRequestId, t.id),
    foreignKey({
      columns: [t.organizationId, t.trainingRequestId],
      foreignColumns: [trainingRequests.organizationId, trainingRequests.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.organizationId, t.trainerUserId],
      foreignColumns: [memberships.organizationId, memberships.userId],
    }),
  ],
)

export const bookingTokenPurpose = pgEnum('booking_token_purpose', ['checkout_return', 'manage', 'feedback'])

/** Links that belong to one booking: the return from checkout, managing it, rating it. One of each per booking. */
export const bookingTokens = pgTable(
  'booking_tokens',
  {
    id: id(),
    organizationId: uuid().notNull(),
    bookingId: uuid().notNull(),
    purpose: bookingTokenPurpose().notNull(),
    keyId: text().notNull(),
    nonce: bytes().notNull(),
    digest: bytes().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
  },
  (t) => [
    uniqueIndex('booking_tokens_digest_unique').on(t.digest),
    uniqueIndex('booking_tokens_one_per_purpose').on(t.bookingId, t.purpose),
    foreignKey({
      columns: [t.organizationId, t.bookingId],
      foreignColumns: [bookings.organizationId, bookings.id],
    }).onDelete('cascade'),
  ],
)
