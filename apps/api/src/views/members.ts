import { and, asc, eq, not, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/client.ts'
import { users } from '../db/schema/identity.ts'
import { memberships } from '../db/schema/organizations.ts'
import type { MembershipStatus } from '../domain/caller.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import type { Member } from '../modules/organizations/schemas.ts'
import { decodeIdCursor, encodeCursor } from '../wire/cursor.ts'
import { PAGE_LIMIT_DEFAULT } from '../wire/page.ts'

const LIST = 'members'

/**
 * The people of an organization by name; with `trainers`, only those who may run sessions (or only those who may not).
 *
 * The cursor names the last person, whose place is looked up again: names may be longer than a cursor.
 */
export async function memberPage(
  db: Db | Tx,
  scope: OrganizationScope,
  query: { status?: MembershipStatus; trainers?: boolean; limit?: number; cursor?: string },
): Promise<{ data: Member[]; nextCursor: string | null }> {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT
  const name = sql<string>`${users.firstName} || ' ' || ${users.lastName}`
  const place = sql`lower(${users.firstName} || ' ' || ${users.lastName})`
  const canTrain = or(eq(memberships.role, 'trainer'), eq(memberships.canTrain, true))
  const ofOrganization = eq(memberships.organizationId, scope.organizationId)
  const after =
    query.cursor === undefined
      ? undefined
      : sql`(${place}, ${users.id}) > (${db
          .select({ place: place.as('place'), id: users.id })
          .from(users)
          .innerJoin(memberships, and(eq(memberships.userId, users.id), ofOrganization))
          .where(eq(users.id, decodeIdCursor(LIST, query.cursor)))})`
  const found = await db
    .select({ membership: memberships, name, email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        ofOrganization,
        query.status === undefined ? undefined : eq(memberships.status, query.status),
        query.trainers === undefined || canTrain === undefined ? undefined : query.trainers ? canTrain : not(canTrain),
        after,
      ),
    )
    .orderBy(place, asc(users.id))
    .limit(limit + 1)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    data: page.map(({ membership, name, email }) => ({
      userId: membership.userId,
      name,
      email,
      role: membership.role,
      canTrain: membership.role === 'org_admin' && membership.canTrain,
      skills: membership.skills,
      payoutSharePercent: membership.payoutSharePercent,
      status: membership.status,
    })),
    nextCursor: found.length > limit && last !== undefined ? encodeCursor(LIST, [last.membership.userId]) : null,
  }
}
