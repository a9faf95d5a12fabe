import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'
import { type ApiKeyScope, apiKeysQuery } from './queries.ts'

/** Makes a key. The answer is the only place where its secret ever stands; it goes into no cache. */
export function useCreateApiKey(org: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; scopes: ApiKeyScope[] }) =>
      answer(api.POST('/v1/organizations/{org}/api-keys', { params: { path: { org } }, body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: apiKeysQuery(org).queryKey }),
    gcTime: 0,
  })
}

export function useRevokeApiKey(org: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (apiKeyId: string) =>
      answer(api.DELETE('/v1/organizations/{org}/api-keys/{apiKeyId}', { params: { path: { org, apiKeyId } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: apiKeysQuery(org).queryKey }),
  })
}
