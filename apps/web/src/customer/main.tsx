import { StrictMode } from 'react'
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
readEarly(path, cache)

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ResourceCacheContext value={cache}>
        <App path={path} />
      </ResourceCacheContext>
    </StrictMode>,
  )
}
