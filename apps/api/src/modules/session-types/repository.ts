import { and, asc, eq } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { organizations } from '../../db/schema/organizations.ts'
import { sessionTypePrices, sessionTypes } from '../../db/schema/session-types.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { resolveSettings } from '../../domain/organization-settings.ts'
import { sellableLengths } from '../../domain/pricing.ts'

/** The ids of the session types that can be sold: active, in at least one length; oldest first. */
export async function listSellableSessionTypeIds(db: Db | Tx, scope: OrganizationScope): Promise<string[]> {
  const rows = await db
    .select({
      id: sessionTypes.id,
      listedMinutes: sessionTypes.durationsMinutes,
      pricedMinutes: sessionTypePrices.durationMinutes,
      settings: organizations.settings,
    })
    .from(sessionTypes)
    .innerJoin(organizations, eq(organizations.id, sessionTypes.organizationId))
    .innerJoin(
      sessionTypePrices,
      and(
        eq(sessionTypePrices.organizationId, sessionTypes.organizationId),
        eq(sessionTypePrices.sessionTypeId, sessionTypes.id),
      ),
    )
    .where(and(eq(sessionTypes.organizationId, scope.organizationId), eq(sessionTypes.status, 'active')))
    .orderBy(asc(sessionTypes.id))
  const sold = rows.filter(({ listedMinutes, pricedMinutes, settings }) => {
    const organizationMinutes = resolveSettings(settings).sessionDurationsMinutes
    return sellableLengths({ listedMinutes, organizationMinutes, pricedMinutes: [pricedMinutes] }).length > 0
  })
  return [...new Set(sold.map((row) => row.id))]
}
