import { screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { detectedTimeZone } from '../../lib/dates.ts'
import { aMe, aPage, aRequest, aSignIn } from '../../testing/fixtures.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

test('a link from a mail leads through sign-in and back to the request', async () => {
  const request = aRequest()
  server.use(
    respond('post', '/v1/auth/login', () => aSignIn()),
    respond('get', '/v1/me', () => aMe()),
    respond('get', '/v1/organizations/{org}/requests/{requestId}', () => request),
    respond('get', '/v1/organizations/{org}/requests/{requestId}/open-slots', () => ({ count: 1, firstStart: null })),
  )
  const { user } = renderApp(`/o/demo/requests/${request.id}`, null)
  await user.type(await screen.findByLabelText('Email'), 'tina@demo.test')
  await user.type(screen.getByLabelText('Password'), 'demo-password')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(await screen.findByRole('heading', { name: 'Request Details' })).toBeTruthy()
  expect(screen.getByTestId('address').textContent).toBe(`/o/demo/requests/${request.id}`)
})

test('a wrong password says so and keeps what was typed', async () => {
  server.use(respond('post', '/v1/auth/login', () => refusal(401, 'invalid_credentials')))
  const { user } = renderApp('/sign-in', null)
  await user.type(await screen.findByLabelText('Email'), 'tina@demo.test')
  await user.type(screen.getByLabelText('Password'), 'nonsense')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(await screen.findByText('Email or password is not right')).toBeTruthy()
  expect(screen.getByLabelText<HTMLInputElement>('Email').value).toBe('tina@demo.test')
})

test('signing up makes the address from the organization’s name and opens its Dashboard', async () => {
  const sent: unknown[] = []
  server.use(
    respond(
      'post',
      '/v1/auth/signup',
      async ({ request }) => {
        sent.push(await request.json())
        return aSignIn()
      },
      201,
    ),
    respond('get', '/v1/me', () => aMe()),
  )
  const { user } = renderApp('/sign-up', null)
  await user.type(await screen.findByLabelText('First name'), 'Ada')
  await user.type(screen.getByLabelText('Last name'), 'Miller')
  await user.type(screen.getByLabelText('Email'), 'ada@example.test')
  await user.type(screen.getByLabelText('Password'), 'correct horse')
  await user.type(screen.getByLabelText('Organization'), 'Café Müller & Co.')
  expect(screen.getByLabelText<HTMLInputElement>('Its address').value).toBe('cafe-muller-co')
  await user.click(screen.getByRole('button', { name: 'Create organization' }))
  await waitFor(() => expect(screen.getByTestId('address').textContent).toBe('/o/cafe-muller-co'))
  expect(sent).toEqual([
    {
      firstName: 'Ada',
      lastName: 'Miller',
      email: 'ada@example.test',
      password: 'correct horse',
      organizationName: 'Café Müller & Co.',
      organizationSlug: 'cafe-muller-co',
      timeZone: detectedTimeZone(),
    },
  ])
})

test('signing out closes the screens and does not lead back to them', async () => {
  let isOut = false
  server.use(
    respond('get', '/v1/organizations/{org}/bookings', () => aPage([])),
    respond('get', '/v1/organizations/{org}/requests', () => aPage([])),
    respond('post', '/v1/auth/logout', () => {
      isOut = true
      return undefined
    }),
  )
  const { user } = renderApp('/o/demo')
  await screen.findByText('No new requests')
  // jsdom opens no popovers: the button is there all the same.
  await user.click(screen.getByRole('button', { name: 'Sign out', hidden: true }))
  await screen.findByRole('heading', { name: 'Sign in' })
  await waitFor(() => expect(isOut).toBe(true))
  expect(screen.getByTestId('address').textContent).toBe('/sign-in')
})

test('another organization’s address is no more than an empty page', async () => {
  renderApp('/o/elsewhere')
  expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy()
})
