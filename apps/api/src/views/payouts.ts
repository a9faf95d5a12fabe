import { and, asc, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import { users } from '../db/schema/identity.ts'
import { payoutLines } from '../db/schema/payouts.ts'
import type { Deps } from '../deps.ts'
import { type Caller, isOrgAdmin, isTrainer } from '../domain/caller.ts'
import { money } from '../domain/money.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import type { PayoutLineKind } from '../domain/payout.ts'
import { addDays, dateAt, startOfDate } from '../domain/zoned-time.ts'
import { AppError } from '../errors/app-error.ts'
import { getSettings } from '../modules/organizations/repository.ts'
import { PAYOUT_TOTALS_MAX, type PayoutLine, type PayoutTotals } from '../modules/payouts/schemas.ts'
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
      refundId: row.refundId,
      createdAt: row.createdAt.toISOString(),
    })),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(LIST, [last.id]) : null,
  }
}

/** How far back lines are added up when nobody says. */
const SUMMARY_DAYS = 366

/**
 * What payout lines add up to, by month (in the organization's zone), trainer and currency, the latest month first: a
 * trainer's own, an admin's organization or one trainer in it. `balance` is earned, corrected and adjusted less what has
 * been paid out. `invalid_query` for days out of order.
 */
export async function summarizePayouts(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { scope: OrganizationScope; caller: Caller; trainerId?: string; from?: string; to?: string },
): Promise<{ timeZone: string; totals: PayoutTotals[] }> {
  const { scope, to } = input
  const { timeZone } = await getSettings(deps.db, scope)
  const from = input.from ?? addDays(to ?? dateAt(deps.clock.now().getTime(), timeZone), -SUMMARY_DAYS)
  if (to !== undefined && to < from)
    throw new AppError('invalid_query', { errors: [{ pointer: '/to', message: 'Must not be before "from".' }] })
  const month = sql<string>`to_char(${payoutLines.createdAt} at time zone ${timeZone}, 'YYYY-MM')`
  const sum = (kind: PayoutLineKind) =>
    sql<number>`coalesce(sum(${payoutLines.amountMinor}) filter (where ${eq(payoutLines.kind, kind)}), 0)`.mapWith(
      Number,
    )
  const rows = await deps.db
    .select({
      month: month.as('month'),
      trainerId: users.id,
      firstName: users.firstName,
      lastName: users.lastName,
      currency: payoutLines.currency,
      earned: sum('earned'),
      refundCorrections: sum('refund_correction'),
      adjustments: sum('adjustment'),
      paidOut: sum('paid'),
    })
    .from(payoutLines)
    .innerJoin(users, eq(users.id, payoutLines.trainerUserId))
    .where(
      and(
        eq(payoutLines.organizationId, scope.organizationId),
        visibleTo(input.caller),
        input.trainerId === undefined ? undefined : eq(payoutLines.trainerUserId, input.trainerId),
        gte(payoutLines.createdAt, new Date(startOfDate(from, timeZone))),
        to === undefined ? undefined : lt(payoutLines.createdAt, new Date(startOfDate(addDays(to, 1), timeZone))),
      ),
    )
    .groupBy(sql`1`, users.id, payoutLines.currency)
    .orderBy(desc(sql`1`), asc(users.firstName), asc(users.lastName), asc(users.id), asc(payoutLines.currency))
    .limit(PAYOUT_TOTALS_MAX)
  return {
    timeZone,
    totals: rows.map(({ currency, ...row }) => ({
      month: row.month,
      trainer: { id: row.trainerId, name: `${row.firstName} ${row.lastName}` },
      currency,
      earned: money(row.earned, currency),
      refundCorrections: money(row.refundCorrections, currency),
      adjustments: money(row.adjustments, currency),
      paidOut: money(row.paidOut, currency),
      // A payment is written down as what was handed over.
      balance: money(row.earned + row.refundCorrections + row.adjustments - row.paidOut, currency),
    })),
  }
}
