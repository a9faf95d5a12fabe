import { screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { aMe } from '../../testing/fixtures.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

test('a switch saves itself and sends nothing but itself', async () => {
  const sent: unknown[] = []
  server.use(
    respond('patch', '/v1/me', async ({ request }) => {
      sent.push(await request.json())
      return aMe({ notificationPreferences: { ...aMe().notificationPreferences, bookingConfirmed: true } })
    }),
  )
  const { user } = renderApp('/o/demo/settings')
  await user.click(await screen.findByRole('switch', { name: /Session confirmed/ }))
  await waitFor(() => expect(sent).toEqual([{ notificationPreferences: { bookingConfirmed: true } }]))
  expect(screen.getByRole<HTMLInputElement>('switch', { name: /Session confirmed/ }).checked).toBe(true)
})

test('a name that could not be saved stays typed, with what went wrong', async () => {
  server.use(respond('patch', '/v1/me', () => refusal(503, 'service_unavailable')))
  const { user } = renderApp('/o/demo/settings')
  const first = await screen.findByLabelText<HTMLInputElement>('First name')
  await user.clear(first)
  await user.type(first, 'Martina')
  await user.click(screen.getByRole('button', { name: 'Save profile' }))
  expect(await screen.findByText('Ordinatus is not available right now')).toBeTruthy()
  expect(first.value).toBe('Martina')
})

test('the time zone is one’s own and the browser’s is offered when it differs', async () => {
  renderApp('/o/demo/settings')
  const zone = await screen.findByRole<HTMLInputElement>('combobox', { name: 'Time zone' })
  expect(zone.value).toMatch(/America\/Chicago/)
  expect(screen.getByRole('button', { name: /Use this browser’s zone, Asia\/Kat/ })).toBeTruthy()
})
