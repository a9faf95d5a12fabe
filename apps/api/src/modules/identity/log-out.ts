import type { Deps } from '../../deps.ts'
import { findRefreshToken, revokeSignIn } from './repository.ts'

/**
 * Signs a person out on this device: their sign-in ends, and access tokens that came from it count no more. Without a
 * known refresh token there is nothing to end, which is no error; a used one ends its sign-in as well.
 */
export async function logOut(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets'>,
  input: { refreshToken: string | null },
): Promise<void> {
  if (input.refreshToken === null) return
  const found = await findRefreshToken(deps.db, deps.secrets.digest(input.refreshToken))
  if (found === null) return
  await revokeSignIn(deps.db, { signInId: found.signInId, reason: 'signed_out', now: deps.clock.unmoved() })
}
