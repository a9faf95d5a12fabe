import { queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

export type AvailabilityRule = Schemas['AvailabilityRule']
export type ScheduleType = AvailabilityRule['scheduleType']
export type Blackout = Schemas['Blackout']

/** The person's weekly hours. */
export const rulesQuery = () =>
  queryOptions({
    queryKey: ['availability', 'rules'],
    queryFn: async () =>
      (await answer(api.GET('/v1/me/availability/rules', { params: { query: { limit: 100 } } }))).data,
  })

/** The person's times off. */
export const blackoutsQuery = () =>
  queryOptions({
    queryKey: ['availability', 'blackouts'],
    queryFn: async () =>
      (await answer(api.GET('/v1/me/availability/blackouts', { params: { query: { limit: 100 } } }))).data,
  })
