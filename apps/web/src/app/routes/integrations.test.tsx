import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { aMe, aMembership, inHours } from '../../testing/fixtures.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

const ADMIN = aMe({ memberships: [aMembership({ role: 'org_admin', roleLabel: 'Organizational Admin' })] })
const KEY = 'sk_test_51ThisIsNoRealKey'
const SIGNING_SECRET = 'whsec_ThisIsNoRealSecret'
const WEBHOOK = 'http://localhost:3000/v1/webhooks/stripe/01939b2c-7d3e-7a10-8f4c-000000000009'

const notConnected = (over: Partial<Schemas['Integration']> = {}): Schemas['Integration'] => ({
  kind: 'stripe',
  status: 'not_connected',
  mode: null,
  accountName: null,
  secretKeyMasked: null,
  webhookUrl: null,
  webhookEvents: ['checkout.session.completed', 'charge.refunded'],
  webhookSecretMasked: null,
  previousWebhookSecretUntil: null,
  connectedAt: null,
  lastError: null,
  ...over,
})

const connected = (over: Partial<Schemas['Integration']> = {}) =>
  notConnected({
    status: 'connected',
    mode: 'test',
    accountName: 'Northwind Training',
    secretKeyMasked: 'sk_test_…lKey',
    webhookUrl: WEBHOOK,
    webhookSecretMasked: 'whsec_…cret',
    connectedAt: inHours(-2),
    ...over,
  })

/** The API's side, as it stands and as the next change leaves it. */
function serving(first: Schemas['Integration'], after: Schemas['Integration'] = first) {
  let stripe = first
  const sent: unknown[] = []
  server.use(
    respond('get', '/v1/organizations/{org}/integrations', () => ({ data: [stripe] })),
    respond('put', '/v1/organizations/{org}/integrations/stripe', async ({ request }) => {
      sent.push(await request.json())
      stripe = after
      return stripe
    }),
    respond('delete', '/v1/organizations/{org}/integrations/stripe', () => {
      sent.push('delete')
      stripe = after
      return undefined
    }),
  )
  return sent
}

