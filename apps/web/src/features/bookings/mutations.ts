import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer } from '../../lib/api.ts'
import { isProblem } from '../../lib/problem.ts'
import { api } from '../../lib/staff-api.ts'
import { type Booking, bookingKeys } from './queries.ts'

/** What every command on a booking does with its answer: the page shows it at once, every list reads again. */
function useBookingCommand(org: string, run: (bookingId: string) => Promise<Booking>) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: (booking) => {
      cache.setQueryData(bookingKeys.one(org, booking.id), booking)
    },
    onError: (error, bookingId) => {
      // Pressed on an old state: show the present one beside the refusal.
      if (isProblem(error, 'invalid_state')) void cache.invalidateQueries({ queryKey: bookingKeys.one(org, bookingId) })
    },
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: [...bookingKeys.all(org), 'list'] }),
        cache.invalidateQueries({ queryKey: ['organization', org, 'requests'] }),
      ]),
  })
}

export function useConfirmPayment(org: string) {
  return useBookingCommand(org, (bookingId) =>
    answer(
      api.POST('/v1/organizations/{org}/bookings/{bookingId}/confirm-payment', {
        params: { path: { org, bookingId } },
      }),
    ),
  )
}

export function useCompleteBooking(org: string) {
  return useBookingCommand(org, (bookingId) =>
    answer(api.POST('/v1/organizations/{org}/bookings/{bookingId}/complete', { params: { path: { org, bookingId } } })),
  )
}

/** Tries a mail, calendar event or remote session again that had failed for good. */
export function useRetrySideEffect(org: string, bookingId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (sideEffectId: string) =>
      answer(
        api.POST('/v1/organizations/{org}/bookings/{bookingId}/side-effects/{sideEffectId}/retry', {
          params: { path: { org, bookingId, sideEffectId } },
        }),
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: bookingKeys.one(org, bookingId) }),
  })
}
