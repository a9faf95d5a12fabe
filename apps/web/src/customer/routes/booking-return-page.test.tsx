import { screen } from '@testing-library/react'
import { HttpResponse } from 'msw'
import { beforeEach, expect, test } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { server } from '../../testing/server.ts'
import { keepBookingPath } from '../features/scheduling/return-path.ts'
import { bookingOf, CONFIRMED, EXPIRED, ORGANIZATION, PAID } from '../testing/customer-fixtures.ts'
import { renderCustomer } from '../testing/render-customer.tsx'
import { BookingReturnPage } from './booking-return-page.tsx'

let booking: Schemas['CustomerBooking']
const openPage = (patienceMs = 60_000) =>
  renderCustomer(<BookingReturnPage returnToken="return-token" patienceMs={patienceMs} lookAgainMs={0} />)

beforeEach(() => {
  booking = bookingOf()
  server.use(respond('post', '/v1/scheduling/booking/check-payment', () => booking))
})

test('says that it is checking until the truth is there, and then says the truth', async () => {
  openPage()
  expect(await screen.findByRole('heading', { name: 'Checking your payment' })).toBeInTheDocument()
  expect(screen.queryByText(/received your payment/)).toBeNull()
  expect(screen.queryByRole('link', { name: 'Pay now' })).toBeNull()
  booking = bookingOf(PAID)
  const heading = await screen.findByRole('heading', { name: 'Payment received' }, { timeout: 5000 })
  expect(heading).toHaveFocus()
  expect(
    screen.getByText('We received your payment. Your trainer will confirm your session shortly.'),
  ).toBeInTheDocument()
})

test('without a payment it claims none, and offers to pay while the time is held', async () => {
  keepBookingPath('/book/secret')
  openPage(0)
  expect(await screen.findByRole('heading', { name: 'We have not received a payment yet' })).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Pay now' })).toHaveAttribute('href', booking.checkoutUrl)
  expect(screen.getByRole('link', { name: 'Choose another time' })).toHaveAttribute('href', '/book/secret')
})

test.each([
  ['right', 0],
  ['ten minutes ahead', -10],
  ['ten minutes behind', 10],
])(
  'on a device whose clock is %s, the time left is that of the product’s clock',
  async (_clock, productAheadMinutes) => {
    const productNow = Date.now() + productAheadMinutes * 60_000
    booking = bookingOf({ holdExpiresAt: new Date(productNow + 5.5 * 60_000).toISOString() })
    server.use(
      respond(
        'post',
        '/v1/scheduling/booking/check-payment',
        () => new HttpResponse(JSON.stringify(booking), { headers: { Date: new Date(productNow).toUTCString() } }),
      ),
    )
    openPage(0)
    expect(await screen.findByText(/^5:[0-3]\d left to pay$/)).toBeInTheDocument()
  },
)

test.each([
  ['processing', { ...PAID, paymentStatus: 'processing' as const }, 'Your payment is being processed'],
  ['confirmed', CONFIRMED, 'Your session is booked'],
  ['expired', { ...EXPIRED, paymentStatus: 'unpaid' as const }, 'The time to pay has ended'],
  ['failed', { ...EXPIRED, paymentStatus: 'failed' as const }, 'Your payment did not go through'],
  ['canceled', { ...PAID, status: 'canceled' as const }, 'This booking was canceled'],
])('%s is called by its name', async (_state, part, title) => {
  booking = bookingOf(part)
  openPage()
  expect(await screen.findByRole('heading', { name: title })).toBeInTheDocument()
})

test('a payment that is honoured after the time to pay has ended is never first called missing', async () => {
  const answers = [{ ...EXPIRED, paymentStatus: 'unpaid' as const }, CONFIRMED].map(bookingOf)
  const titles: (string | null)[] = []
  server.use(
    respond('post', '/v1/scheduling/booking/check-payment', () => {
      titles.push(document.querySelector('h1')?.textContent ?? null)
      return answers.shift() ?? bookingOf(CONFIRMED)
    }),
  )
  openPage()
  expect(await screen.findByRole('heading', { name: 'Your session is booked' })).toBeInTheDocument()
  expect(titles).toEqual(['Loading your booking', 'Checking your payment'])
})

