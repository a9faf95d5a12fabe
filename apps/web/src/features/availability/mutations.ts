import type { paths } from '@ordinatus/api-client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

export type RuleInput = paths['/v1/me/availability/rules']['post']['requestBody']['content']['application/json']
export type BlackoutInput = paths['/v1/me/availability/blackouts']['post']['requestBody']['content']['application/json']

/** Rules, blackouts and the open times that follow from them are read again after each change. */
function useAvailabilityChange<Input, Result>(run: (input: Input) => Promise<Result>) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: () => cache.invalidateQueries({ queryKey: ['availability'] }),
  })
}

/** Adds weekly hours, or changes those with the given id. */
export function useSaveRule() {
  return useAvailabilityChange(({ ruleId, body }: { ruleId: string | null; body: RuleInput }) =>
    ruleId === null
      ? answer(api.POST('/v1/me/availability/rules', { body }))
      : answer(api.PATCH('/v1/me/availability/rules/{ruleId}', { params: { path: { ruleId } }, body })),
  )
}

export function useDeleteRule() {
  return useAvailabilityChange((ruleId: string) =>
    answer(api.DELETE('/v1/me/availability/rules/{ruleId}', { params: { path: { ruleId } } })),
  )
}

export function useAddBlackout() {
  return useAvailabilityChange((body: BlackoutInput) => answer(api.POST('/v1/me/availability/blackouts', { body })))
}

export function useDeleteBlackout() {
  return useAvailabilityChange((blackoutId: string) =>
    answer(api.DELETE('/v1/me/availability/blackouts/{blackoutId}', { params: { path: { blackoutId } } })),
  )
}
