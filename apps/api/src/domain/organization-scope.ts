declare const minted: unique symbol

/**
 * The right to read and write one organization's rows. Repositories demand it, so that no query forgets the tenant.
 * Only the auth plugin (from a live membership or key), the relay and jobs (from an event's row), link look-ups (from
 * the link's row) and the seed may mint one; the structure check refuses any other caller.
 */
export interface OrganizationScope {
  readonly organizationId: string
  readonly [minted]: true
}

/** Mints the scope of one organization; who may call it is said at {@link OrganizationScope}. */
export function mintOrganizationScope(organizationId: string): OrganizationScope {
  return { organizationId } as OrganizationScope
}
