import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer } from '../../lib/api.ts'
import { api } from '../../lib/staff-api.ts'
import { integrationsQuery } from './queries.ts'

/** Sends a key to Stripe's card. What was typed goes into no cache. */
export function useConnectStripe(org: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: { secretKey?: string; webhookSecret?: string }) =>
      answer(api.PUT('/v1/organizations/{org}/integrations/stripe', { params: { path: { org } }, body })),
    onSuccess: (integration) => {
      cache.setQueryData(integrationsQuery(org).queryKey, (known) => [
        ...(known ?? []).filter(({ kind }) => kind !== integration.kind),
        integration,
      ])
    },
    gcTime: 0,
  })
}

/** Takes no new money in the organization's own account any more. */
export function useDisconnectStripe(org: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => answer(api.DELETE('/v1/organizations/{org}/integrations/stripe', { params: { path: { org } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: integrationsQuery(org).queryKey }),
  })
}
