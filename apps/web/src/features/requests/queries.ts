import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

export type TrainingRequest = Schemas['Request']
export type RequestStatus = TrainingRequest['status']
export type RequestView = 'new' | 'mine' | 'all'

/** What narrows the admin's list. `attention: 'any'` asks for everything that is stuck. */
export type RequestFilters = { view: RequestView; status?: RequestStatus[]; attention?: 'any'; q?: string }

export const requestKeys = {
  all: (org: string) => ['organization', org, 'requests'] as const,
  lists: (org: string) => ['organization', org, 'requests', 'list'] as const,
  list: (org: string, filters: RequestFilters) => ['organization', org, 'requests', 'list', filters] as const,
  one: (org: string, requestId: string) => ['organization', org, 'requests', 'one', requestId] as const,
}

/** What a trainer still has in hand: everything claimed that is neither completed nor canceled. */
export const OPEN_STATUSES: RequestStatus[] = [
  'claimed',
  'customer_scheduling',
  'pending_payment',
  'confirmed',
  'expired',
]

/** One list of requests, page by page. */
export const requestListQuery = (org: string, filters: RequestFilters) =>
  infiniteQueryOptions({
    queryKey: requestKeys.list(org, filters),
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/organizations/{org}/requests', {
          params: { path: { org }, query: { ...filters, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** One request with its answers, actions and history. */
export const requestQuery = (org: string, requestId: string) =>
  queryOptions({
    queryKey: requestKeys.one(org, requestId),
    queryFn: () =>
      answer(api.GET('/v1/organizations/{org}/requests/{requestId}', { params: { path: { org, requestId } } })),
  })

/**
 * What the customer would get to choose from: of whoever holds this request, else of the caller, were they to take it.
 *
 * It depends on the trainer's schedule and the session type alone, so every request of the same type and trainer shares
 * one answer.
 */
export const openSlotsQuery = (
  org: string,
  sessionTypeId: string,
  requestId: string,
  claimedBy: string | null = null,
) =>
  queryOptions({
    queryKey: ['availability', 'open-slots', org, sessionTypeId, claimedBy],
    queryFn: () =>
      answer(
        api.GET('/v1/organizations/{org}/requests/{requestId}/open-slots', { params: { path: { org, requestId } } }),
      ),
    staleTime: 60_000,
    retry: false,
  })
