import { and, asc, eq, lte, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { payments } from '../../db/schema/payments.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { CONFIRM_BY_ITSELF_BEFORE_START_MINUTES } from '../../domain/payment.ts'
import { countUntilUnavailable, isChange } from './reconcile-payments.ts'
import { syncPayment } from './sync-payment.ts'

const BOOKINGS_PER_TURN = 50
/** Where the provider's answer did not lead to a confirmation, it is asked again after so long. */
const ASK_AGAIN_MS = 3 * 60_000

/**
 * An hour before its start a booking that is paid and that nobody has confirmed is verified with the provider and
 * confirmed by the product itself (product.md §9); answers how many were. At that very instant it is due.
 */
export async function confirmPaidBookings(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateway' | 'calendars'>,
): Promise<number> {
  const due = await listDue(deps.db, deps.clock.now())
  return countUntilUnavailable(due, async (payment) =>
    isChange(await syncPayment(deps, { scope: scopeOfRow(payment), paymentId: payment.id, confirmFor: null })),
  )
}

async function listDue(db: Db | Tx, now: Date): Promise<{ id: string; organizationId: string }[]> {
  const lead = CONFIRM_BY_ITSELF_BEFORE_START_MINUTES * 60_000
  const askedBefore = sql.param(new Date(now.getTime() - ASK_AGAIN_MS), payments.syncedAt)
  return db
    .select({ id: payments.id, organizationId: payments.organizationId })
    .from(bookings)
    .innerJoin(
      payments,
      and(
        eq(payments.organizationId, bookings.organizationId),
        eq(payments.bookingId, bookings.id),
        eq(payments.state, 'paid'),
      ),
    )
    .where(
      and(
        eq(bookings.status, 'pending_payment'),
        eq(bookings.paymentStatus, 'paid'),
        lte(bookings.startAt, new Date(now.getTime() + lead)),
        or(
          sql`${payments.syncedAt} is null or ${payments.syncedAt} <= ${askedBefore}`,
          sql`${payments.syncedAt} > ${sql.param(now, payments.syncedAt)}`,
          // Last asked before it fell due.
          sql`${payments.syncedAt} < ${bookings.startAt} - make_interval(mins => ${CONFIRM_BY_ITSELF_BEFORE_START_MINUTES})`,
        ),
      ),
    )
    .orderBy(asc(bookings.startAt))
    .limit(BOOKINGS_PER_TURN)
}
