import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { Notes } from '../components/notes.tsx'
import { cspNonce } from '../lib/csp-nonce.ts'
import { createQueryClient } from '../lib/query-client.ts'
import { onSignInChange, signedInUserId } from '../lib/sign-in-session.ts'
import { staffTheme, tokensResolver } from '../theme/staff-theme.ts'

const colorSchemeManager = localStorageColorSchemeManager({ key: 'ordinatus-color-scheme' })

/** What every staff screen stands in. A test brings its own cache. */
export function Providers({ children, queryClient }: { children: ReactNode; queryClient?: QueryClient }) {
  const [client] = useState(() => queryClient ?? createQueryClient())

  useEffect(() => {
    // What one person has read is not for the next one at the same browser.
    let before = signedInUserId()
    return onSignInChange(() => {
      const now = signedInUserId()
      if (now !== before && before !== null) client.clear()
      before = now
    })
  }, [client])

  return (
    <MantineProvider
      theme={staffTheme}
      cssVariablesResolver={tokensResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      getStyleNonce={cspNonce}
    >
      <QueryClientProvider client={client}>
        <Notes>{children}</Notes>
      </QueryClientProvider>
    </MantineProvider>
  )
}
