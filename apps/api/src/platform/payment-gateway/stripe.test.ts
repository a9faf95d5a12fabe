import { type StripeStandIn, startStripeStandIn } from '@ordinatus/stripe-stand-in'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type CheckoutInput,
  PaymentGatewayMisconfigured,
  PaymentGatewayRefused,
  PaymentGatewayRightsMissing,
  PaymentGatewayUnavailable,
  PaymentGatewayUnknownObject,
  type RefundInput,
} from './payment-gateway.ts'
import { createStripeGateway, type StripeFailure, type StripeGateway } from './stripe.ts'

let now: Date
let standIn: StripeStandIn
let stripe: StripeGateway
let failures: StripeFailure[]
/** How long it waited before it asked again, in milliseconds. */
let pauses: number[]
/** What a test does that Stripe rightly refuses. */
let expectedViolations: number

beforeEach(async () => {
  now = new Date('2026-11-24T15:00:00Z')
  expectedViolations = 0
  failures = []
  pauses = []
  standIn = await startStripeStandIn({ clock: () => now })
  stripe = createStripeGateway({
    secretKey: standIn.secretKey,
    apiBase: standIn.origin,
    onFailure: (failure) => failures.push(failure),
    pause: async (milliseconds) => pauses.push(milliseconds),
  })
})

afterEach(async () => {
  await standIn.stop()
  expect(standIn.violations).toHaveLength(expectedViolations)
})

function checkout(change: Partial<CheckoutInput> = {}): CheckoutInput {
  return {
    organizationId: 'org',
    bookingId: 'booking-1',
    idempotencyKey: 'checkout:booking-1:1',
    amount: { amount: 9000, currency: 'USD' },
    description: '60-minute session, R-7K3M9Q2X',
    customerEmail: 'casey@example.com',
    expiresAt: new Date('2026-11-24T16:00:00Z'),
    returnUrl: 'https://sessions.example.com/book/return/secret',
    ...change,
  }
}

const organizationId = 'org'
const retrieve = (checkoutId: string) => stripe.retrieveCheckout({ organizationId, checkoutId })
const expire = (checkoutId: string) => stripe.expireCheckout({ organizationId, checkoutId })

async function paid(change: Partial<CheckoutInput> = {}): Promise<{ id: string; paymentId: string }> {
  const { id } = await stripe.createCheckout(checkout(change))
  standIn.account.pay(id)
  const { paymentId } = await retrieve(id)
  if (paymentId === null) throw new Error('It is not paid.')
  return { id, paymentId }
}

function refund(paymentId: string, change: Partial<RefundInput> = {}): RefundInput {
  return {
    organizationId,
    refundId: 'refund-1',
    idempotencyKey: 'refund:refund-1',
    paymentId,
    amount: { amount: 2500, currency: 'USD' },
    reason: 'You canceled the session',
    ...change,
  }
}

