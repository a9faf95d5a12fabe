import { queryOptions } from '@tanstack/react-query'
import { answer, type Schemas } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'

/** The organization's settings; for Organizational Admins. */
export const settingsQuery = (org: string) =>
  queryOptions({
    queryKey: ['organization', org, 'settings'],
    queryFn: () => answer(api.GET('/v1/organizations/{org}/settings', { params: { path: { org } } })),
    staleTime: 5 * 60_000,
  })

export type OrganizationSettings = Schemas['OrganizationSettings']
