import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { aPage, aRule } from '../../testing/fixtures.ts'
import { respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

let rules: Schemas['AvailabilityRule'][] = []
let blackouts: Schemas['Blackout'][] = []

beforeEach(() => {
  rules = []
  blackouts = []
  server.use(
    respond('get', '/v1/me/availability/rules', () => aPage(rules)),
    respond('get', '/v1/me/availability/blackouts', () => aPage(blackouts)),
    respond('get', '/v1/organizations/{org}/bookings', () => aPage([])),
  )
})

test('hours are added by keyboard alone', async () => {
  const sent: unknown[] = []
  server.use(
    respond(
      'post',
      '/v1/me/availability/rules',
      async ({ request }) => {
        sent.push(await request.json())
        rules = [aRule()]
        return aRule()
      },
      201,
    ),
  )
  const { user } = renderApp('/o/demo/schedule')
  const add = await screen.findByRole('button', { name: 'Add hours' })
  add.focus()
  await user.keyboard('{Enter}')
  const dialog = await screen.findByRole('dialog')
  within(dialog).getByRole('checkbox', { name: 'Friday' }).focus()
  await user.keyboard(' ')
  within(dialog).getByRole('button', { name: 'Add hours' }).focus()
  await user.keyboard('{Enter}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(sent).toEqual([
    {
      scheduleType: 'weekday_daytime',
      daysOfWeek: [1, 2, 3, 4],
      startTime: '09:00',
      endTime: '17:00',
      durationsMinutes: [],
      firstDate: null,
      lastDate: null,
    },
  ])
  expect(await screen.findByText('Monday to Friday')).toBeTruthy()
})

test('hours without a day are not sent', async () => {
  const { user } = renderApp('/o/demo/schedule')
  await user.click(await screen.findByRole('button', { name: 'Add hours' }))
  const dialog = await screen.findByRole('dialog')
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) {
    await user.click(within(dialog).getByRole('checkbox', { name: day }))
  }
  await user.click(within(dialog).getByRole('button', { name: 'Add hours' }))
  expect(within(dialog).getByRole('alert').textContent).toBe('Choose at least one day.')
})

test('removing hours asks first', async () => {
  rules = [aRule()]
  let isRemoved = false
  server.use(
    respond('delete', '/v1/me/availability/rules/{ruleId}', () => {
      isRemoved = true
      rules = []
      return undefined
    }),
  )
  const { user } = renderApp('/o/demo/schedule')
  await user.click(await screen.findByRole('button', { name: 'Remove Monday to Friday, 9:00 AM to 5:00 PM' }))
  expect(isRemoved).toBe(false)
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Remove hours' }))
  expect(await screen.findByText('Customers cannot book you yet')).toBeTruthy()
})

test('the zone of all these times is named', async () => {
  renderApp('/o/demo/schedule')
  expect(await screen.findByText(/Times in Chicago, C[SD]T/)).toBeTruthy()
})
