import { StatusBadge } from '../../../components/status-badge.tsx'
import type { Booking } from '../queries.ts'
import { BOOKING_TONES } from '../words.ts'

/** Where the money's state says more than the booking's: paid is what every settled session is. */
const WORTH_SAYING = new Set<Booking['paymentStatus']>(['processing', 'failed', 'refunded', 'partially_refunded'])

/** A booking's status; under Pending Payment, whose turn it is, and later what became of the money. */
export function BookingStatusBadge({
  booking,
}: {
  booking: Pick<Booking, 'status' | 'statusLabel' | 'paymentStatus' | 'paymentStatusLabel'>
}) {
  return (
    <>
      <StatusBadge tone={BOOKING_TONES[booking.status]}>{booking.statusLabel}</StatusBadge>{' '}
      {(booking.status === 'pending_payment' || WORTH_SAYING.has(booking.paymentStatus)) && (
        <span className="dim small">{booking.paymentStatusLabel}</span>
      )}
    </>
  )
}
