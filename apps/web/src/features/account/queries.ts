import { queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

export type Me = Schemas['Me']
export type Membership = Me['memberships'][number]

/** The signed-in person with their organizations. */
export const meQuery = () =>
  queryOptions({
    queryKey: ['me'],
    queryFn: () => answer(api.GET('/v1/me')),
    staleTime: 60_000,
  })
