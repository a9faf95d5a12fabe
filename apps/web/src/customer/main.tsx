import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { reloadOnStaleBuild } from '../lib/reload-on-stale-build.ts'
import '../theme/tokens.css'
import './customer.css'
import { App } from './app.tsx'

reloadOnStaleBuild()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App pathname={location.pathname} />
    </StrictMode>,
  )
}
