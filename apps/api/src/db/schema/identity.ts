import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { NotificationPreferences } from '../../domain/notification-preferences.ts'
import { bytes, id, instant } from './columns.ts'

export const users = pgTable(
  'users',
  {
    id: id(),
    email: text().notNull(),
    passwordHash: text(),
    firstName: text().notNull(),
    lastName: text().notNull(),
    /** IANA name; null until the person has chosen one. */
    timeZone: text(),
    locale: text().notNull().default('en'),
    emailVerifiedAt: instant(),
    /** Only what differs from the defaults in domain/notification-preferences.ts. */
    notificationPreferences: jsonb().$type<Partial<NotificationPreferences>>().notNull().default({}),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [uniqueIndex('users_email_unique').on(sql`lower(${t.email})`)],
)

/** One sign-in on one device: the family of refresh tokens that follow from it. */
export const signIns = pgTable(
  'sign_ins',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    revokedAt: instant(),
    revokedReason: text({ enum: ['signed_out', 'refresh_token_reused', 'password_changed'] }),
  },
  (t) => [index('sign_ins_user').on(t.userId), index('sign_ins_end').on(sql`coalesce(${t.revokedAt}, ${t.expiresAt})`)],
)

/** Every refresh token ever issued in a sign-in, by digest; using a used one ends the whole sign-in. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    id: id(),
    signInId: uuid()
      .notNull()
      .references(() => signIns.id, { onDelete: 'cascade' }),
    digest: bytes().notNull(),
    issuedAt: instant().notNull(),
    usedAt: instant(),
  },
  (t) => [
    uniqueIndex('refresh_tokens_digest_unique').on(t.digest),
    index('refresh_tokens_sign_in').on(t.signInId),
    index('refresh_tokens_issued').on(t.issuedAt),
  ],
)
