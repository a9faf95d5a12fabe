import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, linkApi } from '../../../lib/api.ts'
import type { Money } from '../../../lib/money.ts'
import { ApiProblem } from '../../../lib/problem.ts'
import { schedulingBookingQuery, schedulingQuery } from './queries.ts'

export type Choice = { start: string; durationMinutes: number; timeZone: string; expectedPrice: Money }

/**
 * Takes a time: holds it for payment, or books it when it is free.
 * No idempotency key: the same choice again answers with the same booking by itself, and a kept answer would outlive its hold.
 */
export function useCreateBooking(schedulingToken: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (choice: Choice) => answer(linkApi(schedulingToken).POST('/v1/scheduling/bookings', { body: choice })),
    onSuccess: ({ booking }) => {
      queryClient.setQueryData(schedulingBookingQuery(schedulingToken).queryKey, booking)
      queryClient.setQueryData(
        schedulingQuery(schedulingToken).queryKey,
        (current) => current && { ...current, booking },
      )
    },
    // Whatever was refused, the page was behind: the truth about session, hold and times is asked for at once.
    onError: (error) => {
      if (!(error instanceof ApiProblem)) return
      return Promise.all([
        queryClient.invalidateQueries({ queryKey: ['slots', schedulingToken] }),
        queryClient.invalidateQueries({ queryKey: schedulingQuery(schedulingToken).queryKey }),
      ])
    },
  })
}

/** Tells the trainer that this dead link's customer would like a new one; at most one mail an hour goes out. */
export function useRequestNewLink(schedulingToken: string) {
  return useMutation({
    mutationFn: () => answer(linkApi(schedulingToken).POST('/v1/scheduling/new-link-requests', { body: {} })),
  })
}

/** Asks the trainer for other times; at most one mail a day goes out. */
export function useRequestTimes(schedulingToken: string) {
  return useMutation({
    mutationFn: (message: string) =>
      answer(
        linkApi(schedulingToken).POST('/v1/scheduling/time-requests', {
          body: message.trim() ? { message: message.trim() } : {},
        }),
      ),
  })
}
