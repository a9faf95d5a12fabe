import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { reloadOnStaleBuild } from '../lib/reload-on-stale-build.ts'
import '../theme/tokens.css'
import './customer.css'
import { App } from './app.tsx'
import { createCustomerQueryClient } from './customer-query-client.ts'

reloadOnStaleBuild()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={createCustomerQueryClient()}>
        <App pathname={location.pathname} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
