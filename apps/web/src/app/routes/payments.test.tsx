import { screen, waitFor, within } from '@testing-library/react'
import { HttpResponse, http } from 'msw'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { aMe, aMembership, aPage, aPayment, inHours, someSettings } from '../../testing/fixtures.ts'
import { refusal, respond } from '../../testing/handlers.ts'
import { renderApp } from '../../testing/render-app.tsx'
import { server } from '../../testing/server.ts'

const ADMIN = aMe({ memberships: [aMembership({ role: 'org_admin', roleLabel: 'Organizational Admin' })] })
const usd = (amount: number) => ({ amount, currency: 'USD' })

const DOLLARS: Schemas['PaymentTotals'] = {
  currency: 'USD',
  captured: usd(54000),
  refunded: usd(9000),
  net: usd(45000),
  underWay: usd(0),
  paymentCount: 6,
}
const YEN = { amount: 7500, currency: 'JPY' }

/** The API's side; answers what was asked of the list. */
function serving(rows: Schemas['Payment'][], totals: Schemas['PaymentTotals'][] = [DOLLARS]) {
  const asked: string[] = []
  server.use(
    respond('get', '/v1/organizations/{org}/settings', () => someSettings()),
    respond('get', '/v1/organizations/{org}/payments', ({ request }) => {
      asked.push(new URL(request.url).search)
      return aPage(rows)
    }),
    respond('get', '/v1/organizations/{org}/payments/summary', () => ({ timeZone: 'America/Chicago', totals })),
  )
  return asked
}

describe('the list', () => {
  test('says of each payment what was paid, what went back, what is left, and leads to its session', async () => {
    const payment = aPayment({
      at: '2026-11-23T15:35:00Z',
      status: 'partially_refunded',
      statusLabel: 'Partly refunded',
      refunded: usd(2500),
      net: usd(6500),
      provider: 'stripe',
      providerLabel: 'Stripe',
      providerUrl: 'https://dashboard.stripe.com/payments/pi_1',
    })
    serving([payment])
    renderApp('/o/demo/admin/payments', ADMIN)
    const row = within(await screen.findByRole('table', { name: 'Payments' })).getAllByRole('row')[1]
    const cells = within(row as HTMLElement)
    expect(cells.getByText(/9:35 AM CST/)).toBeTruthy()
    // In the columns Amount, Net and Status.
    const texts = cells.getAllByRole('cell').map(({ textContent }) => textContent)
    expect(texts.slice(3, 6)).toEqual(['$90.00$25.00 back', '$65.00', 'Partly refunded'])
    const outside = cells.getByRole('link', { name: /^Stripe/ })
    expect(outside.getAttribute('href')).toBe('https://dashboard.stripe.com/payments/pi_1')
    expect(outside.getAttribute('rel')).toContain('noreferrer')
    expect(cells.getByRole('link', { name: /^View session/ }).getAttribute('href')).toBe(
      `/o/demo/bookings/${payment.booking.id}`,
    )
  })

  test('says that a refund is on its way, that one failed, and that the bank was asked', async () => {
    const refund = {
      id: '1',
      amount: usd(2500),
      reason: 'r',
      providerRefundId: null,
      createdAt: inHours(-1),
      isMissing: false,
    }
    serving([
      aPayment({ refunds: [{ ...refund, status: 'pending' }] }),
      aPayment({ refunds: [{ ...refund, status: 'failed', isMissing: true }] }),
      aPayment({
        dispute: {
          id: '2',
          status: 'open',
          isInquiry: false,
          statusLabel: 'Undecided',
          amount: usd(9000),
          reason: 'The customer does not recognize the payment',
          respondBy: null,
          createdAt: inHours(-1),
        },
      }),
      aPayment({
        dispute: {
          id: '3',
          status: 'open',
          isInquiry: true,
          statusLabel: 'Inquiry',
          amount: usd(9000),
          reason: 'The customer does not recognize the payment',
          respondBy: null,
          createdAt: inHours(-1),
        },
      }),
    ])
    renderApp('/o/demo/admin/payments', ADMIN)
    expect(await screen.findByText('A refund is on its way')).toBeTruthy()
    expect(screen.getByText('A refund did not go through')).toBeTruthy()
    expect(screen.getByText('Disputed: Undecided')).toBeTruthy()
    expect(screen.getByText('Bank: Inquiry')).toBeTruthy()
  })

  test('that cannot be read says so once, for list and totals together', async () => {
    serving([])
    server.use(
      respond('get', '/v1/organizations/{org}/payments', () => refusal(503, 'service_unavailable')),
      respond('get', '/v1/organizations/{org}/payments/summary', () => refusal(503, 'service_unavailable')),
    )
    renderApp('/o/demo/admin/payments', ADMIN)
    expect((await screen.findByRole('alert')).textContent).toContain('Ordinatus is not available right now')
    expect(screen.getAllByRole('alert')).toHaveLength(1)
    expect(screen.getAllByRole('button', { name: 'Try again' })).toHaveLength(1)
  })

  test('adds up, and keeps currencies apart in their own decimals', async () => {
    serving(
      [aPayment()],
      [
        { ...DOLLARS, paymentCount: 1 },
        { currency: 'JPY', captured: YEN, refunded: { ...YEN, amount: 0 }, net: YEN, underWay: YEN, paymentCount: 1 },
      ],
    )
    renderApp('/o/demo/admin/payments', ADMIN)
    const totals = await screen.findByRole('region', { name: 'Totals' })
    expect(within(totals).getByText('Captured, USD').nextElementSibling?.textContent).toBe('$540.00')
    expect(within(totals).getByText('Captured, JPY').nextElementSibling?.textContent).toBe('¥7,500')
    expect(within(totals).getAllByText('1 payment')).toHaveLength(2)
  })
})

