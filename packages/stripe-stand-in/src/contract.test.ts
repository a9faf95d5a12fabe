import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { faultOfAnswer } from './contract.ts'
import { refusalOf, sdkFor, sessionFor, startForTest } from './testing.ts'

describe('A session as the product makes it', () => {
  test('is taken, and answered in the shape that Stripe describes', async () => {
    const standIn = await startForTest()
    const stripe = sdkFor(standIn)
    const made = await stripe.checkout.sessions.create(sessionFor(standIn))
    expect(made).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      amount_total: 9000,
      currency: 'usd',
      client_reference_id: 'booking-1',
    })
    expect(made.url).toBe(`${standIn.origin}/c/pay/${made.id}`)
    expect(faultOfAnswer('checkout.session', made)).toBeNull()
    expect(standIn.violations).toEqual([])
  })

  test('every other answer has the shape that Stripe describes, too', async () => {
    const standIn = await startForTest()
    const stripe = sdkFor(standIn)
    const made = await stripe.checkout.sessions.create(sessionFor(standIn))
    standIn.account.pay(made.id)
    const paid = await stripe.checkout.sessions.retrieve(made.id, { expand: ['payment_intent.latest_charge'] })
    const intent = paid.payment_intent as Stripe.PaymentIntent
    const charge = intent.latest_charge as Stripe.Charge
    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 1000 })
    const [event] = (await stripe.events.list({ limit: 1 })).data
    expect(faultOfAnswer('payment_intent', { ...intent, latest_charge: charge.id })).toBeNull()
    expect(faultOfAnswer('charge', charge)).toBeNull()
    expect(faultOfAnswer('refund', refund)).toBeNull()
    expect(faultOfAnswer('event', event)).toBeNull()
    expect(faultOfAnswer('balance', await stripe.balance.retrieve())).toBeNull()
    expect(faultOfAnswer('account', await stripe.accounts.retrieveCurrent())).toBeNull()
    expect(intent.metadata).toEqual({ booking_id: 'booking-1' })
    expect(standIn.violations).toEqual([])
  })
})

type Change = Partial<Stripe.Checkout.SessionCreateParams> & { [unknown: string]: unknown }
const later = (standIn: { now(): Date }, seconds: number) => Math.floor(standIn.now().getTime() / 1000) + seconds

