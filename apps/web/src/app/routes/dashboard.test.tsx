import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import {
  aBooking,
  aClaimedRequest,
  aMe,
  aMembership,
  aPage,
  aPaidBooking,
  aRequest,
  inHours,
  TINA_ID,
  YES,
} from '../../testing/fixtures.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

type Lists = { bookings?: Schemas['Booking'][]; mine?: Schemas['Request'][]; fresh?: Schemas['Request'][] }

function lists({ bookings = [], mine = [], fresh = [] }: Lists) {
  server.use(
    respond('get', '/v1/organizations/{org}/bookings', () => aPage(bookings)),
    respond('get', '/v1/organizations/{org}/requests', ({ request }) =>
      aPage(new URL(request.url).searchParams.get('view') === 'new' ? fresh : mine),
    ),
  )
}

beforeEach(() => {
  server.use(
    respond('get', '/v1/organizations/{org}/requests/{requestId}/open-slots', () => ({ count: 12, firstStart: null })),
  )
})

describe('the Dashboard', () => {
  test('has the three tables in the guide’s order', async () => {
    lists({ bookings: [aBooking()], mine: [aClaimedRequest()], fresh: [aRequest()] })
    renderApp('/o/demo')
    await screen.findByRole('table', { name: 'New Requests' })
    expect(screen.getAllByRole('heading', { level: 2 }).map((heading) => heading.textContent)).toEqual([
      'My Upcoming Sessions',
      'My Requests',
      'New Requests',
    ])
    const sessions = screen.getByRole('table', { name: 'My Upcoming Sessions' })
    expect(within(sessions).getByRole('columnheader', { name: 'Session link' })).toBeTruthy()
  })

  test('says what each table is for while it is empty', async () => {
    lists({})
    renderApp('/o/demo')
    expect(await screen.findByText('No sessions yet')).toBeTruthy()
    expect(await screen.findByText('No requests in hand')).toBeTruthy()
    expect(await screen.findByText('No new requests')).toBeTruthy()
    expect(screen.getByRole('link', { name: 'Check your schedule' }).getAttribute('href')).toBe('/o/demo/schedule')
  })

  test('asks for one’s own sessions and open requests only', async () => {
    const asked: string[] = []
    server.use(
      respond('get', '/v1/organizations/{org}/bookings', ({ request }) => {
        asked.push(new URL(request.url).search)
        return aPage([])
      }),
      respond('get', '/v1/organizations/{org}/requests', ({ request }) => {
        asked.push(new URL(request.url).search)
        return aPage([])
      }),
    )
    renderApp('/o/demo')
    await screen.findByText('No new requests')
    expect(asked).toContain(`?view=upcoming&trainerId=${TINA_ID}`)
    expect(asked).toContain(
      '?view=mine&status=claimed&status=customer_scheduling&status=pending_payment&status=confirmed&status=expired',
    )
  })

  test('offers Confirm Payment and Mark Complete only where the API allows them', async () => {
    const ended = aBooking({
      start: inHours(-3),
      end: inHours(-2),
      customer: { name: 'Leo Marsh', email: 'leo@example.test', phone: null },
      actions: { ...aBooking().actions, complete: YES },
    })
    lists({ bookings: [ended, aBooking(), aPaidBooking({ start: inHours(30), end: inHours(31) })] })
    renderApp('/o/demo')
    const table = await screen.findByRole('table', { name: 'My Upcoming Sessions' })
    const row = (name: string) => within(within(table).getByText(name).closest('tr') as HTMLElement)
    expect(row('Leo Marsh').getByRole('button', { name: 'Mark Complete' })).toBeTruthy()
    expect(row('Leo Marsh').queryByRole('button', { name: 'Confirm Payment' })).toBeNull()
    expect(within(table).getAllByRole('button', { name: 'Mark Complete' })).toHaveLength(1)
    expect(within(table).getAllByRole('button', { name: 'Confirm Payment' })).toHaveLength(1)
    expect(within(table).getByText('Paid, awaiting you')).toBeTruthy()
    expect(within(table).getAllByRole('link', { name: 'Open in Zoho Assist' })).toHaveLength(2)
  })

  test('says so when the customer has not finished paying, and keeps the row', async () => {
    lists({ bookings: [aPaidBooking()] })
    server.use(
      respond('post', '/v1/organizations/{org}/bookings/{bookingId}/confirm-payment', () =>
        refusal(409, 'payment_not_completed'),
      ),
    )
    const { user } = renderApp('/o/demo')
    await user.click(await screen.findByRole('button', { name: 'Confirm Payment' }))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('The customer has not finished paying yet')
    expect(alert.textContent).not.toContain('Request id for support')
    expect(screen.getByRole('button', { name: 'Confirm Payment' })).toBeTruthy()
  })

  test('confirms a payment and shows the new status', async () => {
    const paid = aPaidBooking()
    let stored: Schemas['Booking'] = paid
    server.use(
      respond('get', '/v1/organizations/{org}/bookings', () => aPage([stored])),
      respond('get', '/v1/organizations/{org}/requests', () => aPage([])),
      respond('post', '/v1/organizations/{org}/bookings/{bookingId}/confirm-payment', () => {
        stored = aBooking({ id: paid.id })
        return stored
      }),
    )
    const { user } = renderApp('/o/demo')
    await user.click(await screen.findByRole('button', { name: 'Confirm Payment' }))
    expect(await screen.findByText('Confirmed')).toBeTruthy()
    expect(screen.getByText(/Payment confirmed\./)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Confirm Payment' })).toBeNull()
  })

  test('says that a session was marked complete, though its row has left by then', async () => {
    const ended = aBooking({ start: inHours(-2), end: inHours(-1), actions: { ...aBooking().actions, complete: YES } })
    let sessions = [ended]
    server.use(
      respond('get', '/v1/organizations/{org}/bookings', () => aPage(sessions)),
      respond('get', '/v1/organizations/{org}/requests', () => aPage([])),
      respond('post', '/v1/organizations/{org}/bookings/{bookingId}/complete', () => {
        sessions = []
        return { ...ended, status: 'completed' as const, statusLabel: 'Completed' }
      }),
    )
    const { user } = renderApp('/o/demo')
    await user.click(await screen.findByRole('button', { name: 'Mark Complete' }))
    expect(await screen.findByText(/marked complete\.$/)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Mark Complete' })).toBeNull()
  })

  test('lets a request go at once when another trainer has claimed it', async () => {
    const taken = aRequest({ reference: 'R-2M8V4T1C' })
    let fresh = [taken, aRequest({ reference: 'R-6Z0B5N9K' })]
    server.use(
      respond('get', '/v1/organizations/{org}/bookings', () => aPage([])),
      respond('get', '/v1/organizations/{org}/requests', ({ request }) =>
        aPage(new URL(request.url).searchParams.get('view') === 'new' ? fresh : []),
      ),
    )
    const { sendLive } = renderApp('/o/demo')
    await screen.findByText('R-2M8V4T1C')
    await screen.findByText('Live')
    fresh = fresh.slice(1)
    sendLive('request_removed', { requestId: taken.id, status: 'claimed' })
    expect(await screen.findByText('R-2M8V4T1C was claimed by another trainer')).toBeTruthy()
    await waitFor(() => expect(screen.queryByText('R-2M8V4T1C')).toBeNull())
    expect(screen.getByText('R-6Z0B5N9K')).toBeTruthy()
  })

  test('says who was faster even when the list was read again before the news came', async () => {
    const taken = aRequest({ reference: 'R-2M8V4T1C' })
    let fresh = [taken]
    server.use(
      respond('get', '/v1/organizations/{org}/bookings', () => aPage([])),
      respond('get', '/v1/organizations/{org}/requests', ({ request }) =>
        aPage(new URL(request.url).searchParams.get('view') === 'new' ? fresh : []),
      ),
    )
    const { sendLive } = renderApp('/o/demo')
    await screen.findByText('R-2M8V4T1C')
    await screen.findByText('Live')
    fresh = []
    sendLive('request_changed', { requestId: 'another', status: 'claimed' })
    await waitFor(() => expect(screen.queryByText('R-2M8V4T1C')).toBeNull())
    sendLive('request_removed', { requestId: taken.id, status: 'claimed' })
    expect(await screen.findByText('R-2M8V4T1C was claimed by another trainer')).toBeTruthy()
  })

  test('shows a request that arrives without being asked', async () => {
    let fresh: Schemas['Request'][] = []
    server.use(
      respond('get', '/v1/organizations/{org}/bookings', () => aPage([])),
      respond('get', '/v1/organizations/{org}/requests', ({ request }) =>
        aPage(new URL(request.url).searchParams.get('view') === 'new' ? fresh : []),
      ),
    )
    const { sendLive } = renderApp('/o/demo')
    await screen.findByText('No new requests')
    await screen.findByText('Live')
    fresh = [aRequest()]
    sendLive('request_added', { requestId: fresh[0]?.id ?? '', status: 'trainers_notified' })
    expect(await screen.findByText('R-7K3M9Q2X')).toBeTruthy()
  })

  test('hides nothing of the rest when one list cannot be read', async () => {
    server.use(
      respond('get', '/v1/organizations/{org}/bookings', () => refusal(503, 'service_unavailable')),
      respond('get', '/v1/organizations/{org}/requests', () => aPage([])),
    )
    renderApp('/o/demo')
    expect(await screen.findByText('Ordinatus is not available right now')).toBeTruthy()
    expect(await screen.findByText('No new requests')).toBeTruthy()
  })
})

describe('the navigation', () => {
  test('shows a trainer no admin screens', async () => {
    lists({})
    renderApp('/o/demo')
    const navigation = await screen.findByRole('navigation', { name: 'Main' })
    expect(
      within(navigation)
        .getAllByRole('link')
        .map((link) => link.textContent),
    ).toEqual(['Dashboard', 'Schedule', 'Settings'])
  })

  test('shows an admin the organization’s lists', async () => {
    lists({})
    renderApp('/o/demo', aMe({ memberships: [aMembership({ role: 'org_admin', roleLabel: 'Organizational Admin' })] }))
    const navigation = await screen.findByRole('navigation', { name: 'Main' })
    expect(
      within(navigation)
        .getAllByRole('link')
        .map((link) => link.textContent),
    ).toEqual([
      'Dashboard',
      'Schedule',
      'Requests',
      'Bookings',
      'Payments',
      'Integrations',
      'API keys',
      'Organization',
      'Settings',
    ])
  })

  test('leads to the Dashboard by g and d, and shows the shortcuts by ?', async () => {
    lists({})
    server.use(
      respond('get', '/v1/me/availability/rules', () => aPage([])),
      respond('get', '/v1/me/availability/blackouts', () => aPage([])),
      respond('get', '/v1/me/availability/affected-bookings', () => ({ data: [] })),
      respond('get', '/v1/organizations/{org}/session-types', () => aPage([])),
    )
    const { user } = renderApp('/o/demo/schedule')
    await screen.findByText('Customers cannot book you yet')
    await user.keyboard('?')
    expect(await screen.findByRole('heading', { name: 'Keyboard shortcuts' })).toBeTruthy()
    await user.keyboard('{Escape}')
    await user.keyboard('gd')
    await waitFor(() => expect(screen.getByTestId('address').textContent).toBe('/o/demo'))
  })
})
