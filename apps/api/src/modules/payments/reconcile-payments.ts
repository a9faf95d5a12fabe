import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { PaymentOutcome } from '../../domain/payment.ts'
import { askByAccount } from './ask-by-account.ts'
import { listPaymentsToAskAbout, takeAsking } from './repository.ts'
import { syncPayment } from './sync-payment.ts'

/** How long an open payment goes unasked: "every few minutes" (product.md §9). */
const ASK_AGAIN_MS = 3 * 60_000
/** What the provider could not be asked is tried again after so long, behind whatever else waits. */
const TRY_AGAIN_MS = 15_000
/** For so long after it ended unpaid, and no longer after its deadline, an attempt is still asked about. */
const ENDED_RECENTLY_MS = 60 * 60_000
/** So many of one account in one turn; the next turn takes the rest. Ended ones wait: a payment under way must not. */
const ASKED_PER_TURN = 50
const ENDED_PER_TURN = 10

/**
 * Asks the payment providers about payments that are open, under way or have just ended, so that a lost notice changes
 * nothing; answers how many changed something. An attempt whose checkout was being made when the answer got lost is made
 * again under its key, which finds it. Where an account does not answer, its rest waits for the next turn.
 */
export async function reconcilePayments(deps: Parameters<typeof syncPayment>[0]): Promise<number> {
  const now = deps.clock.now()
  const notTriedSince = new Date(now.getTime() - TRY_AGAIN_MS)
  const due = await listPaymentsToAskAbout(deps.db, {
    now,
    notTriedSince,
    notAskedSince: new Date(now.getTime() - ASK_AGAIN_MS),
    endedSince: new Date(now.getTime() - ENDED_RECENTLY_MS),
    open: ASKED_PER_TURN,
    ended: ENDED_PER_TURN,
  })
  return askByAccount(due, async (payment) => {
    const scope = scopeOfRow(payment)
    if (!(await takeAsking(deps.db, scope, payment.id, { now, notTriedSince }))) return false
    return isChange(await syncPayment(deps, { scope, paymentId: payment.id, confirmFor: null }))
  })
}

/** Whether an outcome moved anything; what did not must not count as work done, or a turn would never end. */
export function isChange(outcome: PaymentOutcome): boolean {
  if (outcome.kind === 'mismatch') return outcome.refund !== null
  return outcome.kind !== 'nothing'
}
