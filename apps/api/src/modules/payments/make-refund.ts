import { eq } from 'drizzle-orm'
import { events } from '../../db/schema/events.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import { syncRefund } from './sync-refund.ts'

/**
 * The job that follows from `payment_not_honoured` and `payment_refund_requested`: makes the provider's refund. Run any
 * number of times it pays back once. Where the provider could not be asked, the refund says so and when it is due again
 * (`reconcileRefunds`): that is no failure of the job.
 */
export async function makeRefund(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateways'>,
  payload: { eventId: string },
): Promise<void> {
  const [event] = await deps.db
    .select({ organizationId: events.organizationId, payload: events.payload })
    .from(events)
    .where(eq(events.id, payload.eventId))
  if (event === undefined || event.organizationId === null) return
  const refundId = 'refundId' in event.payload ? event.payload.refundId : null
  if (refundId === null) return
  const scope = scopeOfRow({ organizationId: event.organizationId })
  try {
    await syncRefund(deps, { scope, refundId })
  } catch (error) {
    if (!(error instanceof PaymentGatewayUnavailable)) throw error
  }
}
