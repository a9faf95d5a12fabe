import { StatusBadge } from '../../../components/status-badge.tsx'
import type { Booking } from '../queries.ts'
import { bookingTone } from '../words.ts'

/** A booking's status; under Pending Payment, whose turn it is. */
export function BookingStatusBadge({
  booking,
}: {
  booking: Pick<Booking, 'status' | 'statusLabel' | 'paymentStatusLabel' | 'actions'>
}) {
  return (
    <>
      <StatusBadge tone={bookingTone(booking)}>{booking.statusLabel}</StatusBadge>
      {booking.status === 'pending_payment' && <span className="dim small">{booking.paymentStatusLabel}</span>}
    </>
  )
}
