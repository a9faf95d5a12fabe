import { and, asc, eq, lte, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { payments } from '../../db/schema/payments.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import { CONFIRM_BY_ITSELF_BEFORE_START_MINUTES } from '../../domain/payment.ts'
import { askByAccount } from './ask-by-account.ts'
import { isChange } from './reconcile-payments.ts'
import { isNotTriedSince, type PaymentToAskAbout, takeAsking } from './repository.ts'
import { syncPayment } from './sync-payment.ts'

const BOOKINGS_PER_TURN = 50
/** Where the provider's answer did not lead to a confirmation, it is asked again after so long. */
const ASK_AGAIN_MS = 3 * 60_000
/** Where it gave none, after so long. */
const TRY_AGAIN_MS = 15_000

/**
 * An hour before its start a booking that is paid and that nobody has confirmed is verified with the provider and
 * confirmed by the product itself (product.md §9); answers how many were. At that very instant it is due.
 */
export async function confirmPaidBookings(deps: Parameters<typeof syncPayment>[0]): Promise<number> {
  const now = deps.clock.now()
  const notTriedSince = new Date(now.getTime() - TRY_AGAIN_MS)
  const due = await listDue(deps.db, now, notTriedSince)
  return askByAccount(due, async (payment) => {
    const scope = scopeOfRow(payment)
    if (!(await takeAsking(deps.db, scope, payment.id, { now, notTriedSince }))) return false
    return isChange(await syncPayment(deps, { scope, paymentId: payment.id, confirmFor: null }))
  })
}

async function listDue(db: Db | Tx, now: Date, notTriedSince: Date): Promise<PaymentToAskAbout[]> {
  const lead = CONFIRM_BY_ITSELF_BEFORE_START_MINUTES * 60_000
  const askedBefore = sql.param(new Date(now.getTime() - ASK_AGAIN_MS), payments.syncedAt)
  return db
    .select({
      id: payments.id,
      organizationId: payments.organizationId,
      provider: payments.provider,
      integrationId: payments.integrationId,
    })
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
        isNotTriedSince(notTriedSince, now),
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
