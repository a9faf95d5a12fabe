import { eq } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { organizationSlugs } from '../../db/schema/organizations.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'

/**
 * The organization that a (present or former) slug in a public address leads to; null when there is none.
 *
 * For what anybody may do there, which is to send in a published form: nobody's rights come from it.
 */
export async function findPublicOrganization(db: Db | Tx, slug: string): Promise<OrganizationScope | null> {
  const [row] = await db
    .select({ organizationId: organizationSlugs.organizationId })
    .from(organizationSlugs)
    .where(eq(organizationSlugs.slug, slug))
    .limit(1)
  return row === undefined ? null : scopeOfRow(row)
}
