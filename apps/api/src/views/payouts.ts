import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import { payoutLines } from '../db/schema/payouts.ts'
import type { Deps } from '../deps.ts'
import { type Caller, isOrgAdmin, isTrainer } from '../domain/caller.ts'
import { money } from '../domain/money.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import type { PayoutLine } from '../modules/payouts/schemas.ts'
import { decodeIdCursor, encodeCursor } from '../wire/cursor.ts'
import { PAGE_LIMIT_DEFAULT } from '../wire/page.ts'

const LIST = 'payouts'

function visibleTo(caller: Caller): SQL | undefined {
  if (caller.kind === 'system' || isOrgAdmin(caller)) return undefined
  return isTrainer(caller) ? eq(payoutLines.trainerUserId, caller.userId) : sql`false`
}

/** A page of the ledger, newest first: a trainer's own lines, an admin's organization or one trainer in it. */
export async function listPayouts(
  deps: Pick<Deps, 'db'>,
  input: { scope: OrganizationScope; caller: Caller; trainerId?: string; limit?: number; cursor?: string },
): Promise<{ data: PayoutLine[]; nextCursor: string | null }> {
  const limit = input.limit ?? PAGE_LIMIT_DEFAULT
  const rows = await deps.db
    .select()
    .from(payoutLines)
    .where(
      and(
        eq(payoutLines.organizationId, input.scope.organizationId),
        visibleTo(input.caller),
        input.trainerId === undefined ? undefined : eq(payoutLines.trainerUserId, input.trainerId),
        input.cursor === undefined ? undefined : lt(payoutLines.id, decodeIdCursor(LIST, input.cursor)),
      ),
    )
    .orderBy(desc(payoutLines.id))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    data: page.map((row) => ({
      id: row.id,
      bookingId: row.bookingId,
      trainerId: row.trainerUserId,
      kind: row.kind,
      amount: money(row.amountMinor, row.currency),
      createdAt: row.createdAt.toISOString(),
    })),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(LIST, [last.id]) : null,
  }
}