describe('a checkout at Stripe', () => {
  it('asks for the price until the hold’s deadline and carries the booking on session and payment', async () => {
    const made = await stripe.createCheckout(checkout())
    expect(made).toEqual({
      id: expect.stringMatching(/^cs_test_/),
      url: expect.stringContaining(standIn.origin),
      status: 'open',
      paymentStatus: 'unpaid',
      amount: { amount: 9000, currency: 'USD' },
      bookingId: 'booking-1',
      paymentId: null,
      expiresAt: new Date('2026-11-24T16:00:00Z'),
    })
    const metadata = { booking_id: 'booking-1', organization_id: 'org', attempt: 'checkout:booking-1:1' }
    expect(standIn.account.session(made.id)).toMatchObject({ client_reference_id: 'booking-1', metadata })
    standIn.account.pay(made.id)
    expect(standIn.account.captured()).toMatchObject([{ amount: 9000, currency: 'usd', metadata }])
    expect(standIn.account.chargeOf(made.id).metadata).toEqual(metadata)
    expect(standIn.calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['checkout:booking-1:1'])
  })

  it('takes the deadline in whole seconds', async () => {
    const made = await stripe.createCheckout(checkout({ expiresAt: new Date('2026-11-24T15:59:59.999Z') }))
    expect(made.expiresAt).toEqual(new Date('2026-11-24T15:59:59Z'))
  })

  it.each([
    ['USD', 9000, 9000],
    ['JPY', 9000, 9000],
    ['KWD', 27500, 27500],
    ['ISK', 9000, 900000],
    ['UGX', 90000, 9000000],
    ['MGA', 4500000, 45000],
  ])('counts %s as Stripe does: our %i are its %i', async (currency, amount, atStripe) => {
    const { id, paymentId } = await paid({ amount: { amount, currency } })
    expect(standIn.account.session(id)).toMatchObject({ amount_total: atStripe, currency: currency.toLowerCase() })
    expect((await retrieve(id)).amount).toEqual({ amount, currency })
    expect((await stripe.refund(refund(paymentId, { amount: { amount, currency } }))).amount).toEqual({
      amount,
      currency,
    })
    expect(standIn.account.captured()).toMatchObject([{ amount: atStripe, refunded: atStripe }])
  })

  it('is refused for an amount that Stripe cannot express, before anything is asked', async () => {
    await expect(stripe.createCheckout(checkout({ amount: { amount: 150, currency: 'MGA' } }))).rejects.toThrow(
      PaymentGatewayRefused,
    )
    expect(standIn.calls).toEqual([])
  })

  it('is paid once, when it says so itself', async () => {
    const { id } = await stripe.createCheckout(checkout())
    expect(await retrieve(id)).toMatchObject({ status: 'open', paymentStatus: 'unpaid', paymentId: null })
    standIn.account.decline(id)
    expect(await retrieve(id)).toMatchObject({ status: 'open', paymentStatus: 'unpaid', paymentId: null })
    standIn.account.pay(id)
    expect(await retrieve(id)).toMatchObject({
      status: 'complete',
      paymentStatus: 'paid',
      paymentId: expect.stringMatching(/^pi_/),
      url: null,
    })
  })

  it('is processing while a slow method of payment is under way, then paid', async () => {
    const { id } = await stripe.createCheckout(checkout())
    standIn.account.payLater(id)
    expect(await retrieve(id)).toMatchObject({ status: 'complete', paymentStatus: 'processing', paymentId: null })
    standIn.account.settle(id)
    expect(await retrieve(id)).toMatchObject({ status: 'complete', paymentStatus: 'paid' })
  })

  it('has failed when the slow method of payment came to nothing', async () => {
    const { id } = await stripe.createCheckout(checkout())
    standIn.account.payLater(id)
    standIn.account.fail(id)
    expect(await retrieve(id)).toMatchObject({ status: 'complete', paymentStatus: 'failed', paymentId: null })
  })

  it('ends by call, and again, and then cannot be paid', async () => {
    const { id } = await stripe.createCheckout(checkout())
    for (const _ of [1, 2])
      expect(await expire(id)).toMatchObject({ status: 'expired', paymentStatus: 'unpaid', url: null })
    standIn.account.pay(id)
    expect(await retrieve(id)).toMatchObject({ status: 'expired', paymentStatus: 'unpaid' })
    expect(standIn.account.captured()).toEqual([])
    expectedViolations = standIn.violations.length
  })

  it('that is paid cannot be ended: asked to, it says that it is paid', async () => {
    const { id } = await paid()
    expect(await expire(id)).toMatchObject({ status: 'complete', paymentStatus: 'paid' })
    expectedViolations = standIn.violations.length
  })

  it('is one however often the same call is made, and the repeat says how it stands by now', async () => {
    const first = await stripe.createCheckout(checkout())
    standIn.account.pay(first.id)
    expect(await stripe.createCheckout(checkout())).toMatchObject({ id: first.id, paymentStatus: 'paid', url: null })
    expect(standIn.account.sessions()).toHaveLength(1)
  })

  it('is refused under a key that was used for something else', async () => {
    await stripe.createCheckout(checkout())
    await expect(stripe.createCheckout(checkout({ amount: { amount: 1, currency: 'USD' } }))).rejects.toThrow(
      PaymentGatewayRefused,
    )
    expectedViolations = standIn.violations.length
  })

  it('is found by its key when it was made, however near its deadline, and is none when it was not', async () => {
    const find = (idempotencyKey: string, begunAt = now) =>
      stripe.findCheckout({ organizationId, idempotencyKey, begunAt })
    expect(await find('checkout:booking-1:1')).toBeNull()
    const begunAt = now
    const { id } = await stripe.createCheckout(checkout())
    for (let other = 2; other < 110; other += 1)
      await stripe.createCheckout(checkout({ bookingId: `${other}`, idempotencyKey: `checkout:${other}:1` }))
    now = new Date('2026-11-24T15:45:00Z')
    expect(await find('checkout:booking-1:1', begunAt)).toMatchObject({ id, status: 'open', bookingId: 'booking-1' })
    // Made long before it was begun, it is another one.
    const later = new Date('2026-11-24T15:06:00Z')
    expect(await find('checkout:booking-1:1', later)).toBeNull()
    standIn.account.pay(id)
    expect(await find('checkout:booking-1:1', begunAt)).toMatchObject({ id, paymentStatus: 'paid' })
  })

  it('is refused with less than half an hour to its deadline', async () => {
    const soon = new Date(now.getTime() + 30 * 60_000 - 1000)
    await expect(stripe.createCheckout(checkout({ expiresAt: soon }))).rejects.toThrow(PaymentGatewayRefused)
    expect(failures).toMatchObject([{ operation: 'checkout.sessions.create', status: 400 }])
    expectedViolations = standIn.violations.length
  })
})

