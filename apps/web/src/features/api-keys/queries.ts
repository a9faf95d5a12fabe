import { queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

export type ApiKey = Schemas['ApiKey']
export type ApiKeyScope = ApiKey['scopes'][number]

export const apiKeysQuery = (org: string) =>
  queryOptions({
    queryKey: ['organization', org, 'api-keys'],
    queryFn: async () =>
      (await answer(api.GET('/v1/organizations/{org}/api-keys', { params: { path: { org }, query: { limit: 100 } } })))
        .data,
  })
