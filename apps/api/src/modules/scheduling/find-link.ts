import { eq, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { bookingTokens, schedulingTokens } from '../../db/schema/scheduling.ts'
import { mintOrganizationScope, type OrganizationScope } from '../../domain/organization-scope.ts'

/** What a presented link secret turned out to be. Whether it still opens anything is judged by the use case. */
export type PresentedLink =
  | { kind: 'scheduling'; schedulingTokenId: string; trainingRequestId: string; scope: OrganizationScope }
  | {
      kind: 'checkout_return' | 'manage' | 'feedback'
      bookingTokenId: string
      bookingId: string
      scope: OrganizationScope
    }

/**
 * Looks a link's secret up by its digest, each kind with one prepared statement. An unknown secret costs the same
 * statement as a known one.
 */
export function linkFinder(db: Db) {
  const findSchedulingToken = db
    .select({
      id: schedulingTokens.id,
      trainingRequestId: schedulingTokens.trainingRequestId,
      organizationId: schedulingTokens.organizationId,
    })
    .from(schedulingTokens)
    .where(eq(schedulingTokens.digest, sql.placeholder('digest')))
    .limit(1)
    .prepare('find_scheduling_token')
  const findBookingToken = db
    .select({
      id: bookingTokens.id,
      purpose: bookingTokens.purpose,
      bookingId: bookingTokens.bookingId,
      organizationId: bookingTokens.organizationId,
    })
    .from(bookingTokens)
    .where(eq(bookingTokens.digest, sql.placeholder('digest')))
    .limit(1)
    .prepare('find_booking_token')
  return {
    async scheduling(digest: Buffer): Promise<PresentedLink | null> {
      const [row] = await findSchedulingToken.execute({ digest })
      if (row === undefined) return null
      return {
        kind: 'scheduling',
        schedulingTokenId: row.id,
        trainingRequestId: row.trainingRequestId,
        scope: mintOrganizationScope(row.organizationId),
      }
    },
    async ofBooking(digest: Buffer, purpose: 'checkout_return' | 'manage' | 'feedback'): Promise<PresentedLink | null> {
      const [row] = await findBookingToken.execute({ digest })
      if (row === undefined || row.purpose !== purpose) return null
      return {
        kind: purpose,
        bookingTokenId: row.id,
        bookingId: row.bookingId,
        scope: mintOrganizationScope(row.organizationId),
      }
    },
  }
}
