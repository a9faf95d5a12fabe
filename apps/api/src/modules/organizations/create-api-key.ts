import { isUniqueViolation } from '../../db/pg-errors.ts'
import type { Deps } from '../../deps.ts'
import { API_KEY_PREFIX, type ApiKeyScope } from '../../domain/api-key-scopes.ts'
import type { Caller } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { insertApiKey } from './repository.ts'

/** 256 bits, so that nobody finds one by trying. */
const SECRET_BYTES = 32
/** What is kept in the clear: enough to tell keys apart, far too little to guess from. */
const SHOWN_LENGTH = API_KEY_PREFIX.length + 4

/**
 * Makes an API key. Its secret is in the answer and nowhere else: only the digest is stored.
 *
 * Refuses `org_admin_required` for anyone but a person, since a key makes no keys, and `name_taken` while a live key of
 * the organization has the name, in whatever letter case.
 */
export async function createApiKey(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets'>,
  input: { scope: OrganizationScope; caller: Caller; name: string; scopes: readonly ApiKeyScope[] },
): Promise<{ id: string; key: string }> {
  if (input.caller.kind !== 'user') throw new AppError('org_admin_required')
  const createdByUserId = input.caller.userId
  const id = deps.ids.next()
  const key = `${API_KEY_PREFIX}${deps.secrets.randomBytes(SECRET_BYTES).toString('base64url')}`
  try {
    await insertApiKey(deps.db, input.scope, {
      id,
      name: input.name.trim(),
      digest: deps.secrets.digest(key),
      prefix: key.slice(0, SHOWN_LENGTH),
      scopes: [...input.scopes],
      createdByUserId,
      createdAt: deps.clock.unmoved(),
    })
  } catch (error) {
    if (isUniqueViolation(error, 'api_keys_name_unique')) throw new AppError('name_taken')
    throw error
  }
  return { id, key }
}
