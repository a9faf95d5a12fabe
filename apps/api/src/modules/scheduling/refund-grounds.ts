import type { refundDue } from '../../domain/cancellation.ts'
import { money } from '../../domain/money.ts'
import type { BookingRow } from '../bookings/repository.ts'

/** What a booking's row says of the money that canceling it at `now` pays back: the same for the preview and for each act. */
export function refundGroundsOf(booking: BookingRow, now: Date): Omit<Parameters<typeof refundDue>[0], 'side'> {
  return {
    booking,
    policy: booking.cancellationPolicy,
    paid: money(booking.paidMinor, booking.currency),
    refunded: money(booking.refundedMinor, booking.currency),
    earlierMoves: [],
    now,
  }
}
