import type { paths } from '@ordinatus/api-client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer } from '../../lib/api.ts'
import { idempotencyKeys } from '../../lib/idempotency-key.ts'
import type { Money } from '../../lib/money.ts'
import { isProblem } from '../../lib/problem.ts'
import { api } from '../../lib/staff-api.ts'
import { type Booking, bookingKeys } from './queries.ts'

/** What every command on a booking does with its answer: the page shows it at once, every list reads again. */
function useBookingCommand<Input>(
  org: string,
  run: (input: Input) => Promise<Booking>,
  idOf: (input: Input) => string,
) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: (booking) => {
      cache.setQueryData(bookingKeys.one(org, booking.id), booking)
    },
    onError: (error, input) => {
      // Pressed on an old state: show the present one beside the refusal.
      if (isProblem(error, 'invalid_state') || isProblem(error, 'refund_exceeds_paid'))
        void cache.invalidateQueries({ queryKey: bookingKeys.one(org, idOf(input)) })
    },
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: [...bookingKeys.all(org), 'list'] }),
        cache.invalidateQueries({ queryKey: ['organization', org, 'requests'] }),
        cache.invalidateQueries({ queryKey: ['organization', org, 'payments'] }),
        cache.invalidateQueries({ queryKey: ['availability'] }),
      ]),
  })
}

const itself = (bookingId: string) => bookingId
const ofInput = ({ bookingId }: { bookingId: string }) => bookingId

export function useConfirmPayment(org: string) {
  return useBookingCommand(
    org,
    (bookingId: string) =>
      answer(
        api.POST('/v1/organizations/{org}/bookings/{bookingId}/confirm-payment', {
          params: { path: { org, bookingId } },
        }),
      ),
    itself,
  )
}

export function useCompleteBooking(org: string) {
  return useBookingCommand(
    org,
    (bookingId: string) =>
      answer(
        api.POST('/v1/organizations/{org}/bookings/{bookingId}/complete', { params: { path: { org, bookingId } } }),
      ),
    itself,
  )
}

/** The customer did not come. */
export function useMarkNoShow(org: string) {
  return useBookingCommand(
    org,
    (bookingId: string) =>
      answer(
        api.POST('/v1/organizations/{org}/bookings/{bookingId}/no-show', {
          params: { path: { org, bookingId } },
          body: {},
        }),
      ),
    itself,
  )
}

type Commands = paths['/v1/organizations/{org}/bookings/{bookingId}/cancel']['post']
export type Cancellation = NonNullable<Commands['requestBody']>['content']['application/json']

/** Cancels a session; its request goes with it, or back to its customer. */
export function useCancelBooking(org: string) {
  return useBookingCommand(
    org,
    ({ bookingId, body }: { bookingId: string; body: Cancellation }) =>
      answer(
        api.POST('/v1/organizations/{org}/bookings/{bookingId}/cancel', { params: { path: { org, bookingId } }, body }),
      ),
    ofInput,
  )
}

/** Moves a session; with `override` also to a time that is not offered. */
export function useRescheduleBooking(org: string) {
  return useBookingCommand(
    org,
    ({ bookingId, ...body }: { bookingId: string; start: string; override?: boolean }) =>
      answer(
        api.POST('/v1/organizations/{org}/bookings/{bookingId}/reschedule', {
          params: { path: { org, bookingId } },
          body,
        }),
      ),
    ofInput,
  )
}

/** Sends money back for a session that stays as it is. A repeat after a lost answer, under the same key, sends nothing twice. */
export function useRefundBooking(org: string) {
  const [keyFor] = useState(idempotencyKeys)
  return useBookingCommand(
    org,
    ({ bookingId, ...body }: { bookingId: string; amount: Money; reason?: string }) =>
      answer(
        api.POST('/v1/organizations/{org}/bookings/{bookingId}/refunds', {
          params: { path: { org, bookingId }, header: { 'Idempotency-Key': keyFor({ bookingId, ...body }) } },
          body,
        }),
      ),
    ofInput,
  )
}

/** Has a refund that failed made again; another takes its place. */
export function useRetryRefund(org: string) {
  return useBookingCommand(
    org,
    ({ bookingId, refundId }: { bookingId: string; refundId: string }) =>
      answer(
        api.POST('/v1/organizations/{org}/bookings/{bookingId}/refunds/{refundId}/retry', {
          params: { path: { org, bookingId, refundId } },
        }),
      ),
    ofInput,
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
