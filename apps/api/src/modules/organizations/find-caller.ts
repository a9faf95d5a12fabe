import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { signIns, users } from '../../db/schema/identity.ts'
import { apiKeys, memberships, organizationSlugs } from '../../db/schema/organizations.ts'
import type { ApiKeyScope } from '../../domain/api-key-scopes.ts'
import type { ApiKeyCaller, UserCaller } from '../../domain/caller.ts'
import { mintOrganizationScope, type OrganizationScope } from '../../domain/organization-scope.ts'

export interface CallerInOrganization<Caller> {
  caller: Caller
  scope: OrganizationScope
}

function prepareFindMember(db: Db) {
  return db
    .select({
      organizationId: memberships.organizationId,
      role: memberships.role,
      canTrain: memberships.canTrain,
      skills: memberships.skills,
      status: memberships.status,
    })
    .from(organizationSlugs)
    .innerJoin(
      memberships,
      and(
        eq(memberships.organizationId, organizationSlugs.organizationId),
        eq(memberships.userId, sql.placeholder('userId')),
        eq(memberships.status, 'active'),
      ),
    )
    .innerJoin(
      signIns,
      and(
        eq(signIns.id, sql.placeholder('signInId')),
        eq(signIns.userId, memberships.userId),
        isNull(signIns.revokedAt),
      ),
    )
    .where(eq(organizationSlugs.slug, sql.placeholder('slug')))
    .limit(1)
    .prepare('find_member')
}

function prepareFindSignIn(db: Db) {
  return db
    .select({ userId: signIns.userId })
    .from(signIns)
    .innerJoin(users, eq(users.id, signIns.userId))
    .where(
      and(
        eq(signIns.id, sql.placeholder('signInId')),
        eq(signIns.userId, sql.placeholder('userId')),
        isNull(signIns.revokedAt),
      ),
    )
    .limit(1)
    .prepare('find_sign_in')
}

function prepareFindApiKey(db: Db) {
  return db
    .select({
      id: apiKeys.id,
      organizationId: apiKeys.organizationId,
      scopes: apiKeys.scopes,
      lastUsedAt: apiKeys.lastUsedAt,
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.digest, sql.placeholder('digest')), isNull(apiKeys.revokedAt)))
    .limit(1)
    .prepare('find_api_key')
}

/**
 * Says who is calling, from rows as they are now: a revoked sign-in, a deactivated membership or a revoked key counts
 * from the next request on (architecture.md, "live membership on every request"). Each look-up is one prepared
 * statement.
 */
export function callerFinder(db: Db) {
  const findMember = prepareFindMember(db)
  const findSignIn = prepareFindSignIn(db)
  const findApiKey = prepareFindApiKey(db)
  return {
    /** The person's active membership in the organization of that (present or former) slug; null when there is none. */
    async memberOf(input: {
      userId: string
      signInId: string
      slug: string
    }): Promise<CallerInOrganization<UserCaller> | null> {
      const [row] = await findMember.execute(input)
      if (row === undefined) return null
      return {
        caller: {
          kind: 'user',
          userId: input.userId,
          role: row.role,
          canTrain: row.canTrain,
          skills: row.skills,
          active: true,
        },
        scope: mintOrganizationScope(row.organizationId),
      }
    },
    /** True while the sign-in that the access token came from has not ended. */
    async isSignedIn(input: { userId: string; signInId: string }): Promise<boolean> {
      const [row] = await findSignIn.execute(input)
      return row !== undefined
    },
    /** The key with this digest and the organization it was made in; null when unknown or revoked. */
    async apiKey(digest: Buffer): Promise<(CallerInOrganization<ApiKeyCaller> & { lastUsedAt: Date | null }) | null> {
      const [row] = await findApiKey.execute({ digest })
      if (row === undefined) return null
      return {
        caller: { kind: 'api_key', keyId: row.id, scopes: row.scopes as ApiKeyScope[] },
        scope: mintOrganizationScope(row.organizationId),
        lastUsedAt: row.lastUsedAt,
      }
    },
    /** Whether that (present or former) slug leads to this organization. */
    async slugLeadsTo(slug: string, scope: OrganizationScope): Promise<boolean> {
      const [row] = await db
        .select({ slug: organizationSlugs.slug })
        .from(organizationSlugs)
        .where(and(eq(organizationSlugs.slug, slug), eq(organizationSlugs.organizationId, scope.organizationId)))
        .limit(1)
      return row !== undefined
    },
    /** Notes that a key was used, at most once a minute so that a busy key is not a hot row. */
    async noteApiKeyUse(keyId: string, now: Date): Promise<void> {
      await db
        .update(apiKeys)
        .set({ lastUsedAt: now })
        .where(
          and(
            eq(apiKeys.id, keyId),
            sql`(${apiKeys.lastUsedAt} is null or ${apiKeys.lastUsedAt} < ${sql.param(new Date(now.getTime() - 60_000), apiKeys.lastUsedAt)})`,
          ),
        )
    },
  }
}
