import { and, asc, desc, eq, isNull } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { users } from '../../db/schema/identity.ts'
import { apiKeys, integrations, memberships, organizationSlugs, organizations } from '../../db/schema/organizations.ts'
import type { UserCaller } from '../../domain/caller.ts'
import { type NotificationPreferences, resolveNotificationPreferences } from '../../domain/notification-preferences.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { type OrganizationSettings, resolveSettings } from '../../domain/organization-settings.ts'

/**
 * Adds an organization and takes its slug for good. A slug that somebody has, or ever had, violates
 * `organizations_slug_unique` or `organization_slugs_pkey`.
 */
export async function insertOrganization(tx: Tx, organization: typeof organizations.$inferInsert): Promise<void> {
  const { id: organizationId, slug, createdAt } = organization
  await tx.insert(organizations).values(organization)
  await tx.insert(organizationSlugs).values({ slug, organizationId, createdAt })
}

export async function insertMembership(
  db: Db | Tx,
  scope: OrganizationScope,
  membership: Omit<typeof memberships.$inferInsert, 'organizationId'>,
): Promise<void> {
  await db.insert(memberships).values({ ...membership, organizationId: scope.organizationId })
}

/** The organization's settings, every default filled in. */
export async function getSettings(db: Db | Tx, scope: OrganizationScope): Promise<OrganizationSettings> {
  const [row] = await db
    .select({ settings: organizations.settings })
    .from(organizations)
    .where(eq(organizations.id, scope.organizationId))
  if (row === undefined) throw new Error('a scope without its organization')
  return resolveSettings(row.settings)
}

/** What the organization has set, locked until the transaction ends. */
export async function getStoredSettingsForUpdate(
  tx: Tx,
  scope: OrganizationScope,
): Promise<Partial<OrganizationSettings>> {
  const [row] = await tx
    .select({ settings: organizations.settings })
    .from(organizations)
    .where(eq(organizations.id, scope.organizationId))
    .for('update')
  if (row === undefined) throw new Error('a scope without its organization')
  return row.settings
}

export async function updateStoredSettings(
  tx: Tx,
  scope: OrganizationScope,
  settings: Partial<OrganizationSettings>,
  now: Date,
): Promise<void> {
  await tx.update(organizations).set({ settings, updatedAt: now }).where(eq(organizations.id, scope.organizationId))
}

/** Adds a key. A second live one of the same name violates `api_keys_name_unique`. */
export async function insertApiKey(
  db: Db | Tx,
  scope: OrganizationScope,
  apiKey: Omit<typeof apiKeys.$inferInsert, 'organizationId'>,
): Promise<void> {
  await db.insert(apiKeys).values({ ...apiKey, organizationId: scope.organizationId })
}

/** Ends a key for good; one that was revoked before keeps its first instant. Answers whether the organization has it. */
export async function revokeApiKeyRow(
  db: Db | Tx,
  scope: OrganizationScope,
  input: { apiKeyId: string; now: Date },
): Promise<boolean> {
  const isTheirs = and(eq(apiKeys.organizationId, scope.organizationId), eq(apiKeys.id, input.apiKeyId))
  const revoked = await db
    .update(apiKeys)
    .set({ revokedAt: input.now })
    .where(and(isTheirs, isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id })
  if (revoked.length > 0) return true
  const [row] = await db.select({ id: apiKeys.id }).from(apiKeys).where(isTheirs)
  return row !== undefined
}

/** A person's place in the organization as it stands now, as the rules of domain/ read it; null when they have none. */
export async function findMember(db: Db | Tx, scope: OrganizationScope, userId: string): Promise<UserCaller | null> {
  const [row] = await db
    .select()
    .from(memberships)
    .where(and(eq(memberships.organizationId, scope.organizationId), eq(memberships.userId, userId)))
  if (row === undefined) return null
  return {
    kind: 'user',
    userId,
    role: row.role,
    canTrain: row.canTrain,
    skills: row.skills,
    active: row.status === 'active',
  }
}

