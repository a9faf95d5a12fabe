import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { epochMillis } from '../../lib/dates.ts'
import { productNow } from '../../lib/product-clock.ts'
import { api } from '../../lib/staff-api.ts'

export type Booking = Schemas['Booking']
export type BookingView = 'upcoming' | 'past' | 'all'

/** `trainerId` narrows an admin's list to one trainer; a trainer sees their own in any case. */
export type BookingFilters = { view: BookingView; trainerId?: string }

export const bookingKeys = {
  all: (org: string) => ['organization', org, 'bookings'] as const,
  list: (org: string, filters: BookingFilters) => ['organization', org, 'bookings', 'list', filters] as const,
  one: (org: string, bookingId: string) => ['organization', org, 'bookings', 'one', bookingId] as const,
}

/** One list of bookings, page by page. */
export const bookingListQuery = (org: string, filters: BookingFilters) =>
  infiniteQueryOptions({
    queryKey: bookingKeys.list(org, filters),
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/organizations/{org}/bookings', {
          params: { path: { org }, query: { ...filters, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** One booking with its side effects, payment and actions. */
export const bookingQuery = (org: string, bookingId: string) =>
  queryOptions({
    queryKey: bookingKeys.one(org, bookingId),
    queryFn: () =>
      answer(api.GET('/v1/organizations/{org}/bookings/{bookingId}', { params: { path: { org, bookingId } } })),
    // Mails and calendar events are made after the click: look again until each has come to an end.
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined) return false
      if (data.sideEffects.some(({ state }) => state === 'queued' || state === 'running')) return 2_000
      // So is a refund; one that the provider has taken on may need days.
      if (data.refunds.some(({ status }) => status === 'pending')) return 5_000
      // Once a session has begun, what can be done with it changes by the clock alone.
      return data.status === 'confirmed' && epochMillis(data.start) <= productNow() ? 60_000 : false
    },
  })

/** What canceling a booking now would pay back, and by which rule. */
export const cancellationPreviewQuery = (org: string, bookingId: string, onBehalfOfCustomer: boolean) =>
  queryOptions({
    queryKey: [...bookingKeys.one(org, bookingId), 'cancellation', onBehalfOfCustomer],
    queryFn: () =>
      answer(
        api.GET('/v1/organizations/{org}/bookings/{bookingId}/cancellation-preview', {
          params: { path: { org, bookingId }, query: onBehalfOfCustomer ? { onBehalfOfCustomer } : {} },
        }),
      ),
    // The amount depends on the clock, so it is always asked for anew.
    gcTime: 0,
    staleTime: 0,
  })

/** The sessions that lie ahead of a trainer in one organization, as many as a schedule can show. */
export const sessionsAheadQuery = (org: string, trainerId: string) =>
  queryOptions({
    queryKey: [...bookingKeys.all(org), 'list', 'ahead', trainerId],
    queryFn: async () =>
      (
        await answer(
          api.GET('/v1/organizations/{org}/bookings', {
            params: { path: { org }, query: { view: 'upcoming', trainerId, limit: 100 } },
          }),
        )
      ).data,
  })
