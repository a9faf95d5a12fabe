import { eq } from 'drizzle-orm'
import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import { events } from '../../db/schema/events.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, SYSTEM } from '../../domain/caller.ts'
import { money } from '../../domain/money.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { payoutCorrection, type RefundEffect } from '../../domain/payout.ts'
import { type BookingRow, lockBooking } from '../bookings/repository.ts'
import { getSettings } from '../organizations/repository.ts'
import { insertPayoutLine, listEarningsOfBooking, type PayoutLineRow } from './repository.ts'

/**
 * The job that follows from a refund, and from one that fails later: brings what its session earned the trainer to their
 * share of what was paid less refunds, by one more line. The lines before stay as they are.
 *
 * Under the booking's lock, which refunding and completing take as well: whichever came first, the lines add up to the same.
 * The share is the one that the session was closed with. A session that is not closed has earned nothing yet: closing it
 * counts what has gone back by then. Run again, it changes nothing.
 */
export async function correctPayout(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  payload: { eventId: string },
): Promise<void> {
  const [event] = await deps.db
    .select({ organizationId: events.organizationId, bookingId: events.bookingId, payload: events.payload })
    .from(events)
    .where(eq(events.id, payload.eventId))
  if (event === undefined || event.organizationId === null || event.bookingId === null) return
  const refundId = 'refundId' in event.payload ? event.payload.refundId : null
  if (refundId === null) return
  const isFailed = 'refundStatus' in event.payload && event.payload.refundStatus === 'failed'
  const scope = scopeOfRow({ organizationId: event.organizationId })
  const { bookingId } = event
  await inTransaction(deps.db, async (tx) => {
    const booking = await lockBooking(tx, scope, bookingId)
    if (booking !== null) await correct(tx, deps, { scope, booking, refundId, isFailed, now: deps.clock.now() })
  })
}

function effectOf(input: { refundId: string; isFailed: boolean }, lines: readonly PayoutLineRow[]): RefundEffect {
  if (input.isFailed) return 'returned'
  const wasReturned = lines.some((line) => line.refundId === input.refundId && line.refundEffect === 'returned')
  return wasReturned ? 'counted_again' : 'counted'
}

async function correct(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  input: { scope: OrganizationScope; booking: BookingRow; refundId: string; isFailed: boolean; now: Date },
): Promise<void> {
  const { scope, booking, now } = input
  const lines = await listEarningsOfBooking(tx, scope, booking.id)
  const latest = lines.at(-1)
  if (latest === undefined) return
  const { sharePercent } = latest
  // Lines of before this was kept do not say it.
  const noShowPercent =
    booking.status === 'no_show' ? (latest.noShowPercent ?? (await getSettings(tx, scope)).noShowPayoutPercent) : null
  const recorded = lines.reduce((total, line) => total + line.amountMinor, 0)
  const difference = payoutCorrection(money(recorded, booking.currency), {
    paid: money(booking.paidMinor, booking.currency),
    refunded: money(booking.refundedMinor, booking.currency),
    sharePercent,
    noShowPercent,
  })
  if (difference === null) return
  const payoutLineId = deps.ids.next()
  const isAdded = await insertPayoutLine(tx, scope, {
    id: payoutLineId,
    bookingId: booking.id,
    trainerUserId: booking.trainerUserId,
    kind: 'refund_correction',
    amountMinor: difference.amount,
    currency: booking.currency,
    sharePercent,
    noShowPercent,
    refundId: input.refundId,
    refundEffect: effectOf(input, lines),
    createdAt: now,
  })
  if (!isAdded) return
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor: actorOf(SYSTEM),
    now,
    event: {
      name: 'payout_recorded',
      payload: {
        requestId: booking.trainingRequestId,
        bookingId: booking.id,
        status: booking.status,
        trainerId: booking.trainerUserId,
        payoutLineId,
      },
    },
  })
}
