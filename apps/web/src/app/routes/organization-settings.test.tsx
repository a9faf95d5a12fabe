import { screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { aMe, aMembership, someSettings } from '../../testing/fixtures.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

const ADMIN = aMe({ memberships: [aMembership({ role: 'org_admin', roleLabel: 'Organizational Admin' })] })

/** The API's side: keeps what is changed and says what was sent. */
function serving() {
  let settings = someSettings()
  const sent: object[] = []
  server.use(
    respond('get', '/v1/organizations/{org}/settings', () => settings),
    respond('patch', '/v1/organizations/{org}/settings', async ({ request }) => {
      const body = (await request.json()) as object
      sent.push(body)
      settings = { ...settings, ...body }
      return settings
    }),
  )
  return sent
}

test('“Confirm automatically when paid” saves itself and sends nothing but itself', async () => {
  const sent = serving()
  const { user } = renderApp('/o/demo/admin/settings', ADMIN)
  await user.click(await screen.findByRole('switch', { name: /^Confirm automatically when paid/ }))
  await waitFor(() => expect(sent).toEqual([{ confirmAutomaticallyWhenPaid: true }]))
  expect(screen.getByRole<HTMLInputElement>('switch', { name: /^Confirm automatically when paid/ }).checked).toBe(true)
})

test('the hold and the reminder are saved together', async () => {
  const sent = serving()
  const { user } = renderApp('/o/demo/admin/settings', ADMIN)
  const hold = await screen.findByLabelText('Slot Hold Duration, in minutes')
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Save payment settings' }).disabled).toBe(true)
  await user.clear(hold)
  await user.type(hold, '90')
  await user.click(screen.getByRole('button', { name: 'Save payment settings' }))
  await waitFor(() => expect(sent).toEqual([{ slotHoldMinutes: 90, paidReminderMinutes: 60 }]))
  expect(await screen.findByText('Payment settings saved.')).toBeTruthy()
})

test('the cancellation rules are said in a sentence while they are chosen, and only what is shown is sent', async () => {
  const sent = serving()
  const { user } = renderApp('/o/demo/admin/settings', ADMIN)
  expect(await screen.findByText('Full refund when the customer cancels at least 24 h before the start.')).toBeTruthy()
  await user.click(screen.getByRole('radio', { name: 'Partial refund' }))
  const percent = screen.getByLabelText('Part that goes back, in percent')
  await user.clear(percent)
  await user.type(percent, '30')
  expect(screen.getByText('30% refund when the customer cancels at least 24 h before the start.')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Save cancellation rules' }))
  await waitFor(() =>
    expect(sent).toEqual([
      { cancellationKind: 'partial', cancellationWindowHours: 24, cancellationPartialPercent: 30 },
    ]),
  )
  await user.click(screen.getByRole('radio', { name: 'No refund' }))
  expect(screen.queryByLabelText('Part that goes back, in percent')).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Save cancellation rules' }))
  await waitFor(() => expect(sent.at(-1)).toEqual({ cancellationKind: 'none' }))
})

test('a hold that is too short is refused at its field, in the page’s own words, before anything is sent', async () => {
  const sent = serving()
  const { user } = renderApp('/o/demo/admin/settings', ADMIN)
  const hold = await screen.findByLabelText('Slot Hold Duration, in minutes')
  await user.clear(hold)
  await user.type(hold, '34')
  await user.click(screen.getByRole('button', { name: 'Save payment settings' }))
  expect(screen.getByRole('alert').textContent).toBe('Enter a whole number from 35 to 1435.')
  expect(document.activeElement).toBe(hold)
  expect(sent).toEqual([])
  await user.clear(hold)
  await user.type(hold, '35')
  expect(screen.queryByRole('alert')).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Save payment settings' }))
  await waitFor(() => expect(sent).toMatchObject([{ slotHoldMinutes: 35 }]))
})

test('what the API refuses stands at its field', async () => {
  serving()
  server.use(
    respond('patch', '/v1/organizations/{org}/settings', () =>
      refusal(422, 'validation_failed', { errors: [{ pointer: '/slotHoldMinutes', message: 'Must be at least 35.' }] }),
    ),
  )
  const { user } = renderApp('/o/demo/admin/settings', ADMIN)
  const hold = await screen.findByLabelText('Slot Hold Duration, in minutes')
  await user.clear(hold)
  await user.type(hold, '40')
  await user.click(screen.getByRole('button', { name: 'Save payment settings' }))
  expect(await screen.findByText('Must be at least 35.')).toBeTruthy()
})

test('a trainer finds nothing there', async () => {
  renderApp('/o/demo/admin/settings')
  expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy()
})
