import type { QueryClient } from '@tanstack/react-query'
import { createQueryClient, shouldAskAgain } from '../lib/query-client.ts'

/**
 * The cache of the customer pages.
 * Offline, a command fails at once instead of waiting: a hold or a payment must not start by itself minutes later,
 * when the customer has long gone elsewhere.
 */
export function createCustomerQueryClient(): QueryClient {
  const queryClient = createQueryClient()
  queryClient.setDefaultOptions({
    queries: {
      staleTime: 10_000,
      retry: shouldAskAgain,
      networkMode: 'always',
      refetchOnReconnect: true,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false, networkMode: 'always' },
  })
  return queryClient
}
