import { and, eq, isNull } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { feedback } from '../../db/schema/feedback.ts'
import { bookingTokens } from '../../db/schema/scheduling.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'

/** When a booking's link ends and whether it has been used; null when it is not there. */
export async function findFeedbackLink(
  db: Db | Tx,
  scope: OrganizationScope,
  bookingTokenId: string,
): Promise<{ expiresAt: Date; usedAt: Date | null } | null> {
  const [row] = await db
    .select({ expiresAt: bookingTokens.expiresAt, usedAt: bookingTokens.usedAt })
    .from(bookingTokens)
    .where(
      and(
        eq(bookingTokens.organizationId, scope.organizationId),
        eq(bookingTokens.id, bookingTokenId),
        eq(bookingTokens.purpose, 'feedback'),
      ),
    )
  return row ?? null
}

/** Uses a link up, once: answers false when somebody has used it before. */
export async function useFeedbackLink(
  tx: Tx,
  scope: OrganizationScope,
  input: { bookingTokenId: string; now: Date },
): Promise<boolean> {
  const used = await tx
    .update(bookingTokens)
    .set({ usedAt: input.now })
    .where(
      and(
        eq(bookingTokens.organizationId, scope.organizationId),
        eq(bookingTokens.id, input.bookingTokenId),
        isNull(bookingTokens.usedAt),
      ),
    )
    .returning({ id: bookingTokens.id })
  return used.length > 0
}

/** Keeps a rating; a second one of the same booking violates the primary key `feedback_pkey`. */
export async function insertFeedback(
  tx: Tx,
  scope: OrganizationScope,
  row: Omit<typeof feedback.$inferInsert, 'organizationId'>,
): Promise<void> {
  await tx.insert(feedback).values({ ...row, organizationId: scope.organizationId })
}
