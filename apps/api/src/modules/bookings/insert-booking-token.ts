import { and, eq, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { bookingTokens } from '../../db/schema/scheduling.ts'
import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'

type BookingTokenPurpose = (typeof bookingTokens.$inferSelect)['purpose']

/**
 * Makes the row of a link that belongs to one booking: the return from checkout, managing it, rating it. A booking has
 * one of each; where it is there already, it stays as it is.
 *
 * The secret is in no row: {@link findBookingLinkSecret} makes it when it is needed.
 */
export async function insertBookingToken(
  tx: Db | Tx,
  deps: Pick<Deps, 'ids' | 'secrets'>,
  scope: OrganizationScope,
  input: { bookingId: string; purpose: BookingTokenPurpose; expiresAt: Date; now: Date },
): Promise<void> {
  const row = { id: deps.ids.next(), nonce: deps.secrets.randomBytes(16), keyId: deps.secrets.linkKeyId }
  await tx
    .insert(bookingTokens)
    .values({
      ...row,
      organizationId: scope.organizationId,
      bookingId: input.bookingId,
      purpose: input.purpose,
      digest: deps.secrets.digest(deps.secrets.linkSecret(input.purpose, row)),
      createdAt: input.now,
      expiresAt: input.expiresAt,
    })
    .onConflictDoNothing({ target: [bookingTokens.bookingId, bookingTokens.purpose] })
}

/** The secret of a booking's link, for an address in a mail or at the payment provider; null when it has no such link. */
export async function findBookingLinkSecret(
  db: Db | Tx,
  deps: Pick<Deps, 'secrets'>,
  scope: OrganizationScope,
  input: { bookingId: string; purpose: BookingTokenPurpose },
): Promise<string | null> {
  const [row] = await db
    .select({ id: bookingTokens.id, nonce: bookingTokens.nonce, keyId: bookingTokens.keyId })
    .from(bookingTokens)
    .where(
      and(
        eq(bookingTokens.organizationId, scope.organizationId),
        eq(bookingTokens.bookingId, input.bookingId),
        eq(bookingTokens.purpose, input.purpose),
      ),
    )
  return row === undefined ? null : deps.secrets.linkSecret(input.purpose, row)
}

/** Lets a booking's link live so much longer, in milliseconds, because what it was measured from has moved. */
export async function extendBookingToken(
  tx: Tx,
  scope: OrganizationScope,
  input: { bookingId: string; purpose: BookingTokenPurpose; byMs: number },
): Promise<void> {
  await tx
    .update(bookingTokens)
    .set({ expiresAt: sql`${bookingTokens.expiresAt} + make_interval(secs => ${input.byMs / 1000}::float8)` })
    .where(
      and(
        eq(bookingTokens.organizationId, scope.organizationId),
        eq(bookingTokens.bookingId, input.bookingId),
        eq(bookingTokens.purpose, input.purpose),
      ),
    )
}
