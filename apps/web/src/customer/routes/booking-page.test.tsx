import { screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { bareTime, detectedTimeZone, timeOfDay } from '../../lib/dates.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { server } from '../../testing/server.ts'
import {
  bookingOf,
  CONFIRMED,
  dayAt,
  EXPIRED,
  ORGANIZATION,
  PAID,
  schedulingOf,
  slotOf,
  slotsOf,
} from '../testing/customer-fixtures.ts'
import { renderCustomer } from '../testing/render-customer.tsx'
import { BookingPage } from './booking-page.tsx'

const ZONE = detectedTimeZone()
const FIRST = dayAt(1, 6)
const SECOND = dayAt(1, 7)
const OTHER_DAY = dayAt(4, 6)

let scheduling: Schemas['Scheduling']
let starts: string[]

function openPage() {
  const leaveTo = vi.fn()
  return { leaveTo, ...renderCustomer(<BookingPage schedulingToken="secret-token" leaveTo={leaveTo} />) }
}

const timeOption = (start: string) => screen.findByRole('radio', { name: bareTime(start, ZONE) })
const pay = () => screen.getByRole('button', { name: 'Continue to payment' })

beforeEach(() => {
  scheduling = schedulingOf()
  starts = [FIRST, SECOND, OTHER_DAY]
  server.use(
    respond('get', '/v1/scheduling', () => scheduling),
    respond('get', '/v1/scheduling/slots', ({ request }) => {
      const minutes = Number(new URL(request.url).searchParams.get('durationMinutes'))
      return slotsOf(starts.map((start) => slotOf(start, minutes)))
    }),
  )
})

afterEach(() => {
  vi.useRealTimers()
})

describe('choosing a time', () => {
  test('the link’s secret travels in the Authorization header and never in an address', async () => {
    const seen: [string, string | null][] = []
    server.events.on('request:start', ({ request }) => {
      seen.push([request.url, request.headers.get('Authorization')])
    })
    openPage()
    await timeOption(FIRST)
    expect(seen.length).toBeGreaterThan(1)
    for (const [url, credential] of seen) {
      expect(url).not.toContain('secret-token')
      expect(credential).toBe('Bearer secret-token')
    }
    server.events.removeAllListeners()
  })

  test('says what, with whom, how long and how much; the shortest length is chosen', async () => {
    openPage()
    expect(await screen.findByRole('heading', { level: 1, name: 'One-to-one help' })).toBeInTheDocument()
    expect(screen.getByText('with Tina')).toBeInTheDocument()
    expect(await screen.findByRole('radio', { name: /30 min.*\$45\.00/ })).toBeChecked()
    expect(await screen.findByRole('radio', { name: /1 h.*\$90\.00/ })).not.toBeChecked()
  })

  test('each day says its weekday and number of free times', async () => {
    openPage()
    const days = await screen.findByRole('group', { name: /Choose a day/ })
    expect(
      within(days).getAllByRole('radio', { name: /^\w+day, \w+ \d+, (no|1|2) free times?$/ }).length,
    ).toBeGreaterThan(9)
    expect(within(days).getAllByRole('radio', { name: /, no free times$/ }).length).toBeGreaterThan(5)
  })

  test('an empty day leads to the next free one', async () => {
    const { user } = openPage()
    const [emptyDay] = await screen.findAllByRole('radio', { name: /, no free times$/ })
    if (emptyDay) await user.click(emptyDay)
    await user.click(await screen.findByRole('button', { name: /^Go to \w+day/ }))
    expect(await timeOption(OTHER_DAY)).toBeInTheDocument()
  })

  test('from the time to the checkout in one more tap, once, with the price that was shown', async () => {
    const bodies: unknown[] = []
    server.use(
      respond(
        'post',
        '/v1/scheduling/bookings',
        async ({ request }) => {
          bodies.push(await request.json())
          return { booking: bookingOf(), checkoutUrl: 'http://localhost:3000/test-checkout/1' }
        },
        201,
      ),
    )
    const { user, leaveTo } = openPage()
    await user.click(await timeOption(SECOND))
    expect(screen.getByText(/Full refund if you cancel by|not refunded/)).toBeInTheDocument()
    expect(screen.getByText(/Held for 1 h while you pay/)).toBeInTheDocument()
    await user.dblClick(pay())
    await waitFor(() => expect(leaveTo).toHaveBeenCalledExactlyOnceWith('http://localhost:3000/test-checkout/1'))
    expect(bodies).toEqual([
      {
        start: SECOND,
        durationMinutes: 30,
        timeZone: ZONE,
        expectedPrice: { amount: 4500, currency: 'USD' },
      },
    ])
  })

  test('the length can be changed after the time, which stays', async () => {
    const { user } = openPage()
    await user.click(await timeOption(FIRST))
    await user.click(screen.getByRole('radio', { name: /^1 h/ }))
    await waitFor(() =>
      expect(within(screen.getByRole('region', { name: 'Your time' })).getByText('$90.00')).toBeInTheDocument(),
    )
    expect(await timeOption(FIRST)).toBeChecked()
  })

  test('pressing the button without a time leads to the first one', async () => {
    const { user } = openPage()
    const first = await timeOption(FIRST)
    await user.click(pay())
    expect(first).toHaveFocus()
    expect(screen.getByText('Choose a time first.')).toBeInTheDocument()
  })

  test('another zone is kept for the next visit', async () => {
    const { user, unmount } = openPage()
    await timeOption(FIRST)
    await user.click(screen.getByRole('button', { name: 'Change the time zone' }))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Time zone' }), 'America/Chicago')
    expect(await screen.findByRole('radio', { name: bareTime(FIRST, 'America/Chicago') })).toBeInTheDocument()
    unmount()
    openPage()
    expect(await screen.findByText(/Times in Chicago, C[SD]T/)).toBeInTheDocument()
  })

  test('a price of nothing books at once', async () => {
    const booked = bookingOf({ ...CONFIRMED, paymentStatus: 'not_required', price: { amount: 0, currency: 'USD' } })
    server.use(
      respond('get', '/v1/scheduling/slots', () => slotsOf([slotOf(FIRST, 30, 0)])),
      respond(
        'post',
        '/v1/scheduling/bookings',
        () => {
          scheduling = schedulingOf({ booking: booked })
          return { booking: booked, checkoutUrl: null }
        },
        201,
      ),
    )
    const { user, leaveTo } = openPage()
    await user.click(await timeOption(FIRST))
    await user.click(screen.getByRole('button', { name: 'Book this time' }))
    expect(await screen.findByRole('heading', { name: 'Your session is booked' })).toHaveFocus()
    expect(leaveTo).not.toHaveBeenCalled()
  })
})

describe('when it does not go as wished', () => {
  test('a time that was just taken: fresh times, the rest of the choice kept', async () => {
    server.use(
      respond('post', '/v1/scheduling/bookings', () => {
        starts = [SECOND, OTHER_DAY]
        return refusal(409, 'slot_unavailable')
      }),
    )
    const { user, leaveTo } = openPage()
    await user.click(await timeOption(FIRST))
    await user.click(screen.getByRole('radio', { name: /^1 h/ }))
    await waitFor(() => expect(screen.getByRole('button', { name: 'Continue to payment' })).toBeInTheDocument())
    await screen.findByText('$90.00', { selector: 'p' })
    await user.click(pay())
    expect(await screen.findByText(/was just taken$/)).toBeInTheDocument()
    expect(screen.getByRole('radio', { name: /^1 h/ })).toBeChecked()
    expect(await timeOption(SECOND)).not.toBeChecked()
    expect(screen.queryByRole('radio', { name: bareTime(FIRST, ZONE) })).toBeNull()
    expect(leaveTo).not.toHaveBeenCalled()
  })

  test('a price that changed is shown before anything is paid, and the time stays', async () => {
    let amount = 4500
    server.use(
      respond('get', '/v1/scheduling/slots', () => slotsOf([slotOf(FIRST, 30, amount)])),
      respond('post', '/v1/scheduling/bookings', () => {
        amount = 6000
        return refusal(409, 'price_changed', { price: { amount: 6000, currency: 'USD' } })
      }),
    )
    const { user } = openPage()
    await user.click(await timeOption(FIRST))
    await user.click(pay())
    expect(await screen.findByText('The price is now $60.00')).toBeInTheDocument()
    expect(await timeOption(FIRST)).toBeChecked()
    expect(within(screen.getByRole('region', { name: 'Your time' })).getByText('$60.00')).toBeInTheDocument()
  })

  test('an open page notices that the trainer changed the session', async () => {
    openPage()
    await timeOption(FIRST)
    scheduling = schedulingOf({
      sessionType: { name: 'Long session', description: '' },
      durations: [{ durationMinutes: 90 }],
    })
    // The customer comes back to the tab a little later.
    vi.setSystemTime(Date.now() + 5000)
    window.dispatchEvent(new Event('visibilitychange'))
    vi.useRealTimers()
    expect(await screen.findByText('Tina changed this session')).toBeInTheDocument()
    expect(await screen.findByRole('heading', { level: 1, name: 'Long session' })).toBeInTheDocument()
  })

  test.each([
    ['no_open_slots', 'Tina has no open times right now'],
    ['calendar_unreadable', 'Tina’s calendar cannot be read right now'],
    ['payments_not_configured', 'Demo Support cannot take payments yet'],
    ['no_price', 'No price has been set for this length'],
  ] as const)('%s is said as it is', async (code, title) => {
    server.use(respond('get', '/v1/scheduling/slots', () => slotsOf([], { notice: { code, message: code } })))
    openPage()
    expect(await screen.findByText(title)).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Continue to payment' })).toBeNull()
  })

  test('without open times the customer can ask for some', async () => {
    let body: unknown
    server.use(
      respond('get', '/v1/scheduling/slots', () => slotsOf([], { notice: { code: 'no_open_slots', message: '' } })),
      respond(
        'post',
        '/v1/scheduling/time-requests',
        async ({ request }) => {
          body = await request.json()
          return { message: 'We have told your trainer.' }
        },
        202,
      ),
    )
    const { user } = openPage()
    await user.type(await screen.findByLabelText(/What would suit you/), 'Evenings')
    await user.click(screen.getByRole('button', { name: 'Ask for times' }))
    expect(await screen.findByText('Tina has been asked for times')).toBeInTheDocument()
    expect(body).toEqual({ message: 'Evenings' })
  })
})

describe('a hold', () => {
  test('shows its deadline as a clock time first, and both ways on', async () => {
    const hold = bookingOf({ start: FIRST, end: SECOND })
    scheduling = schedulingOf({ booking: hold })
    const { user } = openPage()
    const heading = await screen.findByRole('heading', { name: /^Held for you until/ })
    expect(heading).toHaveTextContent(timeOfDay(hold.holdExpiresAt ?? '', ZONE))
    expect(screen.getByText(/left to pay$/)).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Pay now' })).toHaveAttribute('href', hold.checkoutUrl)
    await user.click(screen.getByRole('button', { name: 'Choose another time' }))
    expect(await timeOption(FIRST)).toBeChecked()
    expect(screen.getByRole('radio', { name: /^1 h/ })).toBeChecked()
    await user.click(screen.getByRole('button', { name: 'Keep my time' }))
    expect(await screen.findByRole('link', { name: 'Pay now' })).toBeInTheDocument()
  })

  test('when it ends nothing is lost, and one button tries again', async () => {
    const deadline = new Date(Date.now() + 5 * 60_000)
    scheduling = schedulingOf({
      booking: bookingOf({ start: FIRST, end: SECOND, holdExpiresAt: deadline.toISOString() }),
    })
    server.use(
      respond(
        'post',
        '/v1/scheduling/bookings',
        () => ({ booking: bookingOf({ id: '01990000-0000-7000-8000-000000000002' }), checkoutUrl: '/test-checkout/2' }),
        201,
      ),
    )
    const { user, leaveTo } = openPage()
    await screen.findByRole('heading', { name: /^Held for you until/ })
    vi.setSystemTime(deadline)
    expect(await screen.findByText(/^The time to pay ended at/)).toBeInTheDocument()
    expect(screen.getByText(/Nothing is booked\. Your choice is kept/)).toBeInTheDocument()
    await user.click(await screen.findByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(leaveTo).toHaveBeenCalledWith('/test-checkout/2'))
  })

  test('a hold that ran out before the visit starts from that choice', async () => {
    scheduling = schedulingOf({ booking: bookingOf({ ...EXPIRED, start: FIRST, end: SECOND }) })
    openPage()
    expect(await screen.findByText('The time to pay has ended')).toBeInTheDocument()
    expect(await timeOption(FIRST)).toBeChecked()
  })

  test('money that came too late is said to go back, never that nothing was charged', async () => {
    const sentBack = {
      amount: { amount: 9000, currency: 'USD' },
      status: 'succeeded' as const,
      reason: 'The payment arrived after your reservation had ended, and the time is no longer free',
      isOfBooking: true,
    }
    scheduling = schedulingOf({ booking: bookingOf({ ...EXPIRED, start: FIRST, end: SECOND, sentBack }) })
    openPage()
    expect(await screen.findByText('We sent your money back')).toBeInTheDocument()
    expect(screen.getByText(/time is no longer free\. All of your \$90\.00 goes back/)).toBeInTheDocument()
    expect(await timeOption(FIRST)).toBeInTheDocument()
  })

  test('a payment that has arrived leaves nothing to choose', async () => {
    scheduling = schedulingOf({ booking: bookingOf(PAID) })
    openPage()
    expect(
      await screen.findByText('We received your payment. Your trainer will confirm your session shortly.'),
    ).toBeInTheDocument()
    expect(screen.queryByRole('group', { name: /Choose a day/ })).toBeNull()
  })
})

describe('a dead link', () => {
  const dead = (status: number, code: Parameters<typeof refusal>[1]) =>
    respond('get', '/v1/scheduling', () => refusal(status, code, { organization: ORGANIZATION }))

  test.each([
    ['link_expired', 'This link has expired'],
    ['link_replaced', 'There is a newer link'],
  ] as const)('%s: the customer asks for a new one', async (code, title) => {
    server.use(
      dead(410, code),
      respond(
        'post',
        '/v1/scheduling/new-link-requests',
        () => ({ message: 'No trainer has your request right now. Questions: help@demo.test' }),
        202,
      ),
    )
    const { user } = openPage()
    expect(await screen.findByRole('heading', { name: title })).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Ask for a new link' }))
    expect(await screen.findByRole('heading', { name: 'You have asked for a new link' })).toHaveFocus()
    // What the API says: whom it has told, or whom to turn to.
    expect(screen.getByText('No trainer has your request right now. Questions: help@demo.test')).toBeInTheDocument()
  })

  test('link_used: shows what was booked', async () => {
    server.use(
      dead(410, 'link_used'),
      respond('get', '/v1/scheduling/booking', () => bookingOf(CONFIRMED)),
    )
    openPage()
    expect(await screen.findByRole('heading', { name: 'Your session is booked' })).toBeInTheDocument()
    expect(screen.getByText('R-7K3M9Q2X')).toBeInTheDocument()
  })

  test('link_used, long after the session: says so and mails the booking', async () => {
    server.use(
      dead(410, 'link_used'),
      respond('get', '/v1/scheduling/booking', () => refusal(410, 'link_used')),
      respond('post', '/v1/scheduling/booking-mail-requests', () => refusal(503, 'service_unavailable')),
    )
    const { user } = openPage()
    expect(await screen.findByRole('heading', { name: 'You have already booked with this link' })).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Email me my booking' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('Ordinatus is not available right now')
    server.use(
      respond('post', '/v1/scheduling/booking-mail-requests', () => ({ message: 'Your booking is on its way.' }), 202),
    )
    await user.click(screen.getByRole('button', { name: 'Email me my booking' }))
    expect(await screen.findByRole('heading', { name: 'Look into your mailbox' })).toHaveFocus()
    expect(screen.getByText('Your booking is on its way.')).toBeInTheDocument()
  })

  test('request_closed: names whom to ask', async () => {
    server.use(dead(410, 'request_closed'))
    openPage()
    expect(await screen.findByRole('link', { name: 'Contact support' })).toHaveAttribute(
      'href',
      'mailto:support@demo.test',
    )
  })

  test('link_not_found: tells how to get it right', async () => {
    server.use(respond('get', '/v1/scheduling', () => refusal(404, 'link_not_found')))
    openPage()
    expect(await screen.findByRole('heading', { name: 'This link does not work' })).toBeInTheDocument()
  })

  test('a server in trouble is not the link’s fault', async () => {
    server.use(respond('get', '/v1/scheduling', () => refusal(500, 'internal_error')))
    const { user } = openPage()
    expect(await screen.findByText('req-test-1')).toBeInTheDocument()
    server.use(respond('get', '/v1/scheduling', () => scheduling))
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await timeOption(FIRST)).toBeInTheDocument()
  })
})
