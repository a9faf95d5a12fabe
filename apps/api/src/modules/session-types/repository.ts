import { and, asc, eq, exists, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { sessionTypePrices, sessionTypes } from '../../db/schema/session-types.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'

/** The ids of the session types that can be sold: active, with a price for at least one of their lengths; oldest first. */
export async function listSellableSessionTypeIds(db: Db | Tx, scope: OrganizationScope): Promise<string[]> {
  const rows = await db
    .select({ id: sessionTypes.id })
    .from(sessionTypes)
    .where(
      and(
        eq(sessionTypes.organizationId, scope.organizationId),
        eq(sessionTypes.status, 'active'),
        exists(
          db
            .select({ one: sql`1` })
            .from(sessionTypePrices)
            .where(
              and(
                eq(sessionTypePrices.organizationId, sessionTypes.organizationId),
                eq(sessionTypePrices.sessionTypeId, sessionTypes.id),
                sql`${sessionTypePrices.durationMinutes} = any(${sessionTypes.durationsMinutes})`,
              ),
            ),
        ),
      ),
    )
    .orderBy(asc(sessionTypes.id))
  return rows.map((row) => row.id)
}