describe('what is chosen', () => {
  test('stands in the address and narrows list and totals', async () => {
    const asked = serving([aPayment()])
    const { user } = renderApp('/o/demo/admin/payments?status=refunded&from=2026-11-01', ADMIN)
    await screen.findByRole('table', { name: 'Payments' })
    expect(asked.at(-1)).toBe('?status=refunded&from=2026-11-01')
    await user.selectOptions(screen.getByLabelText('Status'), 'Paid')
    await user.type(screen.getByLabelText('Search'), 'R-4H8T')
    await waitFor(() => expect(asked.at(-1)).toBe('?search=R-4H8T&status=paid&from=2026-11-01'))
    expect(screen.getByTestId('address').textContent).toContain('search=R-4H8T')
  })

  test('a first day after the last one takes the last one along', async () => {
    const asked = serving([aPayment()])
    const { user } = renderApp('/o/demo/admin/payments?from=2026-11-01&to=2026-11-02', ADMIN)
    const from = await screen.findByLabelText('From')
    await user.clear(from)
    await user.type(from, '2026-11-09')
    await waitFor(() => expect(asked.at(-1)).toBe('?from=2026-11-09&to=2026-11-09'))
  })

  test('when nothing fits, one button shows all again', async () => {
    const asked = serving([], [])
    const { user } = renderApp('/o/demo/admin/payments?search=nobody', ADMIN)
    await user.click(await screen.findByRole('button', { name: 'Show all payments' }))
    expect(await screen.findByText('No payments yet')).toBeTruthy()
    expect(asked.at(-1)).toBe('')
    expect(screen.getByLabelText<HTMLInputElement>('Search').value).toBe('')
  })
})

describe('the file', () => {
  const saved: { name: string; href: string }[] = []
  beforeEach(() => {
    saved.length = 0
    URL.createObjectURL = () => 'blob:payments'
    URL.revokeObjectURL = () => {}
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, href: this.href })
    })
  })
  afterEach(() => vi.restoreAllMocks())

  test('is asked for with the same filters and the person’s own token', async () => {
    serving([aPayment()])
    const asked: { search: string; authorization: string | null }[] = []
    server.use(
      http.get('*/v1/organizations/:org/payments.csv', ({ request }) => {
        asked.push({ search: new URL(request.url).search, authorization: request.headers.get('Authorization') })
        return new HttpResponse('Time (UTC)\r\n', {
          headers: {
            'Content-Type': 'text/csv; charset=utf-8',
            'Content-Disposition': 'attachment; filename="payments-demo-2026-11-23.csv"',
          },
        })
      }),
    )
    const { user } = renderApp('/o/demo/admin/payments?status=paid', ADMIN)
    await user.click(await screen.findByRole('button', { name: 'Export CSV' }))
    await waitFor(() => expect(saved).toEqual([{ name: 'payments-demo-2026-11-23.csv', href: 'blob:payments' }]))
    expect(asked).toEqual([{ search: '?status=paid', authorization: 'Bearer access-token' }])
  })

  test('that cannot be made says so, and the list stays', async () => {
    serving([aPayment()])
    server.use(http.get('*/v1/organizations/:org/payments.csv', () => refusal(503, 'service_unavailable')))
    const { user } = renderApp('/o/demo/admin/payments', ADMIN)
    await user.click(await screen.findByRole('button', { name: 'Export CSV' }))
    expect(await screen.findByText('Export: Ordinatus is not available right now')).toBeTruthy()
    expect(screen.getByRole('table', { name: 'Payments' })).toBeTruthy()
    expect(saved).toEqual([])
  })
})

test('a payment that changes is read again by itself', async () => {
  let rows = [aPayment({ status: 'open', statusLabel: 'Awaiting the customer' })]
  serving([])
  server.use(respond('get', '/v1/organizations/{org}/payments', () => aPage(rows)))
  const { sendLive } = renderApp('/o/demo/admin/payments', ADMIN)
  const table = await screen.findByRole('table', { name: 'Payments' })
  expect(within(table).getByText('Awaiting the customer')).toBeTruthy()
  rows = rows.map((row) => ({ ...row, status: 'paid' as const, statusLabel: 'Paid' }))
  sendLive('booking_changed', { bookingId: rows[0]?.booking.id ?? '' })
  expect(await within(table).findByText('Paid')).toBeTruthy()
})

test('a trainer finds nothing there', async () => {
  renderApp('/o/demo/admin/payments')
  expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy()
})
