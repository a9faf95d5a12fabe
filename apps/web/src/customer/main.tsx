import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { reloadOnStaleBuild } from '../lib/reload-on-stale-build.ts'
import './customer.css'
import { App } from './app.tsx'
import { readEarly } from './early-reading.ts'
import { parseCustomerPath } from './paths.ts'
import { ResourceCache } from './resource-cache.ts'
import { ResourceCacheContext } from './use-resource.ts'

reloadOnStaleBuild()

const path = parseCustomerPath(location.pathname)
const cache = new ResourceCache()
const reading = readEarly(path, cache)

const root = document.getElementById('root')
if (root) draw(root)

async function draw(root: HTMLElement): Promise<void> {
  const page = root.hasChildNodes() ? await pageBehindItsStart() : null
  createRoot(root).render(
    <StrictMode>
      <ResourceCacheContext value={cache}>
        <App path={path} page={page} />
      </ResourceCacheContext>
    </StrictMode>,
  )
}

/** The server has drawn the beginning of the page: it stands until the page can take its place without a gap. */
async function pageBehindItsStart(): Promise<ReactNode> {
  if (path.page !== 'booking') return null
  try {
    const [{ BookingPage }] = await Promise.all([import('./routes/booking-page.tsx'), reading])
    return <BookingPage schedulingToken={path.schedulingToken} />
  } catch {
    // Code that does not come is told of by the page itself, which asks for it again.
    return null
  }
}
