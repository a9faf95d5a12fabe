import type { Db, Tx } from '../../db/client.ts'
import { findPublicOrganization } from './find-public-organization.ts'
import { getSettings } from './repository.ts'

/** The sites that may show this organization's forms in a frame (setting `embedAllowedOrigins`); none for an unknown slug. */
export async function listEmbeddingOrigins(db: Db | Tx, slug: string): Promise<readonly string[]> {
  const scope = await findPublicOrganization(db, slug)
  return scope === null ? [] : (await getSettings(db, scope)).embedAllowedOrigins
}
