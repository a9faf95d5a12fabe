import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { QueryBuilder } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '../../db/client.ts'
import { refreshTokens, signIns, users } from '../../db/schema/identity.ts'
import { idleSince, type RefreshTokenState } from '../../domain/sign-in.ts'

export type UserRow = typeof users.$inferSelect

/** The account of an email address, in whatever letter case it was typed. Unscoped: signing in comes before any organization. */
export async function findUserByEmail(
  db: Db | Tx,
  email: string,
): Promise<Pick<UserRow, 'id' | 'passwordHash'> | null> {
  const [row] = await db
    .select({ id: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(sql`lower(${users.email})`, email.toLowerCase()))
    .limit(1)
  return row ?? null
}

/** Adds an account. A second one with the same email violates `users_email_unique`. */
export async function insertUser(db: Db | Tx, user: typeof users.$inferInsert): Promise<void> {
  await db.insert(users).values(user)
}

/** A person's row, locked until the transaction ends; null when there is none. */
export async function findUserForUpdate(tx: Tx, userId: string): Promise<UserRow | null> {
  const [row] = await tx.select().from(users).where(eq(users.id, userId)).for('update')
  return row ?? null
}

/** Changes a person's own data. */
export async function updateUser(
  db: Db | Tx,
  userId: string,
  changes: Partial<Pick<UserRow, 'firstName' | 'lastName' | 'timeZone' | 'notificationPreferences'>> & {
    updatedAt: Date
  },
): Promise<void> {
  await db.update(users).set(changes).where(eq(users.id, userId))
}

/** What is stored of a refresh token: its digest, never itself. */
export interface NewRefreshToken {
  id: string
  digest: Buffer
}

/** Begins a sign-in with its first refresh token, in one statement. */
export async function insertSignIn(
  db: Db | Tx,
  signIn: { id: string; userId: string; createdAt: Date; expiresAt: Date },
  refreshToken: NewRefreshToken,
): Promise<void> {
  const begun = db
    .$with('begun')
    .as(db.insert(signIns).values(signIn).returning({ id: signIns.id, createdAt: signIns.createdAt }))
  await db
    .with(begun)
    .insert(refreshTokens)
    .select(
      new QueryBuilder({ casing: 'snake_case' })
        .select({
          id: sql`${refreshToken.id}::uuid`.as('id'),
          signInId: begun.id,
          digest: sql`${sql.param(refreshToken.digest, refreshTokens.digest)}::bytea`.as('digest'),
          issuedAt: begun.createdAt,
          usedAt: sql`null::timestamptz`.as('used_at'),
        })
        .from(begun),
    )
}

/**
 * Exchanges a refresh token for the next one, once: one guarded statement that uses the old row and adds the new. Null
 * when the token is unknown, used, or has run out with or without its sign-in; domain/sign-in.ts `decideRefresh` says
 * which. Of two at once, the second waits for the first one's row, finds it used and gets null.
 */
export async function rotateRefreshToken(
  db: Db | Tx,
  input: { digest: Buffer; next: NewRefreshToken; now: Date },
): Promise<{ signInId: string; userId: string; expiresAt: Date } | null> {
  const used = db.$with('used').as(
    db
      .update(refreshTokens)
      .set({ usedAt: input.now })
      .from(signIns)
      .where(
        and(
          eq(refreshTokens.digest, input.digest),
          isNull(refreshTokens.usedAt),
          gt(refreshTokens.issuedAt, idleSince(input.now)),
          eq(signIns.id, refreshTokens.signInId),
          isNull(signIns.revokedAt),
          gt(signIns.expiresAt, input.now),
        ),
      )
      .returning({
        signInId: refreshTokens.signInId,
        userId: sql<string>`${signIns.userId}`.as('user_id'),
        expiresAt: sql<Date>`${signIns.expiresAt}`.mapWith(signIns.expiresAt).as('expires_at'),
      }),
  )
  const issued = db.$with('issued').as(
    db
      .insert(refreshTokens)
      .select(
        new QueryBuilder({ casing: 'snake_case' })
          .select({
            id: sql`${input.next.id}::uuid`.as('id'),
            signInId: used.signInId,
            digest: sql`${sql.param(input.next.digest, refreshTokens.digest)}::bytea`.as('digest'),
            issuedAt: sql`${sql.param(input.now, refreshTokens.issuedAt)}::timestamptz`.as('issued_at'),
            usedAt: sql`null::timestamptz`.as('used_at'),
          })
          .from(used),
      )
      .returning({ id: refreshTokens.id }),
  )
  const [row] = await db
    .with(used, issued)
    .select({ signInId: used.signInId, userId: used.userId, expiresAt: used.expiresAt })
    .from(used)
  return row ?? null
}

/** A refresh token with its sign-in, as they are now; null when it was never issued. */
export async function findRefreshToken(
  db: Db | Tx,
  digest: Buffer,
): Promise<(RefreshTokenState & { signInId: string }) | null> {
  const [row] = await db
    .select({
      signInId: refreshTokens.signInId,
      issuedAt: refreshTokens.issuedAt,
      usedAt: refreshTokens.usedAt,
      signIn: { expiresAt: signIns.expiresAt, revokedAt: signIns.revokedAt },
    })
    .from(refreshTokens)
    .innerJoin(signIns, eq(signIns.id, refreshTokens.signInId))
    .where(eq(refreshTokens.digest, digest))
    .limit(1)
  return row ?? null
}

/** Ends a sign-in for good; one that has ended keeps its first end and reason. */
export async function revokeSignIn(
  db: Db | Tx,
  input: { signInId: string; reason: NonNullable<(typeof signIns.$inferSelect)['revokedReason']>; now: Date },
): Promise<void> {
  await db
    .update(signIns)
    .set({ revokedAt: input.now, revokedReason: input.reason })
    .where(and(eq(signIns.id, input.signInId), isNull(signIns.revokedAt)))
}
