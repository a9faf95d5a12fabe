import { and, desc, eq, lt } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { users } from '../db/schema/identity.ts'
import { apiKeys } from '../db/schema/organizations.ts'
import type { ApiKeyScope } from '../domain/api-key-scopes.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { AppError } from '../errors/app-error.ts'
import type { ApiKey } from '../modules/organizations/schemas.ts'
import { decodeIdCursor, encodeCursor } from '../wire/cursor.ts'
import { PAGE_LIMIT_DEFAULT } from '../wire/page.ts'

const LIST = 'api-keys'

function rows(db: Db | Tx) {
  return db
    .select({ apiKey: apiKeys, creator: { firstName: users.firstName, lastName: users.lastName } })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.createdByUserId))
}

function presented({ apiKey, creator }: Awaited<ReturnType<typeof rows>>[number]): ApiKey {
  return {
    id: apiKey.id,
    name: apiKey.name,
    prefix: apiKey.prefix,
    scopes: apiKey.scopes as ApiKeyScope[],
    createdBy: { id: apiKey.createdByUserId, name: `${creator.firstName} ${creator.lastName}` },
    createdAt: apiKey.createdAt.toISOString(),
    lastUsedAt: apiKey.lastUsedAt?.toISOString() ?? null,
    revokedAt: apiKey.revokedAt?.toISOString() ?? null,
  }
}

/** An organization's keys, newest first, revoked ones included. */
export async function apiKeyPage(
  db: Db | Tx,
  scope: OrganizationScope,
  query: { limit?: number; cursor?: string },
): Promise<{ data: ApiKey[]; nextCursor: string | null }> {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT
  const before = query.cursor === undefined ? undefined : lt(apiKeys.id, decodeIdCursor(LIST, query.cursor))
  const found = await rows(db)
    .where(and(eq(apiKeys.organizationId, scope.organizationId), before))
    .orderBy(desc(apiKeys.id))
    .limit(limit + 1)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    data: page.map(presented),
    nextCursor: found.length > limit && last !== undefined ? encodeCursor(LIST, [last.apiKey.id]) : null,
  }
}

/** One key, without its secret. */
export async function apiKey(db: Db | Tx, scope: OrganizationScope, apiKeyId: string): Promise<ApiKey> {
  const [row] = await rows(db).where(and(eq(apiKeys.organizationId, scope.organizationId), eq(apiKeys.id, apiKeyId)))
  if (row === undefined) throw new AppError('not_found')
  return presented(row)
}
