import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { aMe, aMembership, anId, aPage, inHours } from '../../testing/fixtures.ts'
import { respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

const ADMIN = aMe({ memberships: [aMembership({ role: 'org_admin', roleLabel: 'Organizational Admin' })] })
const SECRET = 'ord_7fK2mPz81Qh6YvN3tRwX9c'

const aKey = (over: Partial<Schemas['ApiKey']> = {}): Schemas['ApiKey'] => ({
  id: anId(),
  name: 'Website form',
  prefix: 'ord_7fK2',
  scopes: ['requests:write'],
  createdBy: { id: anId(), name: 'Ada Miller' },
  createdAt: inHours(-1),
  lastUsedAt: null,
  revokedAt: null,
  ...over,
})

test('a new key is shown once and never again', async () => {
  let keys: Schemas['ApiKey'][] = []
  server.use(
    respond('get', '/v1/organizations/{org}/api-keys', () => aPage(keys)),
    respond(
      'post',
      '/v1/organizations/{org}/api-keys',
      () => {
        keys = [aKey()]
        return { ...aKey(), key: SECRET }
      },
      201,
    ),
  )
  const { user } = renderApp('/o/demo/admin/api-keys', ADMIN)
  await user.click(await screen.findByRole('button', { name: 'Create an API key' }))
  await user.type(screen.getByRole('textbox', { name: 'Name' }), 'Website form')
  await user.click(screen.getByRole('button', { name: 'Create key' }))
  expect(await screen.findByText(SECRET)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'I have kept it' }))
  expect(screen.queryByText(SECRET)).toBeNull()
  expect(await screen.findByText('Website form')).toBeTruthy()
})

test('revoking asks first', async () => {
  let keys = [aKey()]
  server.use(
    respond('get', '/v1/organizations/{org}/api-keys', () => aPage(keys)),
    respond('delete', '/v1/organizations/{org}/api-keys/{apiKeyId}', () => {
      keys = [aKey({ revokedAt: inHours(0) })]
      return undefined
    }),
  )
  const { user } = renderApp('/o/demo/admin/api-keys', ADMIN)
  await user.click(await screen.findByRole('button', { name: 'Revoke Website form' }))
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Revoke key' }))
  expect(await screen.findByText('Revoked')).toBeTruthy()
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Revoke Website form' })).toBeNull())
})

test('a trainer finds nothing there', async () => {
  renderApp('/o/demo/admin/api-keys')
  expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy()
})
