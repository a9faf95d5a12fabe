import { sql } from 'drizzle-orm'
import { refreshTokens, signIns } from '../../db/schema/identity.ts'
import type { Deps } from '../../deps.ts'
import { idleSince } from '../../domain/sign-in.ts'

/** How long a sign-in that ended, and a refresh token that ran out, can still be looked at after something went wrong. */
const KEPT_DAYS = 30
/** So many of each in one statement, so that none takes long; the next turn takes the rest. */
const FORGOTTEN_PER_TURN = 5_000

/**
 * Forgets sign-ins that ended or ran out 30 days ago, with all their refresh tokens, and refresh tokens of living sign-ins
 * that ran out so long ago; answers how many rows that were. By the true clock, as all of signing in. A token that is
 * forgotten is unknown from then on (`unauthenticated`): whoever holds a copy could do nothing with it before, either.
 */
export async function forgetEndedSignIns(deps: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  const before = new Date(deps.clock.unmoved().getTime() - KEPT_DAYS * 86_400_000)
  const ended = sql`select ${signIns.id} from ${signIns}
    where coalesce(${signIns.revokedAt}, ${signIns.expiresAt}) <= ${sql.param(before, signIns.expiresAt)}
    limit ${FORGOTTEN_PER_TURN}`
  const forgottenSignIns = await deps.db
    .delete(signIns)
    .where(sql`${signIns.id} in (${ended})`)
    .returning({ id: signIns.id })
  const runOut = sql`select ${refreshTokens.id} from ${refreshTokens}
    where ${refreshTokens.issuedAt} <= ${sql.param(idleSince(before), refreshTokens.issuedAt)}
    limit ${FORGOTTEN_PER_TURN}`
  const forgottenTokens = await deps.db
    .delete(refreshTokens)
    .where(sql`${refreshTokens.id} in (${runOut})`)
    .returning({ id: refreshTokens.id })
  return forgottenSignIns.length + forgottenTokens.length
}
