import { and, eq, gt } from 'drizzle-orm'
import { union } from 'drizzle-orm/pg-core'
import type { Tx } from '../../db/client.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { BookingRow } from '../bookings/repository.ts'

/**
 * Whether the customer has been given a newer link, or has chosen another time, since this booking was made: then late
 * money for it is sent back (product.md §9). Ids sort by the time of making.
 */
export async function hasNewerChoice(tx: Tx, scope: OrganizationScope, booking: BookingRow): Promise<boolean> {
  const ofRequest = { organizationId: scope.organizationId, trainingRequestId: booking.trainingRequestId }
  const newer = await union(
    tx
      .select({ id: bookings.id })
      .from(bookings)
      .where(
        and(
          eq(bookings.organizationId, ofRequest.organizationId),
          eq(bookings.trainingRequestId, ofRequest.trainingRequestId),
          gt(bookings.id, booking.id),
        ),
      ),
    tx
      .select({ id: schedulingTokens.id })
      .from(schedulingTokens)
      .where(
        and(
          eq(schedulingTokens.organizationId, ofRequest.organizationId),
          eq(schedulingTokens.trainingRequestId, ofRequest.trainingRequestId),
          gt(schedulingTokens.id, booking.id),
        ),
      ),
  ).limit(1)
  return newer.length > 0
}
