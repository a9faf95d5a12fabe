import { queryOptions } from '@tanstack/react-query'
import { answer } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

/** Everyone in the organization who can be given a request. */
export const trainersQuery = (org: string) =>
  queryOptions({
    queryKey: ['organization', org, 'team', 'trainers'],
    queryFn: async () => {
      const page = await answer(
        api.GET('/v1/organizations/{org}/members', {
          params: { path: { org }, query: { status: 'active', trainers: true, limit: 100 } },
        }),
      )
      return page.data
    },
    staleTime: 60_000,
  })