describe('when Stripe does not answer as it should', () => {
  it('an answer that is lost is asked for again under the same key: one session', async () => {
    standIn.faults.next('createCheckoutSession', { kind: 'lose_after' })
    const made = await stripe.createCheckout(checkout())
    expect(standIn.account.sessions().map(({ id }) => id)).toEqual([made.id])
    expect(
      new Set(standIn.calls.filter((call) => call.method === 'POST').map((call) => call.idempotencyKey)).size,
    ).toBe(1)
  })

  it('lost three times over it is unavailable, and a later repeat finds the one session', async () => {
    standIn.faults.next('createCheckoutSession', { kind: 'lose_after' }, 3)
    await expect(stripe.createCheckout(checkout())).rejects.toThrow(PaymentGatewayUnavailable)
    expect(failures).toMatchObject([{ status: null, type: 'StripeConnectionError' }])
    const made = await stripe.createCheckout(checkout())
    expect(standIn.account.sessions().map(({ id }) => id)).toEqual([made.id])
  })

  it('a kept error after which the session exists leads to that session', async () => {
    standIn.faults.next('createCheckoutSession', { kind: 'server_error', executed: true })
    const made = await stripe.createCheckout(checkout())
    expect(standIn.account.sessions().map(({ id }) => id)).toEqual([made.id])
    expect((await stripe.createCheckout(checkout())).id).toBe(made.id)
  })

  it('a kept error after which there is none leads to one under a second key', async () => {
    standIn.faults.next('createCheckoutSession', { kind: 'server_error', executed: false })
    const made = await stripe.createCheckout(checkout())
    expect(standIn.account.sessions().map(({ id }) => id)).toEqual([made.id])
    expect((await stripe.createCheckout(checkout())).id).toBe(made.id)
    expect(standIn.account.sessions()).toHaveLength(1)
  })

  it('a kept error leaves one refund, whether it was made or not', async () => {
    for (const executed of [true, false]) {
      const own = `${executed}`
      const { paymentId } = await paid({ bookingId: own, idempotencyKey: `checkout:${own}:1` })
      standIn.faults.next('createRefund', { kind: 'server_error', executed })
      const input = refund(paymentId, { refundId: own, idempotencyKey: `refund:${own}` })
      const made = await stripe.refund(input)
      expect((await stripe.refund(input)).id).toBe(made.id)
      expect((await stripe.listRefunds({ organizationId, paymentId })).map(({ id }) => id)).toEqual([made.id])
    }
  })

  it('out of reach it is unavailable in every call, and the log learns which', async () => {
    const { id, paymentId } = await paid()
    standIn.faults.outage(true)
    const calls = [
      () => stripe.createCheckout(checkout({ idempotencyKey: 'another' })),
      () => retrieve(id),
      () => expire(id),
      () => stripe.refund(refund(paymentId)),
      () => stripe.retrieveRefund({ organizationId, refundId: 're_1' }),
      () => stripe.listRefunds({ organizationId, paymentId }),
      () => stripe.verifyAccount(),
    ]
    await Promise.all(calls.map((call) => expect(call()).rejects.toThrow(PaymentGatewayUnavailable)))
    expect(failures).toHaveLength(calls.length)
    expect(standIn.account.refunds()).toEqual([])
  }, 30_000)

  it('too many requests: asked again three times under the same key, with growing pauses', async () => {
    standIn.faults.next('createCheckoutSession', { kind: 'rate_limited' }, 3)
    expect(await stripe.createCheckout(checkout())).toMatchObject({ status: 'open' })
    expect(standIn.calls.map((call) => [call.status, call.idempotencyKey])).toEqual([
      ...Array(3).fill([429, 'checkout:booking-1:1']),
      [200, 'checkout:booking-1:1'],
    ])
    expect(pauses.map((pause, index) => pause >= 250 * 2 ** index && pause <= 500 * 2 ** index)).toEqual([
      true,
      true,
      true,
    ])
    expect(failures).toEqual([])
  })

  it('too many requests a fourth time is unavailable, and a later repeat goes through', async () => {
    standIn.faults.next('createRefund', { kind: 'rate_limited' }, 4)
    const { paymentId } = await paid()
    await expect(stripe.refund(refund(paymentId))).rejects.toThrow(PaymentGatewayUnavailable)
    expect(pauses).toHaveLength(3)
    expect(failures).toMatchObject([{ operation: 'refunds.create', status: 429 }])
    expect(await stripe.refund(refund(paymentId))).toMatchObject({ status: 'succeeded' })
  })

  it('told to wait five seconds it does, told to wait six it gives up at once', async () => {
    const { id } = await paid()
    standIn.faults.next('getCheckoutSession', { kind: 'rate_limited', retryAfterSeconds: 5 })
    expect(await retrieve(id)).toMatchObject({ paymentStatus: 'paid' })
    expect(pauses).toHaveLength(1)
    expect(pauses[0]).toBeGreaterThanOrEqual(5_000)
    standIn.faults.next('getCheckoutSession', { kind: 'rate_limited', retryAfterSeconds: 6 })
    await expect(retrieve(id)).rejects.toThrow(PaymentGatewayUnavailable)
    expect(pauses).toHaveLength(1)
  })

  it('a wrong key is misconfigured, and is told nowhere', async () => {
    const secretKey = 'sk_test_thisIsNoKeyThatStripeKnows'
    const wrong = createStripeGateway({
      secretKey,
      apiBase: standIn.origin,
      onFailure: (failure) => failures.push(failure),
    })
    const refused = await wrong.verifyAccount().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(PaymentGatewayMisconfigured)
    expect(refused).toBeInstanceOf(PaymentGatewayUnavailable)
    expect(String(refused)).not.toContain(secretKey)
    expect(failures).toMatchObject([
      { operation: 'accounts.retrieveCurrent', status: 401, requestId: expect.stringMatching(/^req_/) },
    ])
    expect(JSON.stringify(failures)).not.toContain(secretKey)
  })

  it('what another account made is not "never made": the key is the wrong one', async () => {
    const { id, paymentId } = await paid()
    const other = standIn.addAccount({ displayName: 'Another' })
    const elsewhere = createStripeGateway({ secretKey: other.secretKey, apiBase: standIn.origin })
    await expect(elsewhere.retrieveCheckout({ organizationId, checkoutId: id })).rejects.toThrow(
      PaymentGatewayUnknownObject,
    )
    await expect(elsewhere.expireCheckout({ organizationId, checkoutId: id })).rejects.toThrow(
      PaymentGatewayUnknownObject,
    )
    await expect(elsewhere.refund(refund(paymentId))).rejects.toThrow(PaymentGatewayUnknownObject)
  })

  it('an address that Stripe does not take is typed at Stripe instead', async () => {
    standIn.faults.next('createCheckoutSession', {
      kind: 'refuse',
      status: 400,
      error: {
        type: 'invalid_request_error',
        code: 'email_invalid',
        param: 'customer_email',
        message: 'Invalid email address',
      },
    })
    const made = await stripe.createCheckout(checkout())
    expect(standIn.account.session(made.id).customer_email ?? null).toBeNull()
  })
})

