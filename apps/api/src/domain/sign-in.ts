import { ALLOWED, type Decision, refused } from './decision.ts'

/** A sign-in that nobody uses for so long ends: the browser must have refreshed in that time (OWASP ASVS 5.0, V7.3). */
export const SIGN_IN_IDLE_DAYS = 14
/** However busy, a sign-in ends after so many days and the password is asked for again. */
export const SIGN_IN_DAYS_MAX = 90

const DAY = 86_400_000

/** When a sign-in that begins now ends at the latest. */
export function signInEnd(now: Date): Date {
  return new Date(now.getTime() + SIGN_IN_DAYS_MAX * DAY)
}

/** When a refresh token issued at that instant stops working: after {@link SIGN_IN_IDLE_DAYS}, or with its sign-in. */
export function refreshTokenEnd(issuedAt: Date, signInExpiresAt: Date): Date {
  return new Date(Math.min(issuedAt.getTime() + SIGN_IN_IDLE_DAYS * DAY, signInExpiresAt.getTime()))
}

/** The latest issue of a refresh token that has run out by now. */
export function idleSince(now: Date): Date {
  return new Date(now.getTime() - SIGN_IN_IDLE_DAYS * DAY)
}

export interface RefreshTokenState {
  readonly issuedAt: Date
  readonly usedAt: Date | null
  readonly signIn: { readonly expiresAt: Date; readonly revokedAt: Date | null }
}

/**
 * May this refresh token be exchanged for a new one?
 *
 * Once, before its end and the end of its sign-in (both excluded). `refresh_token_reused`: it was used before, so
 * somebody holds a copy and the whole sign-in must end; `unauthenticated`: it has run out. Its other keeper is the
 * guarded statement in modules/identity/repository.ts, `rotateRefreshToken`.
 */
export function decideRefresh(
  refreshToken: RefreshTokenState,
  now: Date,
): Decision<'unauthenticated' | 'refresh_token_reused'> {
  const { signIn } = refreshToken
  if (signIn.revokedAt !== null || signIn.expiresAt <= now) return refused('unauthenticated')
  if (refreshToken.usedAt !== null) return refused('refresh_token_reused')
  return refreshTokenEnd(refreshToken.issuedAt, signIn.expiresAt) <= now ? refused('unauthenticated') : ALLOWED
}