test('a session that was refunded in part says what was paid and what went back', async () => {
  booking = bookingOf({
    ...CONFIRMED,
    paymentStatus: 'partially_refunded',
    refunded: { amount: 2500, currency: 'USD' },
  })
  openPage()
  expect(await screen.findByText('Refunded')).toBeInTheDocument()
  expect(screen.getByText('Paid').nextElementSibling).toHaveTextContent('$90.00')
  expect(screen.getByText('Refunded').nextElementSibling).toHaveTextContent('$25.00')
})

const SENT_BACK = {
  amount: { amount: 9000, currency: 'USD' },
  reason: 'The payment arrived after your reservation had ended, and the time is no longer free',
  isOfBooking: true,
}

test.each([
  ['pending', 'Your money is on its way back'],
  ['succeeded', 'We sent your money back'],
  ['failed', 'Your money is still to come back'],
] as const)(
  'money that came too late and is %s goes back with a reason, and a time can be chosen again',
  async (status, title) => {
    keepBookingPath('/book/secret')
    booking = bookingOf({ ...EXPIRED, paymentStatus: 'paid', sentBack: { ...SENT_BACK, status } })
    openPage()
    expect(await screen.findByRole('heading', { name: title })).toBeInTheDocument()
    expect(screen.getByText(/\$90\.00/, { selector: 'p' })).toBeInTheDocument()
    expect(screen.getByText(/^Why: The payment arrived after your reservation had ended/)).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Choose a time again' })).toHaveAttribute('href', '/book/secret')
  },
)

test('a booked session that was paid twice says that the second payment goes back', async () => {
  booking = bookingOf({
    ...CONFIRMED,
    sentBack: { ...SENT_BACK, status: 'pending', reason: 'The session had already been paid', isOfBooking: false },
  })
  openPage()
  expect(await screen.findByRole('heading', { name: 'Your session is booked' })).toBeInTheDocument()
  expect(screen.getByText(/\$90\.00 of what you paid goes back to you.*already been paid/)).toBeInTheDocument()
})

test('a session that was canceled after it had been paid twice is not said never to have been booked', async () => {
  booking = bookingOf({
    ...CONFIRMED,
    status: 'canceled',
    sentBack: { ...SENT_BACK, status: 'pending', reason: 'The session had already been paid', isOfBooking: false },
  })
  openPage()
  expect(await screen.findByRole('heading', { name: 'This booking was canceled' })).toBeInTheDocument()
  expect(screen.getByText(/\$90\.00 of what you paid goes back to you.*already been paid/)).toBeInTheDocument()
  expect(screen.queryByText(/was not booked/)).toBeNull()
})

test('without a payment for a while, it says that the checking goes on by itself', async () => {
  openPage(0)
  expect(await screen.findByText(/we keep checking, and write to you as soon as it has arrived/)).toBeInTheDocument()
})

test('a confirmed session can be put into the calendar, and joined', async () => {
  booking = bookingOf({
    ...CONFIRMED,
    delivery: {
      method: 'zoho_assist',
      label: 'Zoho Assist',
      customerUrl: 'https://assist.example.com/c/1',
      details: null,
    },
  })
  const { user } = openPage()
  await user.click(await screen.findByText('Add to calendar'))
  expect(screen.getByRole('link', { name: 'Google Calendar' })).toHaveAttribute('rel', 'noopener noreferrer')
  expect(screen.getByRole('link', { name: 'Join the session' })).toHaveAttribute(
    'href',
    'https://assist.example.com/c/1',
  )
})

test('a return link that has run out points to the emails', async () => {
  server.use(
    respond('post', '/v1/scheduling/booking/check-payment', () =>
      refusal(410, 'link_expired', { organization: ORGANIZATION }),
    ),
  )
  openPage()
  expect(await screen.findByRole('heading', { name: 'This page is no longer available' })).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'support@demo.test' })).toBeInTheDocument()
})
