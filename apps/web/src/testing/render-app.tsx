import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { MemoryRouter, useLocation } from 'react-router'
import { Providers } from '../app/providers.tsx'
import { Screens } from '../app/router.tsx'
import type { Schemas } from '../lib/api.ts'
import { createQueryClient } from '../lib/query-client.ts'
import { beginSignIn, forgetSignIn, restoreSignIn } from '../lib/sign-in-session.ts'
import { aMe, aSignIn } from './fixtures.ts'
import { respond, stream } from './handlers.ts'
import { server } from './server.ts'

/** Shows where the app went, for tests to read. */
function Address() {
  const { pathname, search } = useLocation()
  return <output data-testid="address">{`${pathname}${search}`}</output>
}

/**
 * Opens the staff app at an address, as somebody who is signed in, or as nobody when `me` is null. Answers the person's
 * hands and a function that sends live events.
 */
export function renderApp(address: string, me: Schemas['Me'] | null = aMe()) {
  forgetSignIn()
  const live = stream()
  server.use(live.handler)
  if (me === null) void restoreSignIn()
  else {
    server.use(respond('get', '/v1/me', () => me))
    beginSignIn(aSignIn(me))
  }
  const queryClient = createQueryClient()
  queryClient.setDefaultOptions({ queries: { retry: false } })
  const view = render(
    <Providers queryClient={queryClient}>
      <MemoryRouter initialEntries={[address]}>
        <Screens />
        <Address />
      </MemoryRouter>
    </Providers>,
  )
  return { ...view, user: userEvent.setup(), sendLive: live.send }
}
