import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { askByAccount } from './ask-by-account.ts'
import { hasOpenDispute } from './dispute-repository.ts'
import { listDueRefunds, postponeRefunds } from './refund-repository.ts'
import { type DueRow, listPaymentsWithRefundsDue, setRefundsDueAt } from './repository.ts'
import { syncDisputesOfPayment } from './sync-disputes-of-payment.ts'
import { syncRefund } from './sync-refund.ts'
import { syncRefundsOfPayment } from './sync-refunds-of-payment.ts'

type ReconcileDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateways'>

/** So many in one turn; the next turn takes the rest. */
const ASKED_PER_TURN = 50
/** A refund this new is its job's to make. */
const NEW_MS = 3 * 60_000
/** An account that does not answer is left alone for so long. */
const SILENT_ACCOUNT_MS = 60_000
/** A payment's refunds are listed for the first time so long after it was paid, and no more often than that … */
const LIST_AGAIN_MS = 10 * 60_000
/** … later the older it is … */
const LIST_AGAIN_PART_OF_AGE = 1 / 10
/** … but while one is undecided, no later than this … */
const DISPUTED_AGAIN_MS = 60 * 60_000
/** … and for as long as card networks let money go back: about half a year, or until the last dispute is decided. */
const LISTED_FOR_DAYS = 180

/**
 * Makes the refunds whose job never got through and asks about those under way, each when it is due; answers how many
 * changed. An account that does not answer keeps none of the others waiting.
 */
export async function reconcileRefunds(deps: ReconcileDeps): Promise<number> {
  const now = deps.clock.now()
  const due = await listDueRefunds(deps.db, {
    now,
    newSince: new Date(now.getTime() - NEW_MS),
    limit: ASKED_PER_TURN,
  })
  return askEach(due, {
    ask: (refund) => syncRefund(deps, { scope: scopeOfRow(refund), refundId: refund.id }),
    leave: (scope, ids) => postponeRefunds(deps.db, scope, ids, new Date(now.getTime() + SILENT_ACCOUNT_MS)),
  })
}

/**
 * Lists the refunds and disputes of payments at their provider, so that one that was made there, that failed after it had
 * succeeded, or that was decided is seen here also when every notice of it was lost, or none was ever to come; answers for
 * how many payments that brought news.
 */
export async function reconcileRefundsOfPayments(deps: ReconcileDeps): Promise<number> {
  const now = deps.clock.now()
  const due = await listPaymentsWithRefundsDue(deps.db, {
    now,
    paidBefore: new Date(now.getTime() - LIST_AGAIN_MS),
    paidSince: new Date(now.getTime() - LISTED_FOR_DAYS * 86_400_000),
    limit: ASKED_PER_TURN,
  })
  return askEach(due, {
    ask: async (payment) => {
      const target = { scope: scopeOfRow(payment), paymentId: payment.id }
      const isRefundNews = await syncRefundsOfPayment(deps, target)
      const isDisputeNews = await syncDisputesOfPayment(deps, target)
      const wait = Math.max(LIST_AGAIN_MS, (now.getTime() - payment.paidAt.getTime()) * LIST_AGAIN_PART_OF_AGE)
      const isDisputed = await hasOpenDispute(deps.db, target.scope, payment.id)
      const limit = isDisputed ? DISPUTED_AGAIN_MS : Number.POSITIVE_INFINITY
      await setRefundsDueAt(deps.db, target.scope, [payment.id], new Date(now.getTime() + Math.min(wait, limit)))
      return isRefundNews || isDisputeNews
    },
    leave: (scope, ids) => setRefundsDueAt(deps.db, scope, ids, new Date(now.getTime() + LIST_AGAIN_MS)),
  })
}

/** Asks about each; what an account that fell silent kept from being asked is left for later, so that it holds up no other. */
async function askEach<Row extends DueRow>(
  rows: readonly Row[],
  each: {
    ask: (row: Row) => Promise<boolean>
    leave: (scope: OrganizationScope, ids: readonly string[]) => Promise<void>
  },
): Promise<number> {
  const answered = new Set<string>()
  try {
    return await askByAccount(rows, async (row) => {
      const isNews = await each.ask(row)
      answered.add(row.id)
      return isNews
    })
  } finally {
    const left = rows.filter(({ id }) => !answered.has(id))
    for (const organizationId of new Set(left.map((row) => row.organizationId))) {
      const ofOne = left.filter((row) => row.organizationId === organizationId)
      await each.leave(
        scopeOfRow({ organizationId }),
        ofOne.map(({ id }) => id),
      )
    }
  }
}
