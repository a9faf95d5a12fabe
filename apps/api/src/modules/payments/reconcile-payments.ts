import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import type { PaymentOutcome } from '../../domain/payment.ts'
import { PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import { listPaymentsToAskAbout, listRefundsToAskAbout } from './repository.ts'
import { syncPayment } from './sync-payment.ts'
import { syncRefund } from './sync-refund.ts'

/** How long an open payment or refund goes unasked: "every few minutes" (product.md §9). */
const ASK_AGAIN_MS = 3 * 60_000
/** For so long after its deadline an attempt that ended unpaid is still asked about. */
const ENDED_RECENTLY_MS = 60 * 60_000
/** So many in one turn; the next turn takes the rest. */
const ASKED_PER_TURN = 50

/**
 * Asks the payment provider about payments that are open, under way or have just ended, so that a lost notice changes
 * nothing; answers how many changed something. When the provider does not answer, the rest waits for the next turn.
 */
export async function reconcilePayments(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateway' | 'calendars'>,
): Promise<number> {
  const now = deps.clock.now()
  const open = await listPaymentsToAskAbout(deps.db, {
    now,
    notAskedSince: new Date(now.getTime() - ASK_AGAIN_MS),
    endedSince: new Date(now.getTime() - ENDED_RECENTLY_MS),
    limit: ASKED_PER_TURN,
  })
  return countUntilUnavailable(open, async (payment) => {
    const outcome = await syncPayment(deps, { scope: scopeOfRow(payment), paymentId: payment.id, confirmFor: null })
    return isChange(outcome)
  })
}

/** Asks about refunds that are under way, and makes those whose job never got through; answers how many were settled. */
export async function reconcileRefunds(deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateway'>): Promise<number> {
  const now = deps.clock.now()
  const notAskedSince = new Date(now.getTime() - ASK_AGAIN_MS)
  const underWay = await listRefundsToAskAbout(deps.db, { now, notAskedSince, limit: ASKED_PER_TURN })
  return countUntilUnavailable(underWay, (refund) =>
    syncRefund(deps, { scope: scopeOfRow(refund), refundId: refund.id }),
  )
}

/** Whether an outcome moved anything; what did not must not count as work done, or a turn would never end. */
export function isChange(outcome: PaymentOutcome): boolean {
  if (outcome.kind === 'mismatch') return outcome.refund !== null
  return outcome.kind !== 'nothing'
}

/** One after another, until the provider stops answering. One that fails otherwise does not keep the others waiting. */
export async function countUntilUnavailable<Row>(
  rows: readonly Row[],
  ask: (row: Row) => Promise<boolean>,
): Promise<number> {
  let changed = 0
  const failures: unknown[] = []
  for (const row of rows) {
    try {
      if (await ask(row)) changed += 1
    } catch (error) {
      if (error instanceof PaymentGatewayUnavailable) break
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return changed
}
