import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors/app-error.ts'
import { type BegunSignIn, beginSignIn } from './begin-sign-in.ts'
import { findUserByEmail } from './repository.ts'

/**
 * Signs a person in by email and password.
 *
 * An unknown email, an account without a password and a wrong password are all `invalid_credentials` and cost the same
 * hash, so that nobody learns who has an account.
 */
export async function logIn(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets' | 'ids'>,
  input: { email: string; password: string },
): Promise<BegunSignIn> {
  const user = await findUserByEmail(deps.db, input.email.trim())
  const isTheirs = await deps.secrets.verifyPassword(user?.passwordHash ?? null, input.password)
  if (user === null || !isTheirs) throw new AppError('invalid_credentials')
  return beginSignIn(deps, { userId: user.id })
}
