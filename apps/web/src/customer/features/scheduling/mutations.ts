import { answer, linkApi } from '../../../lib/api.ts'
import type { Money } from '../../../lib/money.ts'
import { ApiProblem } from '../../../lib/problem.ts'
import { useCommand } from '../../use-command.ts'
import { useResourceCache } from '../../use-resource.ts'
import { schedulingBookingQuery, schedulingQuery } from './queries.ts'

export type Choice = { start: string; durationMinutes: number; timeZone: string; expectedPrice: Money }

/**
 * Takes a time: holds it for payment, or books it when it is free.
 * No idempotency key: the same choice again answers with the same booking by itself, and a kept answer would outlive its hold.
 */
export function useCreateBooking(schedulingToken: string) {
  const cache = useResourceCache()
  return useCommand(async (choice: Choice) => {
    try {
      const created = await answer(linkApi(schedulingToken).POST('/v1/scheduling/bookings', { body: choice }))
      const { booking } = created
      cache.set(schedulingBookingQuery(schedulingToken), () => booking)
      cache.set(schedulingQuery(schedulingToken), (current) => current && { ...current, booking })
      return created
    } catch (error) {
      // Whatever was refused, the page was behind: the truth about session, hold and times is asked for at once.
      if (error instanceof ApiProblem) await Promise.all([cache.invalidate('slots'), cache.invalidate('scheduling')])
      throw error
    }
  })
}

/** Tells the trainer that this dead link's customer would like a new one; at most one mail an hour goes out. */
export function useRequestNewLink(schedulingToken: string) {
  return useCommand(() => answer(linkApi(schedulingToken).POST('/v1/scheduling/new-link-requests', { body: {} })))
}

/** Has what was booked with this used link mailed to its customer; at most once an hour. */
export function useRequestBookingMail(schedulingToken: string) {
  return useCommand(() => answer(linkApi(schedulingToken).POST('/v1/scheduling/booking-mail-requests', { body: {} })))
}

/** Asks the trainer for other times; at most one mail a day goes out. */
export function useRequestTimes(schedulingToken: string) {
  return useCommand((message: string) =>
    answer(
      linkApi(schedulingToken).POST('/v1/scheduling/time-requests', {
        body: message.trim() ? { message: message.trim() } : {},
      }),
    ),
  )
}
