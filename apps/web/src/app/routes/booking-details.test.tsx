import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { addDays, bareTime, dateAndTimeRange, dateKey, longDate } from '../../lib/dates.ts'
import {
  aBooking,
  aMe,
  aMembership,
  anId,
  aPage,
  aPaidBooking,
  NO,
  someSlots,
  TINA_ID,
  YES,
} from '../../testing/fixtures.ts'
import { refusal, respond } from '../../testing/handlers.ts'
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

/** A session that can be moved, canceled and marked, as the commands of a test leave it. */
function serving(over: Partial<Schemas['Booking']> = {}) {
  const first = aBooking({
    start: '2026-12-01T16:30:00Z',
    end: '2026-12-01T17:30:00Z',
    ...over,
    actions: { ...aBooking().actions, cancel: YES, reschedule: YES, ...over.actions },
  })
  const stored = { now: first }
  server.use(
    respond('get', '/v1/organizations/{org}/bookings/{bookingId}', () => stored.now),
    respond('get', '/v1/organizations/{org}/bookings', () => aPage([])),
    respond('get', '/v1/organizations/{org}/bookings/{bookingId}/cancellation-preview', ({ request }) =>
      new URL(request.url).searchParams.has('onBehalfOfCustomer')
        ? { refund: { amount: 3750, currency: 'USD' }, rule: 'policy_partial' as const }
        : { refund: { amount: 7500, currency: 'USD' }, rule: 'full' as const },
    ),
  )
  return stored
}

const admin = () =>
  aMe({ id: anId(), memberships: [aMembership({ role: 'org_admin', roleLabel: 'Organizational Admin' })] })

/** Answers the command and keeps what was sent. */
function canceling(stored: { now: Schemas['Booking'] }) {
  const sent: unknown[] = []
  server.use(
    respond('post', '/v1/organizations/{org}/bookings/{bookingId}/cancel', async ({ request }) => {
      sent.push(await request.json())
      stored.now = {
        ...stored.now,
        status: 'canceled',
        statusLabel: 'Canceled',
        canceledAt: '2026-11-23T16:00:00Z',
        canceledBy: 'organization',
        cancelReason: 'I am ill',
        actions: { ...stored.now.actions, cancel: NO, reschedule: NO },
      }
      return stored.now
    }),
  )
  return sent
}

describe('canceling', () => {
  test('says to the cent what goes back, then does it', async () => {
    const stored = serving()
    const sent = canceling(stored)
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`)
    await user.click(await screen.findByRole('button', { name: 'Cancel Session…' }))
    const dialog = screen.getByRole('dialog')
    expect(await within(dialog).findByText('$75.00')).toBeTruthy()
    expect(within(dialog).getByText('Everything that was paid goes back.')).toBeTruthy()
    // A trainer neither acts for the customer nor chooses the amount.
    expect(within(dialog).queryByRole('checkbox', { name: 'On behalf of the customer' })).toBeNull()
    expect(within(dialog).queryByLabelText(/Another amount/)).toBeNull()
    await user.type(within(dialog).getByLabelText('Reason (optional)'), 'I am ill')
    await user.click(within(dialog).getByRole('button', { name: 'Cancel Session' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(sent).toEqual([{ reason: 'I am ill' }])
    expect(await screen.findByText(/by the organization/)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Cancel Session…' })).toBeNull()
  })

  test('can give the choice back to the customer', async () => {
    const stored = serving()
    const sent = canceling(stored)
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`)
    await user.click(await screen.findByRole('button', { name: 'Cancel Session…' }))
    const dialog = screen.getByRole('dialog')
    await user.click(within(dialog).getByRole('checkbox', { name: 'Let the customer pick again' }))
    expect(within(dialog).getByText(/The request stays open/)).toBeTruthy()
    await user.click(within(dialog).getByRole('button', { name: 'Cancel Session' }))
    await waitFor(() => expect(sent).toEqual([{ letCustomerPickAgain: true }]))
  })

  test('an admin acts on behalf of the customer, by the rules they booked under', async () => {
    const stored = serving()
    const sent = canceling(stored)
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Cancel Session…' }))
    const dialog = screen.getByRole('dialog')
    await user.click(within(dialog).getByRole('checkbox', { name: 'On behalf of the customer' }))
    expect(await within(dialog).findByText('$37.50')).toBeTruthy()
    expect(within(dialog).queryByLabelText(/Another amount/)).toBeNull()
    await user.click(within(dialog).getByRole('button', { name: 'Cancel Session' }))
    await waitFor(() => expect(sent).toEqual([{ onBehalfOfCustomer: true }]))
  })

  test('an admin names another amount, and only one that is an amount', async () => {
    const stored = serving()
    const sent = canceling(stored)
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Cancel Session…' }))
    const dialog = screen.getByRole('dialog')
    const amount = within(dialog).getByLabelText(/Another amount, in USD/)
    await user.type(amount, 'half')
    await user.click(within(dialog).getByRole('button', { name: 'Cancel Session' }))
    expect(within(dialog).getByText('Enter an amount such as 12.50.')).toBeTruthy()
    expect(sent).toEqual([])
    await user.clear(amount)
    await user.type(amount, '12.50')
    await user.click(within(dialog).getByRole('button', { name: 'Cancel Session' }))
    await waitFor(() => expect(sent).toEqual([{ refundAmount: { amount: 1250, currency: 'USD' } }]))
  })
})

