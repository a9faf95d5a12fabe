import { and, eq, sql } from 'drizzle-orm'
import { bookings } from '../db/schema/bookings.ts'
import { payments } from '../db/schema/payments.ts'
import { trainingRequests } from '../db/schema/training-requests.ts'
import { money, subtractMoney } from '../domain/money.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import type { PaymentTotals } from '../modules/payments/schemas.ts'
import { amountsOf, backOf, fits, type PaymentFilters, type ViewDeps, zoneOf } from './payments.ts'

/** What the payments that fit the filters add up to, for each currency. Two statements. */
export async function summarizePayments(
  deps: ViewDeps,
  input: { scope: OrganizationScope; filters: PaymentFilters },
): Promise<{ timeZone: string; totals: PaymentTotals[] }> {
  const timeZone = await zoneOf(deps, input.scope, input.filters)
  const back = backOf(deps.db)
  const { amountMinor, currency } = amountsOf(back)
  const isPaid = eq(payments.state, 'paid')
  const rows = await deps.db
    .select({
      currency,
      capturedMinor: sql<number>`coalesce(sum(${amountMinor}) filter (where ${isPaid}), 0)`.mapWith(Number),
      refundedMinor:
        sql<number>`coalesce(sum(least(${back.refundedMinor}, ${amountMinor})) filter (where ${isPaid}), 0)`.mapWith(
          Number,
        ),
      underWayMinor:
        sql<number>`coalesce(sum(${amountMinor}) filter (where ${eq(payments.state, 'processing')}), 0)`.mapWith(
          Number,
        ),
      paymentCount: sql<number>`count(*) filter (where ${isPaid})`.mapWith(Number),
    })
    .from(payments)
    .innerJoin(bookings, and(eq(bookings.organizationId, payments.organizationId), eq(bookings.id, payments.bookingId)))
    .innerJoin(
      trainingRequests,
      and(
        eq(trainingRequests.organizationId, bookings.organizationId),
        eq(trainingRequests.id, bookings.trainingRequestId),
      ),
    )
    .innerJoinLateral(back, sql`true`)
    .where(fits(input.scope, input.filters, timeZone, back))
    .groupBy(currency)
    .orderBy(currency)
  return {
    timeZone,
    totals: rows.map((row) => {
      const captured = money(row.capturedMinor, row.currency)
      const refunded = money(row.refundedMinor, row.currency)
      return {
        currency: row.currency,
        captured,
        refunded,
        net: subtractMoney(captured, refunded),
        underWay: money(row.underWayMinor, row.currency),
        paymentCount: row.paymentCount,
      }
    }),
  }
}
