import { and, asc, eq, gt } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { sessionTypes } from '../db/schema/session-types.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import type { SessionType } from '../modules/session-types/schemas.ts'
import { decodeIdCursor, encodeCursor } from '../wire/cursor.ts'
import { PAGE_LIMIT_DEFAULT } from '../wire/page.ts'

const LIST = 'session-types'

/** What an organization sells, oldest first; with `status`, only what is sold now or only what no longer is. */
export async function sessionTypePage(
  db: Db | Tx,
  scope: OrganizationScope,
  query: { status?: SessionType['status']; limit?: number; cursor?: string },
): Promise<{ data: SessionType[]; nextCursor: string | null }> {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT
  const found = await db
    .select({
      id: sessionTypes.id,
      name: sessionTypes.name,
      description: sessionTypes.description,
      durationsMinutes: sessionTypes.durationsMinutes,
      deliveryMethod: sessionTypes.deliveryMethod,
      status: sessionTypes.status,
    })
    .from(sessionTypes)
    .where(
      and(
        eq(sessionTypes.organizationId, scope.organizationId),
        query.status === undefined ? undefined : eq(sessionTypes.status, query.status),
        query.cursor === undefined ? undefined : gt(sessionTypes.id, decodeIdCursor(LIST, query.cursor)),
      ),
    )
    .orderBy(asc(sessionTypes.id))
    .limit(limit + 1)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    data: page.map((row) => ({ ...row, durationsMinutes: [...row.durationsMinutes].sort((a, b) => a - b) })),
    nextCursor: found.length > limit && last !== undefined ? encodeCursor(LIST, [last.id]) : null,
  }
}