describe('moving', () => {
  const tomorrow = () => addDays(dateKey(Date.now(), 'America/Chicago'), 1)

  test('to another open time of the same length', async () => {
    const stored = serving()
    const start = `${tomorrow()}T17:00:00Z`
    const sent: unknown[] = []
    const asked: Record<string, string>[] = []
    server.use(
      respond('get', '/v1/me/availability/preview', ({ request }) => {
        asked.push(Object.fromEntries(new URL(request.url).searchParams))
        return someSlots([start])
      }),
      respond('post', '/v1/organizations/{org}/bookings/{bookingId}/reschedule', async ({ request }) => {
        sent.push(await request.json())
        stored.now = { ...stored.now, start, end: `${tomorrow()}T18:00:00Z` }
        return stored.now
      }),
    )
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`)
    await user.click(await screen.findByRole('button', { name: 'Reschedule…' }))
    const dialog = screen.getByRole('dialog')
    expect(within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Move Session' }).disabled).toBe(true)
    await user.click(await within(dialog).findByRole('radio', { name: `${longDate(tomorrow())}, 1 time` }))
    await user.click(within(dialog).getByRole('radio', { name: bareTime(start, 'America/Chicago') }))
    await user.click(within(dialog).getByRole('button', { name: 'Move Session' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(sent).toEqual([{ start }])
    // One's own schedule is asked about without naming oneself.
    expect(asked[0]).toMatchObject({ organization: 'demo', durationMinutes: '60' })
    expect(asked[0]?.trainerId).toBeUndefined()
    const moved = dateAndTimeRange(start, `${tomorrow()}T18:00:00Z`, 'America/Chicago')
    expect((await screen.findAllByText(moved)).length).toBeGreaterThan(0)
  })

  test('an admin moves another’s session to a time that is not offered, having read why it is not', async () => {
    const stored = serving()
    const sent: { start: string; override?: boolean }[] = []
    const asked: Record<string, string>[] = []
    server.use(
      respond('get', '/v1/me/availability/preview', () => someSlots([])),
      respond('get', '/v1/me/availability/explain', ({ request }) => {
        asked.push(Object.fromEntries(new URL(request.url).searchParams))
        return {
          offered: false,
          obstacles: [
            { kind: 'outside_hours' as const, label: 'This time is outside the trainer’s weekly hours.' },
            { kind: 'booking' as const, id: stored.now.id, label: 'Another session: itself.' },
          ],
        }
      }),
      respond('post', '/v1/organizations/{org}/bookings/{bookingId}/reschedule', async ({ request }) => {
        sent.push((await request.json()) as { start: string })
        return refusal(409, 'slot_unavailable')
      }),
    )
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Reschedule…' }))
    const dialog = screen.getByRole('dialog')
    await user.click(within(dialog).getByRole('radio', { name: 'Any time' }))
    fireEvent.change(within(dialog).getByLabelText('Day'), { target: { value: '2026-12-05' } })
    fireEvent.change(within(dialog).getByLabelText('Start'), { target: { value: '19:30' } })
    expect(await within(dialog).findByText('This time is outside the trainer’s weekly hours.')).toBeTruthy()
    expect(within(dialog).queryByText('Another session: itself.')).toBeNull()
    await user.click(within(dialog).getByRole('button', { name: 'Move Session' }))
    expect(await within(dialog).findByText('This time was just taken')).toBeTruthy()
    expect(sent).toEqual([{ start: '2026-12-06T01:30:00.000Z', override: true }])
    expect(asked.at(-1)).toMatchObject({ trainerId: TINA_ID })
  })
})

test('a no-show is asked about, then marked', async () => {
  const stored = serving({ actions: { ...aBooking().actions, markNoShow: YES } })
  server.use(
    respond('post', '/v1/organizations/{org}/bookings/{bookingId}/no-show', () => {
      stored.now = { ...stored.now, status: 'no_show', statusLabel: 'No-show', actions: aBooking().actions }
      return stored.now
    }),
  )
  const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`)
  await user.click(await screen.findByRole('button', { name: 'No-show…' }))
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Mark No-show' }))
  expect(await screen.findByText('No-show')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'No-show…' })).toBeNull()
})
