import { eq, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { bookingTokens } from '../../db/schema/scheduling.ts'
import { mintOrganizationScope, type OrganizationScope } from '../../domain/organization-scope.ts'
import { linkByDigest, type SchedulingLinkRow } from './repository.ts'

/** What a presented link secret turned out to be. Whether it still opens anything is judged by the use case. */
export type PresentedLink =
  | {
      kind: 'scheduling'
      schedulingTokenId: string
      trainingRequestId: string
      scope: OrganizationScope
      /** The link and its request as they stood when the secret was looked up; a change reads them again, locked. */
      opened: SchedulingLinkRow
    }
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
      const opened = await linkByDigest(db, digest)
      if (opened === null) return null
      return {
        kind: 'scheduling',
        schedulingTokenId: opened.token.id,
        trainingRequestId: opened.token.trainingRequestId,
        scope: mintOrganizationScope(opened.token.organizationId),
        opened,
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
