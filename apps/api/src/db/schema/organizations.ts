import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { MEMBERSHIP_STATUSES, ROLES } from '../../domain/caller.ts'
import { INTEGRATION_KINDS, INTEGRATION_MODES, INTEGRATION_STATUSES } from '../../domain/integration.ts'
import type { OrganizationSettings } from '../../domain/organization-settings.ts'
import { bytes, id, instant } from './columns.ts'
import { users } from './identity.ts'

export const membershipRole = pgEnum('membership_role', ROLES)
export const membershipStatus = pgEnum('membership_status', MEMBERSHIP_STATUSES)

export const integrationKind = pgEnum('integration_kind', INTEGRATION_KINDS)
export const integrationStatus = pgEnum('integration_status', INTEGRATION_STATUSES)
export const integrationMode = pgEnum('integration_mode', INTEGRATION_MODES)

export const organizations = pgTable(
  'organizations',
  {
    id: id(),
    slug: text().notNull(),
    locale: text().notNull().default('en'),
    /** What differs from the defaults in domain/organization-settings.ts; `name` and `supportEmail` are always there. */
    settings: jsonb().$type<Partial<OrganizationSettings>>().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [uniqueIndex('organizations_slug_unique').on(t.slug)],
)

/** Every slug that an organization has ever had, so that old links resolve and nobody else can take them. */
export const organizationSlugs = pgTable('organization_slugs', {
  slug: text().primaryKey(),
  organizationId: uuid()
    .notNull()
    .references(() => organizations.id, { onDelete: 'cascade' }),
  createdAt: instant().notNull(),
})

export const memberships = pgTable(
  'memberships',
  {
    organizationId: uuid()
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: membershipRole().notNull(),
    canTrain: boolean().notNull().default(false),
    /** Normalised by domain/skills.ts. */
    skills: text().array().notNull().default(sql`'{}'`),
    /** Null: the organization's own share counts. */
    payoutSharePercent: numeric({ precision: 5, scale: 2, mode: 'number' }),
    status: membershipStatus().notNull().default('active'),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.userId] }),
    index('memberships_user').on(t.userId),
    check('memberships_payout_share_in_bounds', sql`${t.payoutSharePercent} between 0 and 100`),
  ],
)

export const apiKeys = pgTable(
  'api_keys',
  {
    id: id(),
    organizationId: uuid()
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    digest: bytes().notNull(),
    /** The first characters, shown so that a key can be told from another. */
    prefix: text().notNull(),
    scopes: text().array().notNull(),
    createdByUserId: uuid()
      .notNull()
      .references(() => users.id),
    createdAt: instant().notNull(),
    lastUsedAt: instant(),
    revokedAt: instant(),
  },
  (t) => [
    uniqueIndex('api_keys_digest_unique').on(t.digest),
    index('api_keys_organization').on(t.organizationId, t.createdAt),
    // A revoked key's name is free again.
    uniqueIndex('api_keys_name_unique').on(t.organizationId, sql`lower(${t.name})`).where(sql`${t.revokedAt} is null`),
  ],
)

/**
 * An organization's own account at a vendor. One that was disconnected or replaced stays, with its key: payments made with
 * it are still asked about and paid back there. Keys lie sealed, with the row's id as context.
 */
export const integrations = pgTable(
  'integrations',
  {
    id: id(),
    organizationId: uuid()
      .notNull()
      .references(() => organizations.id),
    kind: integrationKind().notNull(),
    status: integrationStatus().notNull(),
    mode: integrationMode().notNull(),
    /** The vendor's own id of the account; null when its key may not read it. */
    accountId: text(),
    /** What the vendor calls the account, for people. */
    accountLabel: text(),
    secretKeySealed: bytes().notNull(),
    /** The key as it is shown: its kind and its last four characters. */
    secretKeyMasked: text().notNull(),
    /** Null until the webhook has been set up at the vendor. */
    webhookSecretSealed: bytes(),
    webhookSecretMasked: text(),
    /** The one before, which still counts until `previousWebhookSecretUntil`. */
    previousWebhookSecretSealed: bytes(),
    previousWebhookSecretUntil: instant(),
    /** Why the vendor last refused the key; null once it has worked again. */
    lastError: text(),
    connectedByUserId: uuid()
      .notNull()
      .references(() => users.id),
    connectedAt: instant().notNull(),
    disconnectedAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    unique('integrations_scope').on(t.organizationId, t.id),
    uniqueIndex('integrations_one_connected').on(t.organizationId, t.kind).where(sql`${t.status} = 'connected'`),
  ],
)
