import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { addDays, bareTime, dateAndTimeRange, dateKey, longDate } from '../../lib/dates.ts'
import {
  aBooking,
  aMe,
  aMembership,
  anId,
  aPage,
  aPaidBooking,
  aRequest,
  inHours,
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

// Whether its request is stuck is read beside the session.
beforeEach(() => server.use(respond('get', '/v1/organizations/{org}/requests/{requestId}', () => aRequest())))

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
    expect(await screen.findByText('Canceled by the organization')).toBeTruthy()
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
    expect(within(dialog).getByText('$12.50')).toBeTruthy()
    expect(within(dialog).getByText('As you have chosen.')).toBeTruthy()
    await user.click(within(dialog).getByRole('button', { name: 'Cancel Session' }))
    await waitFor(() => expect(sent).toEqual([{ refundAmount: { amount: 1250, currency: 'USD' } }]))
  })
})

describe('canceling a session that is disputed', () => {
  const disputed: Partial<Schemas['Booking']> = {
    disputes: [
      {
        id: anId(),
        amount: { amount: 7500, currency: 'USD' },
        status: 'open',
        isInquiry: false,
        reason: 'No reason was given',
        respondBy: null,
        createdAt: inHours(-1),
      },
    ],
  }

  test('warns that a refund pays twice, and an admin cancels without one', async () => {
    const stored = serving(disputed)
    const sent = canceling(stored)
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Cancel Session…' }))
    const dialog = screen.getByRole('dialog')
    expect(within(dialog).getByText('This payment is disputed')).toBeTruthy()
    expect(within(dialog).getByText('To cancel without a refund, enter 0 as another amount below.')).toBeTruthy()
    await user.type(within(dialog).getByLabelText(/Another amount, in USD/), '0')
    expect(within(dialog).getByText('$0.00')).toBeTruthy()
    await user.click(within(dialog).getByRole('button', { name: 'Cancel Session' }))
    await waitFor(() => expect(sent).toEqual([{ refundAmount: { amount: 0, currency: 'USD' } }]))
  })

  test('sends a trainer, who cannot choose the amount, to an admin', async () => {
    const stored = serving(disputed)
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`)
    await user.click(await screen.findByRole('button', { name: 'Cancel Session…' }))
    expect(screen.getByText('An admin can cancel it without a refund.')).toBeTruthy()
  })

  test('says nothing of it when the bank only asks', async () => {
    const stored = serving({ disputes: (disputed.disputes ?? []).map((one) => ({ ...one, isInquiry: true })) })
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Cancel Session…' }))
    expect(screen.queryByText('This payment is disputed')).toBeNull()
  })
})

test('the preview of canceling counts what has gone back before', async () => {
  const stored = serving({ refunded: { amount: 1250, currency: 'USD' } })
  server.use(
    respond('get', '/v1/organizations/{org}/bookings/{bookingId}/cancellation-preview', () => ({
      refund: { amount: 6250, currency: 'USD' },
      rule: 'full' as const,
    })),
  )
  const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`)
  await user.click(await screen.findByRole('button', { name: 'Cancel Session…' }))
  expect(await screen.findByText('Everything that is left goes back; $12.50 went back earlier.')).toBeTruthy()
})

describe('moving', () => {
  test('to another open time of the same length', async () => {
    const stored = serving()
    // Once: midnight may come while this runs.
    const tomorrow = addDays(dateKey(Date.now(), 'America/Chicago'), 1)
    const start = `${tomorrow}T17:00:00Z`
    const sent: unknown[] = []
    const asked: Record<string, string>[] = []
    server.use(
      respond('get', '/v1/me/availability/preview', ({ request }) => {
        asked.push(Object.fromEntries(new URL(request.url).searchParams))
        return someSlots([start])
      }),
      respond('post', '/v1/organizations/{org}/bookings/{bookingId}/reschedule', async ({ request }) => {
        sent.push(await request.json())
        stored.now = { ...stored.now, start, end: `${tomorrow}T18:00:00Z` }
        return stored.now
      }),
    )
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`)
    await user.click(await screen.findByRole('button', { name: 'Reschedule…' }))
    const dialog = screen.getByRole('dialog')
    expect(within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Move Session' }).disabled).toBe(true)
    await user.click(await within(dialog).findByRole('radio', { name: `${longDate(tomorrow)}, 1 time` }))
    await user.click(within(dialog).getByRole('radio', { name: bareTime(start, 'America/Chicago') }))
    await user.click(within(dialog).getByRole('button', { name: 'Move Session' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(sent).toEqual([{ start }])
    // One's own schedule is asked about without naming oneself.
    expect(asked[0]).toMatchObject({ organization: 'demo', durationMinutes: '60' })
    expect(asked[0]?.trainerId).toBeUndefined()
    const moved = dateAndTimeRange(start, `${tomorrow}T18:00:00Z`, 'America/Chicago')
    await screen.findByText(`Session moved to ${moved}.`)
    const times = [...document.querySelectorAll('time')].map(({ textContent }) => textContent)
    expect(times).toContain(moved)
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

type Refund = Schemas['Booking']['refunds'][number]

const aRefund = (over: Partial<Refund> = {}): Refund => ({
  id: anId(),
  amount: { amount: 2500, currency: 'USD' },
  status: 'pending',
  reason: 'Refunded by an admin',
  note: null,
  problem: null,
  nextAttemptAt: null,
  createdAt: inHours(-1),
  settledAt: null,
  actions: { retry: NO },
  ...over,
})

/** A session whose money an admin may send back; keeps what was asked for. */
function refunding(over: Partial<Schemas['Booking']> = {}) {
  const stored = serving({ ...over, actions: { ...aBooking().actions, refund: YES, ...over.actions } })
  const sent: { body: unknown; key: string | null }[] = []
  server.use(
    respond('post', '/v1/organizations/{org}/bookings/{bookingId}/refunds', async ({ request }) => {
      const body = (await request.json()) as { amount: Schemas['Money'] }
      sent.push({ body, key: request.headers.get('Idempotency-Key') })
      stored.now = {
        ...stored.now,
        refunded: body.amount,
        refunds: [aRefund({ amount: body.amount })],
        actions: { ...stored.now.actions, refund: NO },
      }
      return stored.now
    }),
  )
  return { stored, sent }
}

describe('refunding', () => {
  test('offers all that is left, says to the cent what goes back and what is kept, and asks with the amount', async () => {
    const { stored, sent } = refunding({ refunded: { amount: 1501, currency: 'USD' } })
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Refund…' }))
    const dialog = screen.getByRole('dialog')
    const amount = within(dialog).getByLabelText<HTMLInputElement>('Amount in USD')
    expect(amount.value).toBe('59.99')
    expect(within(dialog).getByText('At most $59.99, what is left of $75.00 paid.')).toBeTruthy()
    await user.clear(amount)
    await user.type(amount, '45')
    expect(within(dialog).getByText('$45.00')).toBeTruthy()
    expect(within(dialog).getByText('$14.99')).toBeTruthy()
    await user.type(within(dialog).getByLabelText('Reason (optional)'), 'We started late.')
    await user.click(within(dialog).getByRole('button', { name: 'Refund $45.00' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(sent).toEqual([
      {
        body: { amount: { amount: 4500, currency: 'USD' }, reason: 'We started late.' },
        key: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ])
    expect(await screen.findByText('Refund of $45.00')).toBeTruthy()
    expect(screen.getByText(`Refund of $45.00 to ${stored.now.customer.name} requested.`)).toBeTruthy()
    expect(screen.getByText('On its way')).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Refund…' })).toBeNull()
    // The button that opened the dialog is gone; the focus is not.
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 })))
  })

  test.each([
    ['JPY', 7500, '7500', '¥7,500', '75.5', 'Enter an amount such as 1250.'],
    ['KWD', 7500, '7.500', 'KWD 7.500', '1.2345', 'Enter an amount such as 12.500.'],
    ['USD', 7500, '75.00', '$75.00', '80', 'At most $75.00 is left.'],
    ['USD', 7500, '75.00', '$75.00', '0', 'Enter more than nothing.'],
  ])(
    'counts %s in its own decimals and refuses what is none of it',
    async (currency, minor, text, words, wrong, fault) => {
      const price = { amount: minor, currency }
      const { stored, sent } = refunding({ price, paid: price, refunded: { amount: 0, currency } })
      const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
      await user.click(await screen.findByRole('button', { name: 'Refund…' }))
      const dialog = screen.getByRole('dialog')
      const amount = within(dialog).getByLabelText<HTMLInputElement>(`Amount in ${currency}`)
      expect(amount.value).toBe(text)
      await user.clear(amount)
      await user.type(amount, wrong)
      await user.click(within(dialog).getByRole('button', { name: 'Refund' }))
      expect(within(dialog).getByText(fault)).toBeTruthy()
      expect(within(dialog).getAllByRole('alert')).toHaveLength(1)
      expect(document.activeElement).toBe(amount)
      expect(sent).toEqual([])
      await user.clear(amount)
      await user.type(amount, text)
      await user.click(within(dialog).getByRole('button', { name: `Refund ${words}` }))
      await waitFor(() => expect(sent).toMatchObject([{ body: { amount: price } }]))
    },
  )

  test('what somebody else has refunded meanwhile is refused in place, and the rest is offered', async () => {
    const { stored } = refunding()
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Refund…' }))
    const dialog = screen.getByRole('dialog')
    stored.now = { ...stored.now, refunded: { amount: 5000, currency: 'USD' } }
    server.use(
      respond('post', '/v1/organizations/{org}/bookings/{bookingId}/refunds', () =>
        refusal(409, 'refund_exceeds_paid', { refundable: { amount: 2500, currency: 'USD' } }),
      ),
    )
    await user.click(within(dialog).getByRole('button', { name: 'Refund $75.00' }))
    expect(await within(dialog).findByText('That is more than was paid')).toBeTruthy()
    expect(await within(dialog).findByText('At most $25.00, what is left of $75.00 paid.')).toBeTruthy()
  })

  test('a repeat after a lost answer carries the same key; another amount another one', async () => {
    const { stored } = refunding()
    const keys: (string | null)[] = []
    server.use(
      respond('post', '/v1/organizations/{org}/bookings/{bookingId}/refunds', ({ request }) => {
        keys.push(request.headers.get('Idempotency-Key'))
        return refusal(503, 'service_unavailable')
      }),
    )
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Refund…' }))
    const dialog = screen.getByRole('dialog')
    await user.click(within(dialog).getByRole('button', { name: 'Refund $75.00' }))
    await within(dialog).findByText('Ordinatus is not available right now')
    await user.click(within(dialog).getByRole('button', { name: 'Refund $75.00' }))
    await waitFor(() => expect(keys).toHaveLength(2))
    const amount = within(dialog).getByLabelText('Amount in USD')
    await user.clear(amount)
    await user.type(amount, '10')
    await user.click(await within(dialog).findByRole('button', { name: 'Refund $10.00' }))
    await waitFor(() => expect(keys).toHaveLength(3))
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).not.toBe(keys[0])
  })

  test('warns while the customer’s bank is being asked for the same money', async () => {
    const { stored } = refunding({
      disputes: [
        {
          id: anId(),
          amount: { amount: 7500, currency: 'USD' },
          status: 'open',
          isInquiry: false,
          reason: 'No reason was given',
          respondBy: null,
          createdAt: inHours(-1),
        },
      ],
    })
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Refund…' }))
    expect(within(screen.getByRole('dialog')).getByText('This payment is disputed')).toBeTruthy()
  })

  test('does not warn of a bank that only asks: a refund settles that', async () => {
    const inquiry = {
      id: anId(),
      amount: { amount: 7500, currency: 'USD' },
      status: 'open' as const,
      isInquiry: true,
      reason: 'No reason was given',
      respondBy: null,
      createdAt: inHours(-1),
    }
    const { stored } = refunding({ disputes: [inquiry] })
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Refund…' }))
    expect(within(screen.getByRole('dialog')).queryByText('This payment is disputed')).toBeNull()
    expect(screen.getByText('$75.00 asked about by the bank')).toBeTruthy()
    expect(screen.getByText(/No money has been taken; a refund from here settles it as well/)).toBeTruthy()
    expect(screen.queryByText(/would pay twice/)).toBeNull()
  })

  test('says what becomes of the trainer’s pay', async () => {
    const { stored } = refunding({ payout: { amount: { amount: 5250, currency: 'USD' }, sharePercent: 70 } })
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    await user.click(await screen.findByRole('button', { name: 'Refund…' }))
    expect(screen.getByText(/Tina Novak has earned \$52\.50 with it, 70% of what was kept\. A correction/)).toBeTruthy()
  })

  test('one that failed says why, and can be made again', async () => {
    const failed = aRefund({
      status: 'failed',
      problem: 'The customer’s bank account was closed.',
      actions: { retry: YES },
    })
    const stored = serving({ refunds: [failed] })
    const retried: unknown[] = []
    server.use(
      respond('post', '/v1/organizations/{org}/bookings/{bookingId}/refunds/{refundId}/retry', ({ params }) => {
        retried.push(params.refundId)
        stored.now = { ...stored.now, refunds: [{ ...failed, actions: { retry: NO } }, aRefund()] }
        return stored.now
      }),
    )
    const { user } = renderApp(`/o/demo/bookings/${stored.now.id}`, admin())
    expect(
      await screen.findByText(/The customer did not get it\. The customer’s bank account was closed\./),
    ).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Retry the refund of $25.00' }))
    await waitFor(() => expect(screen.queryByRole('button', { name: /^Retry/ })).toBeNull())
    expect(retried).toEqual([failed.id])
    expect(screen.getByText('Failed')).toBeTruthy()
    expect(screen.getByText('On its way')).toBeTruthy()
  })

  test('is not there for who may not', async () => {
    const stored = serving()
    renderApp(`/o/demo/bookings/${stored.now.id}`)
    await screen.findByRole('button', { name: 'Cancel Session…' })
    expect(screen.queryByRole('button', { name: 'Refund…' })).toBeNull()
  })
})

test('the money’s history is told from the latest back, with disputes and what to do about them', async () => {
  const booking = aBooking({
    createdAt: '2026-11-20T15:00:00Z',
    paidAt: '2026-11-20T15:05:00Z',
    confirmedAt: '2026-11-20T15:05:00Z',
    refunds: [aRefund({ createdAt: '2026-11-21T15:00:00Z', status: 'succeeded', note: 'Sorry' })],
    disputes: [
      {
        id: anId(),
        amount: { amount: 7500, currency: 'USD' },
        status: 'open',
        isInquiry: false,
        reason: 'The customer does not recognize the payment',
        respondBy: '2026-12-01T18:00:00Z',
        createdAt: '2026-11-22T15:00:00Z',
      },
    ],
  })
  server.use(
    respond('get', '/v1/organizations/{org}/bookings/{bookingId}', () => booking),
    respond('get', '/v1/organizations/{org}/requests/{requestId}', () =>
      aRequest({ attention: { reason: 'payment_disputed', since: '2026-11-22T15:00:00Z' } }),
    ),
  )
  renderApp(`/o/demo/bookings/${booking.id}`, admin())
  const entries = within(await screen.findByRole('list', { name: 'Payment history' })).getAllByRole('listitem')
  expect(entries.map((entry) => entry.querySelector('p')?.textContent)).toEqual([
    '$75.00 disputedUndecided',
    'Refund of $25.00Sent',
    'Session confirmed',
    '$75.00 paid',
    'Time chosen, $75.00 to pay',
  ])
  expect(
    screen.getByText(/To be answered in the organization’s Stripe dashboard by Tue, Dec 1 · 12:00 PM CST/),
  ).toBeTruthy()
  expect(await screen.findByText('The customer has turned to their bank about a payment.')).toBeTruthy()
})
