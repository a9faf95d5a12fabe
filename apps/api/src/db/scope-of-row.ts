import { mintOrganizationScope, type OrganizationScope } from '../domain/organization-scope.ts'

/**
 * The scope of a row that a job was told of or that due work found, or of the organization whose public form is sent in:
 * whoever holds the row holds its organization. Never for a caller's request, whose scope comes from their membership,
 * key or link.
 */
export function scopeOfRow(row: { organizationId: string }): OrganizationScope {
  return mintOrganizationScope(row.organizationId)
}
