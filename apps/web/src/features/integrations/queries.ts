import { queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

export type Integration = Schemas['Integration']

/** The organization's integrations; for Organizational Admins. Keys never come with them, only their last characters. */
export const integrationsQuery = (org: string) =>
  queryOptions({
    queryKey: ['organization', org, 'integrations'],
    queryFn: async () =>
      (await answer(api.GET('/v1/organizations/{org}/integrations', { params: { path: { org } } }))).data,
  })
