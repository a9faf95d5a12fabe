import { and, asc, eq } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { users } from '../db/schema/identity.ts'
import { memberships, organizations } from '../db/schema/organizations.ts'
import { ROLE_LABELS } from '../domain/caller.ts'
import { resolveNotificationPreferences } from '../domain/notification-preferences.ts'
import { resolveSettings } from '../domain/organization-settings.ts'
import { personalTimeZone } from '../domain/personal-time-zone.ts'
import { AppError } from '../errors/app-error.ts'
import type { Me, SignIn } from '../modules/identity/schemas.ts'

/** The signed-in person with their active memberships by name, in one statement. */
export async function me(db: Db | Tx, userId: string): Promise<Me> {
  const rows = await db
    .select({ user: users, membership: memberships, organization: organizations })
    .from(users)
    .leftJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.status, 'active')))
    .leftJoin(organizations, eq(organizations.id, memberships.organizationId))
    .where(eq(users.id, userId))
    .orderBy(asc(memberships.createdAt), asc(memberships.organizationId))
  const user = rows[0]?.user
  if (user === undefined) throw new AppError('unauthenticated')
  const joined = rows.flatMap(({ membership, organization }) =>
    membership === null || organization === null
      ? []
      : [{ membership, organization, settings: resolveSettings(organization.settings) }],
  )
  return {
    id: user.id,
    firstName: user.firstName,
    lastName: user.lastName,
    name: `${user.firstName} ${user.lastName}`,
    email: user.email,
    emailVerified: user.emailVerifiedAt !== null,
    timeZone: personalTimeZone(
      user.timeZone,
      joined.map(({ settings }) => settings.timeZone),
    ),
    notificationPreferences: resolveNotificationPreferences(user.notificationPreferences),
    memberships: joined
      .map(({ membership, organization, settings }) => ({
        organization: { id: organization.id, slug: organization.slug, name: settings.name },
        role: membership.role,
        roleLabel: ROLE_LABELS[membership.role],
        canTrain: membership.role === 'org_admin' && membership.canTrain,
        skills: membership.skills,
      }))
      .sort((a, b) => a.organization.name.localeCompare(b.organization.name, 'en')),
  }
}

/** Who has just signed in, as `logIn` tells it. */
export async function signedInPerson(db: Db | Tx, userId: string): Promise<Pick<SignIn, 'user' | 'memberships'>> {
  const { notificationPreferences: _, memberships, ...user } = await me(db, userId)
  return { user, memberships }
}
