import type { paths } from '@ordinatus/api-client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'
import { settingsQuery } from './queries.ts'

type Patch = paths['/v1/organizations/{org}/settings']['patch']
export type SettingsChange = NonNullable<Patch['requestBody']>['content']['application/json']

/** Changes what is sent of the organization's settings and keeps the rest. */
export function useUpdateSettings(org: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: SettingsChange) =>
      answer(api.PATCH('/v1/organizations/{org}/settings', { params: { path: { org } }, body })),
    onSuccess: (settings) => {
      cache.setQueryData(settingsQuery(org).queryKey, settings)
    },
  })
}
