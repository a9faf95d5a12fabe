import { screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { aBooking, anId, aPage, aPaidBooking } from '../../testing/fixtures.ts'
import { respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

type SideEffect = Schemas['Booking']['sideEffects'][number]

const anEffect = (over: Partial<SideEffect>): SideEffect => ({
  id: anId(),
  kind: 'customer_email',
  state: 'done',
  attempts: 1,
  lastError: null,
  nextAttemptAt: null,
  doneAt: null,
  ...over,
})

test('a side effect that failed for good can be tried again, and no other', async () => {
  const failed = anEffect({ kind: 'calendar_event', state: 'failed', lastError: 'Quota exceeded' })
  let booking = aBooking({
    sideEffects: [anEffect({}), failed, anEffect({ kind: 'remote_session', state: 'retrying' })],
  })
  const retried: unknown[] = []
  server.use(
    respond('get', '/v1/organizations/{org}/bookings/{bookingId}', () => booking),
    respond('post', '/v1/organizations/{org}/bookings/{bookingId}/side-effects/{sideEffectId}/retry', ({ params }) => {
      retried.push(params.sideEffectId)
      booking = {
        ...booking,
        sideEffects: booking.sideEffects.map((effect) => ({ ...effect, state: 'done' as const })),
      }
      return booking
    }),
  )
  const { user } = renderApp(`/o/demo/bookings/${booking.id}`)
  expect(await screen.findByText('Quota exceeded')).toBeTruthy()
  expect(screen.getAllByRole('button', { name: /^Retry/ })).toHaveLength(1)
  await user.click(screen.getByRole('button', { name: 'Retry: Calendar event' }))
  await waitFor(() => expect(screen.queryByRole('button', { name: /^Retry/ })).toBeNull())
  expect(retried).toEqual([failed.id])
})

test('the session’s own page confirms its payment', async () => {
  const paid = aPaidBooking()
  let stored: Schemas['Booking'] = paid
  server.use(
    respond('get', '/v1/organizations/{org}/bookings/{bookingId}', () => stored),
    respond('get', '/v1/organizations/{org}/bookings', () => aPage([])),
    respond('post', '/v1/organizations/{org}/bookings/{bookingId}/confirm-payment', () => {
      stored = aBooking({ id: paid.id })
      return stored
    }),
  )
  const { user } = renderApp(`/o/demo/bookings/${paid.id}`)
  await user.click(await screen.findByRole('button', { name: 'Confirm Payment' }))
  expect(await screen.findByText('Confirmed')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Confirm Payment' })).toBeNull()
})

test('money, the customer’s own time and the refund rule are in sight', async () => {
  const booking = aBooking({
    start: '2026-11-24T16:30:00Z',
    end: '2026-11-24T17:30:00Z',
    payout: { amount: { amount: 5250, currency: 'USD' }, sharePercent: 70 },
  })
  server.use(respond('get', '/v1/organizations/{org}/bookings/{bookingId}', () => booking))
  renderApp(`/o/demo/bookings/${booking.id}`)
  expect(await screen.findByText(/10:30–11:30 AM CST/)).toBeTruthy()
  expect(screen.getByText(/For the customer:.*11:30 AM–12:30 PM EST/)).toBeTruthy()
  expect(screen.getByText('$52.50')).toBeTruthy()
  expect(screen.getByText('Full refund when the customer cancels at least 24 h before the start.')).toBeTruthy()
})