describe('a refund at Stripe', () => {
  it('gives back what was asked, once, and is known again', async () => {
    const { paymentId } = await paid()
    const made = await stripe.refund(refund(paymentId))
    expect(made).toEqual({
      id: expect.stringMatching(/^re_/),
      status: 'succeeded',
      amount: { amount: 2500, currency: 'USD' },
      failureReason: null,
    })
    expect(await stripe.refund(refund(paymentId))).toEqual(made)
    expect(await stripe.retrieveRefund({ organizationId, refundId: made.id })).toEqual(made)
    expect(standIn.account.captured()).toMatchObject([{ refunded: 2500 }])
  })

  it('is made once also when Stripe has forgotten its key, after a day', async () => {
    const { paymentId } = await paid()
    const made = await stripe.refund(refund(paymentId))
    now = new Date(now.getTime() + 25 * 60 * 60_000)
    expect(await stripe.refund(refund(paymentId))).toEqual(made)
    expect(standIn.account.captured()).toMatchObject([{ refunded: 2500 }])
  })

  it('asked for ten times at once is one', async () => {
    const { paymentId } = await paid()
    const made = await Promise.allSettled(Array.from({ length: 10 }, () => stripe.refund(refund(paymentId))))
    const ids = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []))
    expect(new Set(ids).size).toBe(1)
    for (const one of made) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(PaymentGatewayUnavailable)
    expect(standIn.account.captured()).toMatchObject([{ refunded: 2500 }])
  })

  it('that is tried anew under another key is another one', async () => {
    const { paymentId } = await paid()
    standIn.account.startRefundsAs('pending')
    const first = await stripe.refund(refund(paymentId))
    expect(first.status).toBe('pending')
    standIn.account.failRefund(first.id)
    expect((await stripe.retrieveRefund({ organizationId, refundId: first.id })).status).toBe('failed')
    const second = await stripe.refund(refund(paymentId, { idempotencyKey: 'refund:refund-1:2' }))
    expect(second.id).not.toBe(first.id)
    standIn.account.settleRefund(second.id)
    expect((await stripe.retrieveRefund({ organizationId, refundId: second.id })).status).toBe('succeeded')
  })

  it('of more than is left is refused', async () => {
    const { paymentId } = await paid()
    await stripe.refund(refund(paymentId, { amount: { amount: 9000, currency: 'USD' } }))
    await expect(
      stripe.refund(refund(paymentId, { refundId: 'refund-2', idempotencyKey: 'refund:refund-2' })),
    ).rejects.toThrow(PaymentGatewayRefused)
    expectedViolations = standIn.violations.length
  })

  it('is listed with those that somebody made at Stripe’s dashboard, which belong to none of ours', async () => {
    const { id, paymentId } = await paid()
    const ours = await stripe.refund(refund(paymentId))
    const theirs = standIn.account.refundInDashboard(id, 1000)
    const listed = await stripe.listRefunds({ organizationId, paymentId })
    expect(listed.toSorted((a, b) => b.amount.amount - a.amount.amount)).toEqual([
      { ...ours, refundId: 'refund-1' },
      {
        id: theirs.id,
        status: 'succeeded',
        amount: { amount: 1000, currency: 'USD' },
        failureReason: null,
        refundId: null,
      },
    ])
  })
})