describe('A request that Stripe would refuse', () => {
  test.each<[string, Change, string | undefined]>([
    ['an unknown parameter', { deadline: 5 }, 'deadline'],
    ['an unknown parameter deep inside', { payment_intent_data: { meta: 'x' } as object }, 'payment_intent_data[meta]'],
    ['a number that is none', { expires_at: 'soon' as unknown as number }, 'expires_at'],
    ['a fraction', { expires_at: 1.5 }, 'expires_at'],
    ['a missing address', { success_url: undefined as unknown as string }, 'success_url'],
    ['an address that is none', { cancel_url: '/book' }, 'cancel_url'],
    ['a mode it has not', { mode: 'gift' as 'payment' }, 'mode'],
    ['a reference of 201 characters', { client_reference_id: 'r'.repeat(201) }, 'client_reference_id'],
    [
      '51 metadata',
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, 'v'])) },
      'metadata',
    ],
    ['a metadata name of 41 characters', { metadata: { ['k'.repeat(41)]: 'v' } }, 'metadata'],
    ['a metadata value of 501 characters', { metadata: { k: 'v'.repeat(501) } }, 'metadata[k]'],
    ['an email address that is none', { customer_email: 'nobody' }, 'customer_email'],
    ['no items', { line_items: [] }, 'line_items'],
  ])('%s: 400 with its name, and noted', async (_, change, param) => {
    const standIn = await startForTest()
    const params = { ...sessionFor(standIn), ...change }
    if (change.success_url === undefined && 'success_url' in change)
      delete (params as Partial<typeof params>).success_url
    const refusal = await refusalOf(sdkFor(standIn).checkout.sessions.create(params))
    expect(refusal).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' })
    expect(refusal.param).toBe(param)
    expect(standIn.violations).toHaveLength(1)
    expect(standIn.account.sessions()).toEqual([])
  })

  test.each([
    ['30 minutes ahead', 30 * 60, true],
    ['a second less', 30 * 60 - 1, false],
    ['24 hours ahead', 24 * 60 * 60, true],
    ['a second more', 24 * 60 * 60 + 1, false],
  ])('a deadline %s', async (_, seconds, isTaken) => {
    const standIn = await startForTest({ clock: () => new Date('2026-12-01T09:00:00.000Z') })
    const creating = sdkFor(standIn).checkout.sessions.create(
      sessionFor(standIn, { expires_at: later(standIn, seconds) }),
    )
    if (isTaken) await creating
    else expect((await refusalOf(creating)).param).toBe('expires_at')
    expect(standIn.violations).toHaveLength(isTaken ? 0 : 1)
  })

  test.each([
    ['usd', 50, true],
    ['usd', 49, false],
    ['jpy', 50, true],
    ['jpy', 49, false],
    ['kwd', 12340, true],
    ['kwd', 12345, false],
    ['isk', 90000, true],
    ['isk', 90001, false],
    ['USD', 9000, false],
  ])('an amount that the currency allows or does not: %s %d', async (currency, amount, isTaken) => {
    const standIn = await startForTest()
    const creating = sdkFor(standIn).checkout.sessions.create(sessionFor(standIn, {}, { amount, currency }))
    if (isTaken) expect(await creating).toMatchObject({ amount_total: amount, currency })
    else await refusalOf(creating)
    expect(standIn.violations).toHaveLength(isTaken ? 0 : 1)
  })

  test('no key, another version of the API, an address that is nobody’s: refused and noted; a key nobody knows: refused', async () => {
    const standIn = await startForTest()
    const at = (path: string, headers: Record<string, string>) => fetch(`${standIn.origin}${path}`, { headers })
    const authorization = `Bearer ${standIn.secretKey}`
    const version = { 'stripe-version': '2026-10-28.endive' }
    expect((await at('/v1/balance', version)).status).toBe(401)
    expect((await at('/v1/balance', { authorization })).status).toBe(400)
    expect((await at('/v1/prices', { authorization, ...version })).status).toBe(404)
    expect((await at('/v1/balance', { authorization, ...version })).status).toBe(200)
    expect(standIn.violations).toHaveLength(3)
    const refusal = await refusalOf(sdkFor(standIn, { secretKey: 'sk_test_nobodys' }).balance.retrieve())
    expect(refusal.type).toBe('StripeAuthenticationError')
    expect(standIn.violations).toHaveLength(3)
  })
})

test('one account knows nothing of another’s', async () => {
  const standIn = await startForTest()
  const other = standIn.addAccount({ displayName: 'Another' })
  const made = await sdkFor(standIn).checkout.sessions.create(sessionFor(standIn))
  const refusal = await refusalOf(sdkFor(standIn, { secretKey: other.secretKey }).checkout.sessions.retrieve(made.id))
  expect(refusal).toMatchObject({ statusCode: 404, code: 'resource_missing' })
  expect(standIn.violations).toEqual([])
})

test('lists come newest first, page by page, with their filters', async () => {
  const standIn = await startForTest()
  const stripe = sdkFor(standIn)
  const ids: string[] = []
  for (let made = 0; made < 5; made += 1)
    ids.push((await stripe.checkout.sessions.create(sessionFor(standIn, { client_reference_id: `b${made}` }))).id)
  const seen: string[] = []
  for await (const session of stripe.checkout.sessions.list({ limit: 2 })) seen.push(session.id)
  expect(seen).toEqual(ids.toReversed())
  standIn.account.pay(ids[2] ?? '')
  const { data } = await stripe.events.list({ types: ['checkout.session.completed'] })
  expect(data.map((event) => (event.data.object as Stripe.Checkout.Session).id)).toEqual([ids[2]])
})
