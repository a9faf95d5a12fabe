import { useOutletContext } from 'react-router'
import type { Me, Membership } from '../features/account/queries.ts'

/** What every screen of an organization knows: where it is, who is there, and as what. */
export type OrganizationContext = { org: string; me: Me; membership: Membership; isAdmin: boolean }

export function useOrganization(): OrganizationContext {
  return useOutletContext<OrganizationContext>()
}