test('a key is tried and kept; what was typed is nowhere on the page afterwards', async () => {
  const sent = serving(notConnected(), connected({ webhookSecretMasked: null }))
  const { user } = renderApp('/o/demo/admin/integrations', ADMIN)
  expect(await screen.findByText('Not connected')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Connect a Stripe account' }))
  const field = screen.getByLabelText<HTMLInputElement>('Secret key')
  expect([field.value, field.type, field.autocomplete]).toEqual(['', 'password', 'off'])
  expect(document.activeElement).toBe(field)
  await user.type(field, ` ${KEY} `)
  await user.click(screen.getByRole('button', { name: 'Test and connect' }))
  expect(await screen.findByText('Stripe took the key: Northwind Training, test mode.')).toBeTruthy()
  expect(sent).toEqual([{ secretKey: KEY }])
  expect(screen.getByText('sk_test_…lKey')).toBeTruthy()
  expect(screen.getByText('Test mode')).toBeTruthy()
  expect(document.body.innerHTML).not.toContain(KEY)
  // What is left to do comes next: the address, the events, and the secret to enter.
  expect(screen.getByText('One step is left: the webhook')).toBeTruthy()
  expect(screen.getByText(WEBHOOK)).toBeTruthy()
  expect(within(screen.getByRole('list', { name: 'Events to choose' })).getByText('charge.refunded')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Enter the signing secret' })).toBeTruthy()
})

test('a new key with which the webhook gets another address says so', async () => {
  const address = 'http://localhost:3000/v1/webhooks/stripe/01939b2c-7d3e-7a10-8f4c-000000000010'
  serving(connected(), connected({ webhookUrl: address, accountName: null, webhookSecretMasked: null }))
  const { user } = renderApp('/o/demo/admin/integrations', ADMIN)
  await user.click(await screen.findByRole('button', { name: 'Change…' }))
  await user.type(screen.getByLabelText('Secret key'), KEY)
  await user.click(screen.getByRole('button', { name: 'Test and change' }))
  expect(await screen.findByText(/The webhook has a new address: set it up at Stripe again\./)).toBeTruthy()
  expect(screen.getByText(address)).toBeTruthy()
  expect(screen.getByText('One step is left: the webhook')).toBeTruthy()
})

test('a key that Stripe does not take is refused at its field, and stays typed', async () => {
  serving(notConnected())
  server.use(
    respond('put', '/v1/organizations/{org}/integrations/stripe', () =>
      refusal(422, 'validation_failed', {
        errors: [{ pointer: '/secretKey', message: 'Stripe does not take this key.' }],
      }),
    ),
  )
  const { user } = renderApp('/o/demo/admin/integrations', ADMIN)
  await user.click(await screen.findByRole('button', { name: 'Connect a Stripe account' }))
  await user.type(screen.getByLabelText('Secret key'), KEY)
  await user.click(screen.getByRole('button', { name: 'Test and connect' }))
  expect(await screen.findByText('Stripe does not take this key.')).toBeTruthy()
  const field = screen.getByLabelText<HTMLInputElement>('Secret key')
  expect(field.value).toBe(KEY)
  await waitFor(() => expect(document.activeElement).toBe(field))
})

test('what no key can be is refused before it is sent', async () => {
  const sent = serving(notConnected())
  const { user } = renderApp('/o/demo/admin/integrations', ADMIN)
  await user.click(await screen.findByRole('button', { name: 'Connect a Stripe account' }))
  const field = screen.getByLabelText<HTMLInputElement>('Secret key')
  await user.type(field, 'sk_test_ äö')
  await user.click(screen.getByRole('button', { name: 'Test and connect' }))
  expect(screen.getByText(/^A Stripe secret key starts with sk_test_/)).toBeTruthy()
  await waitFor(() => expect(document.activeElement).toBe(field))
  expect(sent).toEqual([])
})

test('when Stripe does not answer, that is said, and nothing is claimed', async () => {
  serving(notConnected())
  server.use(
    respond('put', '/v1/organizations/{org}/integrations/stripe', () => refusal(503, 'payment_provider_unavailable')),
  )
  const { user } = renderApp('/o/demo/admin/integrations', ADMIN)
  await user.click(await screen.findByRole('button', { name: 'Connect a Stripe account' }))
  await user.type(screen.getByLabelText('Secret key'), KEY)
  await user.click(screen.getByRole('button', { name: 'Test and connect' }))
  expect(await screen.findByText('The payment provider does not answer')).toBeTruthy()
})

test('the signing secret is rotated, and the one before still counts for a while', async () => {
  const sent = serving(connected(), connected({ previousWebhookSecretUntil: '2026-11-24T18:00:00Z' }))
  const { user } = renderApp('/o/demo/admin/integrations', ADMIN)
  await user.click(await screen.findByRole('button', { name: 'Rotate…' }))
  expect(screen.getByLabelText<HTMLInputElement>('Signing secret').value).toBe('')
  await user.type(screen.getByLabelText('Signing secret'), SIGNING_SECRET)
  await user.click(screen.getByRole('button', { name: 'Save signing secret' }))
  expect(await screen.findByText(/The one before is taken as well until Tue, Nov 24 · 12:00 PM CST/)).toBeTruthy()
  expect(sent).toEqual([{ webhookSecret: SIGNING_SECRET }])
})

test('disconnecting says what becomes of payments under way, and asks first', async () => {
  const sent = serving(connected({ mode: 'live' }), notConnected())
  const { user } = renderApp('/o/demo/admin/integrations', ADMIN)
  expect(await screen.findByText('Live')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Disconnect…' }))
  const dialog = screen.getByRole('dialog')
  expect(within(dialog).getByText(/still settled, confirmed and paid back there/)).toBeTruthy()
  expect(sent).toEqual([])
  await user.click(within(dialog).getByRole('button', { name: 'Disconnect' }))
  expect(await screen.findByText('Not connected')).toBeTruthy()
  expect(sent).toEqual(['delete'])
})

test('a key that Stripe refuses by now is said, with what to do', async () => {
  serving(connected({ lastError: 'Expired API key provided' }))
  renderApp('/o/demo/admin/integrations', ADMIN)
  expect(await screen.findByText('The keys need your attention')).toBeTruthy()
  expect(screen.getByText('Expired API key provided')).toBeTruthy()
})

test.each([
  ['the built-in test checkout', { mode: 'test', accountName: 'Built-in test checkout' }, /no money moves/],
  ['the installation’s account', { mode: 'live', accountName: null }, /whoever runs this installation/],
] as const)('without an account of its own, %s is named', async (_name, over, words) => {
  serving(notConnected({ status: 'deployment', ...over }))
  renderApp('/o/demo/admin/integrations', ADMIN)
  expect(await screen.findByText(words)).toBeTruthy()
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Disconnect…' })).toBeNull())
})

test('a trainer finds nothing there', async () => {
  renderApp('/o/demo/admin/integrations')
  expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy()
})
