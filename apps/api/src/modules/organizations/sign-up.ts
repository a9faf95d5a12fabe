import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import { isUniqueViolation } from '../../db/pg-errors.ts'
import type { Deps } from '../../deps.ts'
import { mintOrganizationScope } from '../../domain/organization-scope.ts'
import { passwordProblem } from '../../domain/password.ts'
import { slugProblem } from '../../domain/slug.ts'
import { AppError, type FieldError } from '../../errors/app-error.ts'
import { type BegunSignIn, beginSignIn } from '../identity/begin-sign-in.ts'
import { insertUser } from '../identity/repository.ts'
import { insertMembership, insertOrganization } from './repository.ts'

export interface SignUp {
  firstName: string
  lastName: string
  email: string
  password: string
  organizationName: string
  organizationSlug: string
  /** The browser's; for the person and the organization. */
  timeZone?: string
}

function signUpErrors(input: SignUp): FieldError[] {
  const { firstName, lastName, email, organizationName, organizationSlug } = input
  const slug = slugProblem(organizationSlug)
  const personal = [email, firstName, lastName, `${firstName} ${lastName}`, organizationName, organizationSlug]
  const password = passwordProblem(input.password, personal)
  return [
    ...(slug === null ? [] : [{ pointer: '/organizationSlug', message: `${slug}.` }]),
    ...(password === null ? [] : [{ pointer: '/password', message: `${password}.` }]),
  ]
}

/**
 * Makes an organization and its first Organizational Admin, and signs them in: all of it or nothing.
 *
 * Refuses `validation_failed` for a reserved slug or a common password, `email_already_registered` and `slug_taken` (a
 * slug that an organization has ever had stays taken); of two sign-ups at once with one email or slug, one wins.
 */
export async function signUp(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets' | 'ids'>,
  input: SignUp,
): Promise<BegunSignIn> {
  const errors = signUpErrors(input)
  if (errors.length > 0) throw new AppError('validation_failed', { errors })
  // Before the transaction: hashing waits in a line of its own and must not hold a connection meanwhile.
  const passwordHash = await deps.secrets.hashPassword(input.password)
  const now = deps.clock.now()
  const userId = deps.ids.next()
  const scope = mintOrganizationScope(deps.ids.next())
  const { organizationId } = scope
  const stamps = { createdAt: now, updatedAt: now }
  try {
    return await inTransaction(deps.db, async (tx) => {
      await insertUser(tx, {
        id: userId,
        email: input.email.trim(),
        passwordHash,
        firstName: input.firstName.trim(),
        lastName: input.lastName.trim(),
        timeZone: input.timeZone ?? null,
        ...stamps,
      })
      await insertOrganization(tx, {
        id: organizationId,
        slug: input.organizationSlug,
        settings: {
          name: input.organizationName.trim(),
          supportEmail: input.email.trim(),
          ...(input.timeZone === undefined ? {} : { timeZone: input.timeZone }),
        },
        ...stamps,
      })
      await insertMembership(tx, scope, { userId, role: 'org_admin', createdAt: now })
      await appendEvent(tx, deps, {
        organizationId,
        actor: { kind: 'user', id: userId },
        event: { name: 'user_signed_up', payload: { requestId: null, bookingId: null, status: null, userId } },
        now,
      })
      return beginSignIn({ ...deps, db: tx }, { userId })
    })
  } catch (error) {
    if (isUniqueViolation(error, 'users_email_unique')) throw new AppError('email_already_registered')
    if (isUniqueViolation(error, 'organizations_slug_unique') || isUniqueViolation(error, 'organization_slugs_pkey')) {
      throw new AppError('slug_taken')
    }
    throw error
  }
}
