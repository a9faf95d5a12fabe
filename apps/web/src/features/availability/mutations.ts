import type { paths } from '@ordinatus/api-client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'
import { type AvailabilityRule, affectedBookingsQuery, rulesQuery } from './queries.ts'
import type { Hours } from './week.ts'

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

/** Moves a rule's hours. The week shows them at once and takes them back if the API refuses. */
export function useMoveHours() {
  const cache = useQueryClient()
  const key = rulesQuery().queryKey
  return useMutation({
    mutationFn: ({ rule, hours }: { rule: AvailabilityRule; hours: Hours }) =>
      answer(
        api.PATCH('/v1/me/availability/rules/{ruleId}', { params: { path: { ruleId: rule.id } }, body: { ...hours } }),
      ),
    onMutate: async ({ rule, hours }) => {
      await cache.cancelQueries({ queryKey: key })
      const before = cache.getQueryData(key)
      cache.setQueryData(key, (rules) => rules?.map((one) => (one.id === rule.id ? { ...one, ...hours } : one)))
      return before
    },
    onError: (_error, _input, before) => cache.setQueryData(key, before),
    onSettled: () => cache.invalidateQueries({ queryKey: ['availability'] }),
  })
}

/**
 * Gives one day of a rule hours of its own: a new rule for that day, then the day leaves the old one. In this order,
 * because a failure between the two leaves too many hours and never too few.
 */
export function useGiveDayItsHours() {
  return useAvailabilityChange(
    async ({ rule, dayOfWeek, hours }: { rule: AvailabilityRule; dayOfWeek: number; hours: Hours }) => {
      const { durationsMinutes, firstDate, lastDate } = rule
      await answer(
        api.POST('/v1/me/availability/rules', {
          body: { scheduleType: 'custom', daysOfWeek: [dayOfWeek], ...hours, durationsMinutes, firstDate, lastDate },
        }),
      )
      return answer(
        api.PATCH('/v1/me/availability/rules/{ruleId}', {
          params: { path: { ruleId: rule.id } },
          body: {
            daysOfWeek: rule.daysOfWeek.filter((one) => one !== dayOfWeek),
            startTime: rule.startTime,
            endTime: rule.endTime,
          },
        }),
      )
    },
  )
}

export function useDeleteRule() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (ruleId: string) =>
      answer(api.DELETE('/v1/me/availability/rules/{ruleId}', { params: { path: { ruleId } } })),
    onSuccess: (_nothing, ruleId) => {
      const [, affected] = affectedBookingsQuery(ruleId).queryKey
      return cache.invalidateQueries({
        queryKey: ['availability'],
        // What would happen without this rule cannot be asked any more: it is gone.
        predicate: ({ queryKey }) => queryKey[1] !== affected || queryKey[2] !== ruleId,
      })
    },
  })
}

export function useAddBlackout() {
  return useAvailabilityChange((body: BlackoutInput) => answer(api.POST('/v1/me/availability/blackouts', { body })))
}

export function useDeleteBlackout() {
  return useAvailabilityChange((blackoutId: string) =>
    answer(api.DELETE('/v1/me/availability/blackouts/{blackoutId}', { params: { path: { blackoutId } } })),
  )
}
