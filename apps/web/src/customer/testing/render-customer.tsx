import './dom-matchers.ts'
import { QueryClientProvider } from '@tanstack/react-query'
import { type RenderResult, render } from '@testing-library/react'
import userEvent, { type UserEvent } from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { createCustomerQueryClient } from '../customer-query-client.ts'

/** Draws a customer page as the browser does, with a cache of its own that does not ask twice. */
export function renderCustomer(page: ReactNode): RenderResult & { user: UserEvent } {
  const queryClient = createCustomerQueryClient()
  const { queries } = queryClient.getDefaultOptions()
  queryClient.setDefaultOptions({ ...queryClient.getDefaultOptions(), queries: { ...queries, retry: false } })
  const result = render(<QueryClientProvider client={queryClient}>{page}</QueryClientProvider>)
  return { ...result, user: userEvent.setup() }
}
