import { screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { aMe, aMembership, aPage, aRequest, inHours } from '../../testing/fixtures.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

const ADMIN = aMe({ memberships: [aMembership({ role: 'org_admin', roleLabel: 'Organizational Admin' })] })
let asked: string[] = []

beforeEach(() => {
  asked = []
  const stuck = aRequest({ attention: { reason: 'no_eligible_trainer', since: inHours(-5) } })
  server.use(
    respond('get', '/v1/organizations/{org}/settings', () => refusal(503, 'service_unavailable')),
    respond('get', '/v1/organizations/{org}/requests', ({ request }) => {
      const { search } = new URL(request.url)
      asked.push(search)
      return aPage(search.includes('q=nobody') ? [] : [stuck])
    }),
  )
})

test('what is stuck says so and why', async () => {
  renderApp('/o/demo/admin/requests', ADMIN)
  expect(await screen.findByText('No trainer has the skills that it needs.')).toBeTruthy()
  expect(screen.getAllByText('Stuck (Needs Attention)').length).toBeGreaterThan(1)
})

test('search, status and stuck narrow the list and stand in the address', async () => {
  const { user } = renderApp('/o/demo/admin/requests', ADMIN)
  await user.type(await screen.findByRole('searchbox', { name: 'Search' }), 'sam')
  await waitFor(() => expect(asked).toContain('?view=all&q=sam'))
  await user.selectOptions(screen.getByRole('combobox', { name: 'Status' }), 'Customer Scheduling')
  await user.click(screen.getByRole('checkbox', { name: 'Stuck (Needs Attention)' }))
  await waitFor(() => expect(asked).toContain('?view=all&status=customer_scheduling&attention=any&q=sam'))
  expect(screen.getByTestId('address').textContent).toBe(
    '/o/demo/admin/requests?q=sam&status=customer_scheduling&stuck=yes',
  )
})

test('a search without a match offers the way back to all', async () => {
  const { user } = renderApp('/o/demo/admin/requests?q=nobody', ADMIN)
  await user.click(await screen.findByRole('button', { name: 'Show all requests' }))
  expect(await screen.findByRole('table', { name: 'Requests' })).toBeTruthy()
})

test('the slash key leads to the search', async () => {
  const { user } = renderApp('/o/demo/admin/requests', ADMIN)
  const search = await screen.findByRole('searchbox', { name: 'Search' })
  await user.keyboard('/')
  expect(document.activeElement).toBe(search)
  await user.keyboard('/g')
  expect((search as HTMLInputElement).value).toBe('/g')
})
