import type { CustomerBooking } from '../scheduling/scheduling.ts'

/** How a booking stands, in the customer's eyes. */
export type BookingState = 'confirmed' | 'paid' | 'processing' | 'held' | 'failed' | 'expired' | 'canceled' | 'over'

/** Reads the two statuses of a booking together: what is reserved, and whether the money is there. */
export function bookingState({
  status,
  paymentStatus,
}: Pick<CustomerBooking, 'status' | 'paymentStatus'>): BookingState {
  switch (status) {
    case 'confirmed':
      return 'confirmed'
    case 'completed':
    case 'no_show':
      return 'over'
    case 'canceled':
      return 'canceled'
    case 'expired':
      return paymentStatus === 'failed' ? 'failed' : 'expired'
    case 'pending_payment':
      if (paymentStatus === 'processing') return 'processing'
      return paymentStatus === 'unpaid' || paymentStatus === 'failed' ? 'held' : 'paid'
  }
}
