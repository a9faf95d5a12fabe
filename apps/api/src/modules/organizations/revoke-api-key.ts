import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { revokeApiKeyRow } from './repository.ts'

/** Ends an API key: it opens nothing from the next request on. Again is fine; one that the organization has not is `not_found`. */
export async function revokeApiKey(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { scope: OrganizationScope; apiKeyId: string },
): Promise<void> {
  const isKnown = await revokeApiKeyRow(deps.db, input.scope, { apiKeyId: input.apiKeyId, now: deps.clock.unmoved() })
  if (!isKnown) throw new AppError('not_found')
}
