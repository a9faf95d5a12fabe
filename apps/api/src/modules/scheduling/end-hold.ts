import { appendEvent } from '../../db/append-event.ts'
import type { Tx } from '../../db/client.ts'
import { isLapsedHold } from '../../domain/booking.ts'
import type { Actor } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { Ids } from '../../platform/ids.ts'
import { expireLapsedHold } from '../bookings/expire-lapsed-holds.ts'
import { type BookingRow, bookingStateOf, lockBooking, stepBooking } from '../bookings/repository.ts'
import { hasPayableCheckout } from '../payments/checkout-attempts.ts'

/**
 * Gives up a customer's unpaid reservation because they chose another time or were sent a fresh link; one whose deadline
 * has come is recorded as run out instead.
 *
 * Call it with trainer and request locked, once the reservation's checkouts are closed at the provider. Answers false, and
 * does nothing, when a checkout was opened meanwhile, which has to be closed as well, or when it is no unpaid reservation
 * any more: read everything again.
 */
export async function endHold(
  tx: Tx,
  scope: OrganizationScope,
  booking: BookingRow,
  input: { reason: 'slot_changed' | 'link_resent'; actor: Actor; now: Date; ids: Ids },
): Promise<boolean> {
  const { reason, actor, now, ids } = input
  // Whoever opens a checkout holds this lock while they look: after it, no new one can come.
  await lockBooking(tx, scope, booking.id)
  if (await hasPayableCheckout(tx, scope, booking.id)) return false
  if (isLapsedHold(bookingStateOf(booking), now)) return expireLapsedHold(tx, booking, { now, ids })
  const ended = await stepBooking(tx, scope, {
    bookingId: booking.id,
    occasion: reason,
    paymentStatusIn: ['unpaid'],
    set: {
      holdExpiresAt: null,
      canceledAt: now,
      canceledBy: reason === 'slot_changed' ? 'customer' : 'organization',
      cancelReason: reason,
    },
    actor,
    now,
    ids,
  })
  if (ended === null) return false
  await appendEvent(
    tx,
    { ids },
    {
      organizationId: scope.organizationId,
      actor,
      now,
      event: {
        name: 'booking_hold_replaced',
        payload: {
          requestId: ended.trainingRequestId,
          bookingId: ended.id,
          status: ended.status,
          trainerId: ended.trainerUserId,
          reason,
        },
      },
    },
  )
  return true
}