describe('trying a key', () => {
  it('says whose account it opens', async () => {
    expect(await stripe.verifyAccount()).toEqual({
      accountId: standIn.account.id,
      name: 'Stand-in Account',
      isLive: false,
    })
  })

  it('says whether real money moves', async () => {
    const live = standIn.addAccount({ secretKey: 'sk_live_0123456789abcdef', displayName: 'Live' })
    const gateway = createStripeGateway({ secretKey: live.secretKey, apiBase: standIn.origin })
    expect(await gateway.verifyAccount()).toMatchObject({ isLive: true, name: 'Live' })
  })

  const forbidden = (message = 'The provided key does not have the required permissions.') =>
    ({ kind: 'refuse', status: 403, error: { type: 'invalid_request_error', message } }) as const

  it.each([
    ['expireCheckoutSession', 'Checkout Sessions (write)'],
    ['getPaymentIntent', 'PaymentIntents (read)'],
    ['createRefund', 'Charges and Refunds (write)'],
    ['getDispute', 'Disputes (read)'],
  ] as const)('refuses one that Stripe does not let through to %s, and names the right', async (operation, right) => {
    standIn.faults.next(operation, forbidden())
    const refused = await stripe.verifyAccount().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(PaymentGatewayRightsMissing)
    expect(refused).toMatchObject({ rights: [right] })
  })

  it('takes one that may read neither balance nor account, and knows the account from the refusal', async () => {
    standIn.faults.next('getBalance', forbidden())
    const words = "The provided key 'rk_test_*' does not have the required permissions for this endpoint on account "
    standIn.faults.next('getAccount', forbidden(`${words}'acct_1PJBLEBBLEfV'. Having …`))
    expect(await stripe.verifyAccount()).toEqual({ accountId: 'acct_1PJBLEBBLEfV', name: null, isLive: false })
    standIn.faults.next('getAccount', forbidden())
    expect(await stripe.verifyAccount()).toMatchObject({ accountId: null })
  })

  it('changes nothing at Stripe and asks nothing that its contract does not know', async () => {
    await stripe.verifyAccount()
    expect([standIn.account.sessions(), standIn.account.refunds(), standIn.account.events()]).toEqual([[], [], []])
    expect(standIn.violations).toEqual([])
  })
})
