import type { CustomerBooking } from '../scheduling/scheduling.ts'

/** How a booking stands, in the customer's eyes. */
export type BookingState =
  | 'confirmed'
  | 'paid'
  | 'processing'
  | 'held'
  | 'failed'
  | 'expired'
  | 'sent_back'
  | 'canceled'
  | 'over'

/** Reads a booking's statuses together: what is reserved, whether the money is there, and whether it went back unused. */
export function bookingState({
  status,
  paymentStatus,
  sentBack,
}: Pick<CustomerBooking, 'status' | 'paymentStatus' | 'sentBack'>): BookingState {
  switch (status) {
    case 'confirmed':
      return 'confirmed'
    case 'completed':
    case 'no_show':
      return 'over'
    case 'canceled':
      // Money paid beside a booking, a second time say, goes back whether or not the session was booked.
      return sentBack?.isOfBooking ? 'sent_back' : 'canceled'
    case 'expired':
      if (sentBack) return 'sent_back'
      return paymentStatus === 'failed' ? 'failed' : 'expired'
    case 'pending_payment':
      if (paymentStatus === 'processing') return 'processing'
      return paymentStatus === 'unpaid' || paymentStatus === 'failed' ? 'held' : 'paid'
  }
}
