import { eq } from 'drizzle-orm'
import { events } from '../../db/schema/events.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { syncRefund } from './sync-refund.ts'

/**
 * The job that follows from `payment_not_honoured` and `payment_refund_requested`: makes the provider's refund. Run any
 * number of times it pays back once; what the provider could not be asked throws, and the job comes again.
 */
export async function makeRefund(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'paymentGateway'>,
  payload: { eventId: string },
): Promise<void> {
  const [event] = await deps.db
    .select({ organizationId: events.organizationId, payload: events.payload })
    .from(events)
    .where(eq(events.id, payload.eventId))
  if (event === undefined || event.organizationId === null || !('refundId' in event.payload)) return
  await syncRefund(deps, {
    scope: scopeOfRow({ organizationId: event.organizationId }),
    refundId: event.payload.refundId,
  })
}
