import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './problem.ts'

/** A refusal stays a refusal however often one asks; only an absent or overloaded server deserves a second try. */
export function shouldAskAgain(failures: number, error: unknown): boolean {
  if (failures >= 2) return false
  return error instanceof ApiProblem ? error.status >= 500 : true
}

/** The cache of everything read from the API. Commands are never repeated by themselves. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 10_000, retry: shouldAskAgain, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  })
}
