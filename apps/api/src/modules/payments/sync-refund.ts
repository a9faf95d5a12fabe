import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { failureNote } from '../../domain/delivery.ts'
import { money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { REFUND_REASON_LABELS, type RefundReason } from '../../domain/payment.ts'
import { nextRefundTryAt } from '../../domain/refund.ts'
import { PaymentGatewayRefused, PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import { listToldRefunds } from './list-told-refunds.ts'
import { beginRefundTry, findRefund, noteRefundTrouble, type RefundRow, updateRefund } from './refund-repository.ts'
import { refundTheRest } from './refund-the-rest.ts'
import type { PaymentRow } from './repository.ts'
import { settleRefunds, type ToldRefund } from './settle-refunds.ts'

type RefundDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateways'>

/** A refund under way is asked about after these minutes at the earliest … */
const ASK_AGAIN_MS = 3 * 60_000
/** … and later the longer it has been under way: bank transfers take days. */
const ASK_AGAIN_PART_OF_AGE = 1 / 10

/** When a refund that the provider has taken on is asked about again. */
export function nextRefundAskAt(createdAt: Date, now: Date): Date {
  const age = now.getTime() - createdAt.getTime()
  return new Date(now.getTime() + Math.max(ASK_AGAIN_MS, age * ASK_AGAIN_PART_OF_AGE))
}

/**
 * Brings one refund to what the payment provider says: makes it under `refund:<id>` when that has not happened yet, else
 * asks how it stands; then writes down what became of it (`settleRefunds`).
 *
 * Each try is counted before it is made, with when the next is due, so that a process that dies or a provider that is away
 * leaves a refund that is tried again, later each time, and says why. Safe to repeat, also at the same moment. Answers
 * whether anything changed. Throws {@link PaymentGatewayUnavailable} when the provider does not answer.
 */
export async function syncRefund(
  deps: RefundDeps,
  input: { scope: OrganizationScope; refundId: string },
): Promise<boolean> {
  const { scope, refundId } = input
  const found = await findRefund(deps.db, scope, refundId)
  if (found === null || found.refund.status === 'failed') return false
  const { refund, payment } = found
  const startedAt = deps.clock.now()
  if (refund.providerRefundId === null)
    await beginRefundTry(deps.db, scope, refundId, {
      nextAttemptAt: nextRefundTryAt(refund.attempts + 1, startedAt),
      syncedAt: startedAt,
    })
  const told = await askAll(deps, refund, payment).catch(async (error: unknown) => {
    if (error instanceof PaymentGatewayUnavailable) await noteTrouble(deps, scope, refund, error)
    throw error
  })
  const now = deps.clock.now()
  return inTransaction(deps.db, async (tx) => {
    if (told === null) {
      await updateRefund(tx, scope, refundId, { syncedAt: now, nextAttemptAt: nextRefundAskAt(refund.createdAt, now) })
      return false
    }
    const nextAskAt = ({ createdAt }: Pick<RefundRow, 'createdAt'>) => nextRefundAskAt(createdAt, now)
    const isNews = await settleRefunds(tx, deps, { scope, payment, told, nextAskAt, now })
    // Made in part at the provider meanwhile: what is left still has to go back.
    if (isNews && told.length > 1) await refundTheRest(tx, deps, { scope, refundId, payment, now })
    return isNews
  })
}

/**
 * What the provider says of a refund, and where it refused to make it, of all others of the payment as well: somebody may
 * have been faster at the provider itself.
 */
async function askAll(deps: RefundDeps, refund: RefundRow, payment: PaymentRow): Promise<ToldRefund[] | null> {
  const told = await askProvider(deps, refund, payment)
  if (told === null) return null
  return told.providerRefundId === null ? [told, ...(await listToldRefunds(deps, payment))] : [told]
}

async function noteTrouble(
  deps: RefundDeps,
  scope: OrganizationScope,
  refund: RefundRow,
  error: PaymentGatewayUnavailable,
): Promise<void> {
  // One that the provider has taken on is under way, whether or not it can be asked at this moment.
  if (refund.providerRefundId === null) await noteRefundTrouble(deps.db, scope, refund.id, failureNote(error.message))
  else {
    const now = deps.clock.now()
    await updateRefund(deps.db, scope, refund.id, {
      nextAttemptAt: nextRefundAskAt(refund.createdAt, now),
      syncedAt: now,
    })
  }
}

/** Null: the refund exists and cannot be read any more, so it stands as it stood. */
async function askProvider(deps: RefundDeps, refund: RefundRow, payment: PaymentRow): Promise<ToldRefund | null> {
  const gateway = await deps.paymentGateways.of(payment)
  if (gateway === null)
    throw new PaymentGatewayUnavailable(
      `The provider of this payment (${payment.provider}) cannot be asked: its keys are not known here.`,
    )
  const { organizationId } = refund
  const amount = money(refund.amountMinor, refund.currency)
  try {
    const snapshot =
      refund.providerRefundId === null
        ? await gateway.refund({
            organizationId,
            refundId: refund.id,
            idempotencyKey: `refund:${refund.id}`,
            paymentId: payment.providerPaymentId ?? '',
            amount,
            reason: REFUND_REASON_LABELS[refund.reason as RefundReason],
          })
        : await gateway.retrieveRefund({ organizationId, refundId: refund.providerRefundId })
    return {
      refundId: refund.id,
      providerRefundId: snapshot.id,
      status: snapshot.status,
      amount,
      problem: snapshot.failureReason,
    }
  } catch (error) {
    if (!(error instanceof PaymentGatewayRefused)) throw error
    if (refund.providerRefundId !== null) return null
    return {
      refundId: refund.id,
      providerRefundId: null,
      status: 'failed',
      amount,
      problem: failureNote(error.message),
    }
  }
}
