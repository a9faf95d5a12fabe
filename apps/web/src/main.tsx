import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles/default-css-variables.css'
import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/global.css'
import '@mantine/core/styles/UnstyledButton.css'
import '@mantine/core/styles/Loader.css'
import '@mantine/core/styles/Button.css'
import '@mantine/core/styles/Input.css'
import './theme/tokens.css'
import './theme/staff.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Providers } from './app/providers.tsx'
import { Router } from './app/router.tsx'
import { reloadOnStaleBuild } from './lib/reload-on-stale-build.ts'
import { restoreSignIn } from './lib/sign-in-session.ts'

reloadOnStaleBuild()
// Not reachable: the screens say so themselves and try again.
void restoreSignIn().catch(() => undefined)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <Providers>
      <Router />
    </Providers>
  </StrictMode>,
)
