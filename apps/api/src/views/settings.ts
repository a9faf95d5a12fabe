import type { Db, Tx } from '../db/client.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import type { OrganizationSettings } from '../domain/organization-settings.ts'
import { getSettings } from '../modules/organizations/repository.ts'

/** An organization's settings as its admins see them, every default filled in. */
export function settingsOf(db: Db | Tx, scope: OrganizationScope): Promise<OrganizationSettings> {
  return getSettings(db, scope)
}
