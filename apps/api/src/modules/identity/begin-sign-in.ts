import type { Deps } from '../../deps.ts'
import { refreshTokenEnd, signInEnd } from '../../domain/sign-in.ts'
import { insertSignIn } from './repository.ts'

/** A sign-in as its browser holds it. The refresh token is nowhere else: only its digest is stored. */
export interface BegunSignIn {
  userId: string
  signInId: string
  refreshToken: string
  refreshTokenExpiresAt: Date
}

/** 256 bits, so that nobody finds one by trying. */
const REFRESH_TOKEN_BYTES = 32

/** A new refresh token and what is stored of it. */
export function mintRefreshToken(deps: Pick<Deps, 'secrets' | 'ids'>): {
  secret: string
  row: { id: string; digest: Buffer }
} {
  const secret = deps.secrets.randomBytes(REFRESH_TOKEN_BYTES).toString('base64url')
  return { secret, row: { id: deps.ids.next(), digest: deps.secrets.digest(secret) } }
}

/** Begins a sign-in of a person who has proven who they are, in the caller's transaction when there is one. */
export async function beginSignIn(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets' | 'ids'>,
  { userId }: { userId: string },
): Promise<BegunSignIn> {
  const now = deps.clock.unmoved()
  const signInId = deps.ids.next()
  const expiresAt = signInEnd(now)
  const refreshToken = mintRefreshToken(deps)
  await insertSignIn(deps.db, { id: signInId, userId, createdAt: now, expiresAt }, refreshToken.row)
  return { userId, signInId, refreshToken: refreshToken.secret, refreshTokenExpiresAt: refreshTokenEnd(now, expiresAt) }
}
