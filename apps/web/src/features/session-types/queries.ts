import { queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

export type SessionType = Schemas['SessionType']

/** What the organization sells now, the oldest first. */
export const sessionTypesQuery = (org: string) =>
  queryOptions({
    queryKey: ['organization', org, 'session-types', 'active'],
    queryFn: async () =>
      (
        await answer(
          api.GET('/v1/organizations/{org}/session-types', {
            params: { path: { org }, query: { status: 'active', limit: 100 } },
          }),
        )
      ).data,
    staleTime: 5 * 60_000,
  })
