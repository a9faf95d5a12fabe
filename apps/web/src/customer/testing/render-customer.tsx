import './dom-matchers.ts'
import { type RenderResult, render } from '@testing-library/react'
import userEvent, { type UserEvent } from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { ResourceCache } from '../resource-cache.ts'
import { ResourceCacheContext } from '../use-resource.ts'

/** Draws a customer page as the browser does, with a cache of its own that does not ask twice. */
export function renderCustomer(page: ReactNode): RenderResult & { user: UserEvent } {
  const result = render(<ResourceCacheContext value={new ResourceCache([])}>{page}</ResourceCacheContext>)
  return { ...result, user: userEvent.setup() }
}