/** A member's own payout share in percent; null where the organization's counts. */
export async function findPayoutSharePercent(
  db: Db | Tx,
  scope: OrganizationScope,
  userId: string,
): Promise<number | null> {
  const [row] = await db
    .select({ payoutSharePercent: memberships.payoutSharePercent })
    .from(memberships)
    .where(and(eq(memberships.organizationId, scope.organizationId), eq(memberships.userId, userId)))
  return row?.payoutSharePercent ?? null
}

/** An active member as the rules read them, with what decides which mails they get. */
export interface ActiveMember {
  caller: UserCaller
  notificationPreferences: NotificationPreferences
}

/** Everybody who is active in the organization, in the order of joining. */
export async function listActiveMembers(db: Db | Tx, scope: OrganizationScope): Promise<ActiveMember[]> {
  const rows = await db
    .select({ membership: memberships, preferences: users.notificationPreferences })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.organizationId, scope.organizationId), eq(memberships.status, 'active')))
    .orderBy(asc(memberships.createdAt), asc(memberships.userId))
  return rows.map(({ membership, preferences }) => ({
    caller: {
      kind: 'user',
      userId: membership.userId,
      role: membership.role,
      canTrain: membership.canTrain,
      skills: membership.skills,
      active: true,
    },
    notificationPreferences: resolveNotificationPreferences(preferences),
  }))
}

export type IntegrationRow = typeof integrations.$inferSelect

/** The organization's Stripe account that takes its money now; null when it has none of its own. */
export async function findConnectedIntegration(db: Db | Tx, scope: OrganizationScope): Promise<IntegrationRow | null> {
  const [row] = await db
    .select()
    .from(integrations)
    .where(
      and(
        eq(integrations.organizationId, scope.organizationId),
        eq(integrations.kind, 'stripe'),
        eq(integrations.status, 'connected'),
      ),
    )
  return row ?? null
}

/** A Stripe account that the organization had connected before; the latest, should there be several rows of it. */
export async function findIntegrationOfAccount(
  db: Db | Tx,
  scope: OrganizationScope,
  account: { accountId: string; mode: IntegrationRow['mode'] },
): Promise<IntegrationRow | null> {
  const [row] = await db
    .select()
    .from(integrations)
    .where(
      and(
        eq(integrations.organizationId, scope.organizationId),
        eq(integrations.kind, 'stripe'),
        eq(integrations.accountId, account.accountId),
        eq(integrations.mode, account.mode),
      ),
    )
    .orderBy(desc(integrations.id))
    .limit(1)
  return row ?? null
}

/** Adds an account. A second connected one violates `integrations_one_connected`. */
export async function insertIntegration(
  tx: Tx,
  scope: OrganizationScope,
  integration: Omit<typeof integrations.$inferInsert, 'organizationId'>,
): Promise<IntegrationRow> {
  const [row] = await tx
    .insert(integrations)
    .values({ ...integration, organizationId: scope.organizationId })
    .returning()
  if (row === undefined) throw new Error('The integration that was just written did not come back.')
  return row
}

export async function updateIntegration(
  tx: Tx,
  scope: OrganizationScope,
  integrationId: string,
  set: Partial<Omit<IntegrationRow, 'id' | 'organizationId' | 'kind' | 'createdAt'>>,
): Promise<IntegrationRow> {
  const [row] = await tx
    .update(integrations)
    .set(set)
    .where(and(eq(integrations.organizationId, scope.organizationId), eq(integrations.id, integrationId)))
    .returning()
  if (row === undefined) throw new Error('There is no such integration.')
  return row
}

/** Takes no more new money there; the row stays with its key. */
export async function disconnectIntegration(
  tx: Tx,
  scope: OrganizationScope,
  integrationId: string,
  now: Date,
): Promise<void> {
  await updateIntegration(tx, scope, integrationId, { status: 'disconnected', disconnectedAt: now, updatedAt: now })
}
