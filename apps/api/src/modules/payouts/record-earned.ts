import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { payoutCorrection, payoutSharePercent } from '../../domain/payout.ts'
import type { BookingRow } from '../bookings/repository.ts'
import { findPayoutSharePercent, getSettings } from '../organizations/repository.ts'
import { insertPayoutLine, sumEarned } from './repository.ts'

/**
 * Brings the ledger to what a session earned its trainer: their own share, else the organization's, of what was paid less
 * refunds; after a no-show (`isNoShow`) only the organization's part of it. The first line is `earned`, a later one, of a
 * no-show that was a session after all, an `adjustment`.
 *
 * `booking` as it was before. Answers the line's id; null when the ledger is right already.
 */
export async function recordEarned(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: { scope: OrganizationScope; booking: BookingRow; isNoShow: boolean; now: Date },
): Promise<string | null> {
  const { scope, booking, now } = input
  const settings = await getSettings(tx, scope)
  const own = await findPayoutSharePercent(tx, scope, booking.trainerUserId)
  const sharePercent = payoutSharePercent(own, settings.payoutSharePercent)
  const recorded = money(await sumEarned(tx, scope, booking.id), booking.currency)
  const noShowPercent = input.isNoShow ? settings.noShowPayoutPercent : null
  const difference = payoutCorrection(recorded, {
    paid: money(booking.paidMinor, booking.currency),
    refunded: money(booking.refundedMinor, booking.currency),
    sharePercent,
    noShowPercent,
  })
  const kind = booking.status === 'no_show' ? 'adjustment' : 'earned'
  if (difference === null && kind === 'adjustment') return null
  const id = deps.ids.next()
  const isAdded = await insertPayoutLine(tx, scope, {
    id,
    bookingId: booking.id,
    trainerUserId: booking.trainerUserId,
    kind,
    amountMinor: difference?.amount ?? 0,
    currency: booking.currency,
    sharePercent,
    noShowPercent,
    createdAt: now,
  })
  return isAdded ? id : null
}
