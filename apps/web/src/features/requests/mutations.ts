import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer } from '../../lib/api.ts'
import { isProblem } from '../../lib/problem.ts'
import { api } from '../../lib/staff-api.ts'
import { requestKeys, type TrainingRequest } from './queries.ts'

/** What every command on a request does with its answer: the page shows it at once, the lists read again. */
function useRequestCommand<Input, Result>(
  org: string,
  requestId: string,
  run: (input: Input) => Promise<Result>,
  updated: (result: Result) => TrainingRequest | null,
) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: (result) => {
      const trainingRequest = updated(result)
      if (trainingRequest === null) void cache.invalidateQueries({ queryKey: requestKeys.one(org, requestId) })
      else cache.setQueryData(requestKeys.one(org, requestId), trainingRequest)
    },
    onError: (error) => {
      // The page shows an old state; the refusal itself stays in sight.
      if (isProblem(error, 'invalid_state')) void cache.invalidateQueries({ queryKey: requestKeys.one(org, requestId) })
    },
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: requestKeys.lists(org) }),
        cache.invalidateQueries({ queryKey: ['organization', org, 'bookings'] }),
      ]),
  })
}

const itself = (trainingRequest: TrainingRequest) => trainingRequest

export function useClaimRequest(org: string, requestId: string) {
  return useRequestCommand(
    org,
    requestId,
    () =>
      answer(api.POST('/v1/organizations/{org}/requests/{requestId}/claim', { params: { path: { org, requestId } } })),
    itself,
  )
}

export function useReleaseRequest(org: string, requestId: string) {
  return useRequestCommand(
    org,
    requestId,
    (body: { reason?: string }) =>
      answer(
        api.POST('/v1/organizations/{org}/requests/{requestId}/release', {
          params: { path: { org, requestId } },
          body,
        }),
      ),
    itself,
  )
}

export function useAssignRequest(org: string, requestId: string) {
  return useRequestCommand(
    org,
    requestId,
    (body: { trainerId: string; reason?: string }) =>
      answer(
        api.POST('/v1/organizations/{org}/requests/{requestId}/assign', { params: { path: { org, requestId } }, body }),
      ),
    itself,
  )
}

export function useCancelRequest(org: string, requestId: string) {
  return useRequestCommand(
    org,
    requestId,
    (body: { reason?: string }) =>
      answer(
        api.POST('/v1/organizations/{org}/requests/{requestId}/cancel', { params: { path: { org, requestId } }, body }),
      ),
    itself,
  )
}

/** Puts the present causes of being stuck aside, until one arises anew. */
export function useResolveAttention(org: string, requestId: string) {
  return useRequestCommand(
    org,
    requestId,
    (body: { note?: string }) =>
      answer(
        api.POST('/v1/organizations/{org}/requests/{requestId}/resolve-attention', {
          params: { path: { org, requestId } },
          body,
        }),
      ),
    itself,
  )
}

export function useChangeSessionType(org: string, requestId: string) {
  return useRequestCommand(
    org,
    requestId,
    (body: { sessionTypeId: string }) =>
      answer(api.PATCH('/v1/organizations/{org}/requests/{requestId}', { params: { path: { org, requestId } }, body })),
    itself,
  )
}

/** Sends the scheduling link, or a fresh one in place of the last. The answer alone holds the link itself. */
export function useSendSchedulingLink(org: string, requestId: string) {
  return useRequestCommand(
    org,
    requestId,
    () =>
      answer(
        api.POST('/v1/organizations/{org}/requests/{requestId}/scheduling-tokens', {
          params: { path: { org, requestId } },
        }),
      ),
    () => null,
  )
}
