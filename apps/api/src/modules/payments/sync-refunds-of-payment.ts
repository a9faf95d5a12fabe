import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import { listToldRefunds } from './list-told-refunds.ts'
import { type ReceivedEvent, recordReceivedEvent } from './received-events.ts'
import { findPayment } from './repository.ts'
import { settleRefunds } from './settle-refunds.ts'
import { nextRefundAskAt } from './sync-refund.ts'

/**
 * Brings all refunds of one payment to what the payment provider lists: those that the product made and those that
 * somebody made in the provider's dashboard, which become visible here with the reason `refunded_at_provider`.
 *
 * The provider is asked first, outside any transaction; then `settleRefunds` writes, once, however often and in whatever
 * order this is called. `receivedEvent`: the notice that led to it, written down with its effect; known already, nothing
 * happens. A payment that has captured nothing yet has no refunds. Answers whether anything changed. Throws
 * {@link PaymentGatewayUnavailable} when the provider does not answer; then nothing has changed.
 */
export async function syncRefundsOfPayment(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateways'>,
  input: { scope: OrganizationScope; paymentId: string; receivedEvent?: ReceivedEvent | undefined },
): Promise<boolean> {
  const { scope, receivedEvent } = input
  const payment = await findPayment(deps.db, scope, input.paymentId)
  if (payment === null) throw new Error('There is no such payment.')
  const told = await listToldRefunds(deps, payment)
  const now = deps.clock.now()
  return inTransaction(deps.db, (tx) =>
    settleRefunds(tx, deps, {
      scope,
      payment,
      told,
      nextAskAt: ({ createdAt }) => nextRefundAskAt(createdAt, now),
      isWanted: async (tx) =>
        receivedEvent === undefined || recordReceivedEvent(tx, receivedEvent, deps.clock.unmoved()),
      now,
    }),
  )
}
