import type { Deps } from '../../deps.ts'
import { decideRefresh, refreshTokenEnd } from '../../domain/sign-in.ts'
import { AppError } from '../../errors/app-error.ts'
import { type BegunSignIn, mintRefreshToken } from './begin-sign-in.ts'
import { findRefreshToken, revokeSignIn, rotateRefreshToken } from './repository.ts'

/**
 * Exchanges a refresh token for the next one of the same sign-in.
 *
 * A token works once. One that comes a second time means that somebody else has a copy: the whole sign-in ends and the
 * answer is `refresh_token_reused`. No token, an unknown one, or one that has run out: `unauthenticated`.
 */
export async function refreshSession(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets' | 'ids'>,
  input: { refreshToken: string | null },
): Promise<BegunSignIn> {
  if (input.refreshToken === null) throw new AppError('unauthenticated')
  const now = deps.clock.unmoved()
  const digest = deps.secrets.digest(input.refreshToken)
  const next = mintRefreshToken(deps)
  const rotated = await rotateRefreshToken(deps.db, { digest, next: next.row, now })
  if (rotated !== null) {
    return {
      userId: rotated.userId,
      signInId: rotated.signInId,
      refreshToken: next.secret,
      refreshTokenExpiresAt: refreshTokenEnd(now, rotated.expiresAt),
    }
  }
  const found = await findRefreshToken(deps.db, digest)
  const decision = found === null ? null : decideRefresh(found, now)
  if (found === null || decision === null || decision.allowed || decision.reason === 'unauthenticated') {
    throw new AppError('unauthenticated', { detail: 'This sign-in has ended. Sign in again.' })
  }
  await revokeSignIn(deps.db, { signInId: found.signInId, reason: 'refresh_token_reused', now })
  throw new AppError(decision.reason)
}
