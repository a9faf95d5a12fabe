import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres.ts'
import { createNodeSecrets } from '../node-secrets.ts'
import { prepareTestVendors } from '../test-vendors.ts'
import { type CheckoutInput, PaymentGatewayRefused, PaymentGatewayUnavailable } from './payment-gateway.ts'
import { createTestCheckout, type TestCheckout } from './test-checkout.ts'

const appUrl = 'http://localhost:3000'
const start = new Date('2026-11-24T15:00:00Z')
const deadline = new Date('2026-11-24T16:00:00Z')

const KEY = 'a key of this test, long enough for anybody'
const secrets = createNodeSecrets({ accessToken: KEY, link: { id: 'k1', secret: KEY }, encryption: KEY })

let dataDir: string
let server: EmbeddedPostgres
let pools: postgres.Sql[]
let now: Date
let checkout: TestCheckout
/** The same provider seen from another process. */
let elsewhere: TestCheckout

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ordinatus-checkout-'))
  server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', shared_buffers: '16MB' } })
  pools = [1, 2].map(() => postgres(server.url, { max: 10, onnotice: () => undefined }))
  const [one, two] = pools as [postgres.Sql, postgres.Sql]
  await Promise.all([prepareTestVendors(one), prepareTestVendors(two), prepareTestVendors(server.url)])
  const clock = { now: () => now }
  checkout = await createTestCheckout({ sql: one, clock, secrets, appUrl })
  elsewhere = await createTestCheckout({ sql: two, clock, secrets, appUrl })
})

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

let booking = 0

beforeEach(() => {
  now = start
  booking += 1
  checkout.startRefundsAs('succeeded')
  checkout.simulateOutage(false)
})

function input(change: Partial<CheckoutInput> = {}): CheckoutInput {
  return {
    organizationId: 'org',
    bookingId: `booking-${booking}`,
    idempotencyKey: `checkout:booking-${booking}:1`,
    amount: { amount: 9500, currency: 'USD' },
    description: 'Zoho support, 60 minutes',
    customerEmail: 'cleo@customer.test',
    expiresAt: deadline,
    returnUrl: `${appUrl}/book/return/abc`,
    ...change,
  }
}

async function paid(): Promise<string> {
  const { id } = await checkout.createCheckout(input())
  await checkout.pay(id, 'now')
  const { paymentId } = await checkout.retrieveCheckout({ organizationId: 'org', checkoutId: id })
  if (!paymentId) throw new Error('not paid')
  return paymentId
}

const refundOf = (paymentId: string, change: { key?: string; amount?: number; currency?: string } = {}) => ({
  organizationId: 'org',
  refundId: paymentId,
  idempotencyKey: change.key ?? `refund:${paymentId}:1`,
  paymentId,
  amount: { amount: change.amount ?? 9500, currency: change.currency ?? 'USD' },
  reason: 'canceled',
})

describe('making a test checkout', () => {
  it('gives an open, unpaid checkout with an address of ours', async () => {
    const made = await checkout.createCheckout(input())
    expect(made).toEqual({
      id: made.id,
      url: `${appUrl}/test-checkout/${made.id}`,
      status: 'open',
      paymentStatus: 'unpaid',
      amount: { amount: 9500, currency: 'USD' },
      bookingId: `booking-${booking}`,
      paymentId: null,
      expiresAt: deadline,
    })
  })

  it('gives one checkout to any number of calls at once under one key', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? checkout : elsewhere).createCheckout(input())),
    )
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    const other = await checkout.createCheckout(input({ idempotencyKey: `checkout:booking-${booking}:2` }))
    expect(other.id).not.toBe(made[0]?.id)
  })

  it.each<[string, Partial<CheckoutInput>]>([
    ['amount', { amount: { amount: 9501, currency: 'USD' } }],
    ['currency', { amount: { amount: 9500, currency: 'EUR' } }],
    ['deadline', { expiresAt: new Date(deadline.getTime() + 1) }],
    ['booking', { bookingId: 'another' }],
    ['organization', { organizationId: 'another' }],
  ])('refuses the same key with another %s', async (_what, change) => {
    await checkout.createCheckout(input())
    await expect(checkout.createCheckout(input(change))).rejects.toBeInstanceOf(PaymentGatewayRefused)
  })

  it.each<[string, Partial<CheckoutInput>]>([
    ['no amount', { amount: { amount: 0, currency: 'USD' } }],
    ['a fraction', { amount: { amount: 0.5, currency: 'USD' } }],
    ['a lower-case currency', { amount: { amount: 5, currency: 'usd' } }],
    ['a deadline after 24 hours', { expiresAt: new Date(start.getTime() + 24 * 3_600_000 + 1) }],
    ['a return address that is a script', { returnUrl: 'javascript:alert(1)' }],
  ])('refuses %s', async (_what, change) => {
    await expect(checkout.createCheckout(input(change))).rejects.toBeInstanceOf(PaymentGatewayRefused)
  })

  it('shows nothing of one organization to another', async () => {
    const { id } = await checkout.createCheckout(input())
    const foreign = { organizationId: 'other', checkoutId: id }
    await expect(checkout.retrieveCheckout(foreign)).rejects.toBeInstanceOf(PaymentGatewayRefused)
    await expect(checkout.expireCheckout(foreign)).rejects.toBeInstanceOf(PaymentGatewayRefused)
    expect((await checkout.retrieveCheckout({ organizationId: 'org', checkoutId: id })).status).toBe('open')
  })
})

describe('paying', () => {
  it('is taken once by any number of customers at once, and stays taken', async () => {
    const { id } = await checkout.createCheckout(input())
    const moves = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? checkout : elsewhere).pay(id, 'now')))
    expect(moves.filter((move) => move?.outcome === 'moved')).toHaveLength(1)
    expect(moves.filter((move) => move?.outcome === 'already_paid')).toHaveLength(19)
    const first = await checkout.retrieveCheckout({ organizationId: 'org', checkoutId: id })
    expect(first).toMatchObject({ status: 'complete', paymentStatus: 'paid', url: null })
    now = new Date(deadline.getTime() + 1)
    expect(await elsewhere.retrieveCheckout({ organizationId: 'org', checkoutId: id })).toEqual(first)
  })

  it('works a millisecond before the deadline and not at it', async () => {
    const one = await checkout.createCheckout(input())
    const two = await checkout.createCheckout(input({ idempotencyKey: `checkout:booking-${booking}:2` }))
    now = new Date(deadline.getTime() - 1)
    expect(await checkout.pay(one.id, 'now')).toMatchObject({ outcome: 'moved' })
    now = deadline
    expect(await checkout.pay(two.id, 'now')).toEqual({ outcome: 'expired' })
    expect(await checkout.retrieveCheckout({ organizationId: 'org', checkoutId: two.id })).toMatchObject({
      status: 'expired',
      paymentStatus: 'unpaid',
      url: null,
    })
  })

  it('and expiring at the same moment agree on one of the two', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id } = await checkout.createCheckout(input({ idempotencyKey: `race:${booking}:${round}` }))
      const [move, after] = await Promise.all([
        checkout.pay(id, 'now'),
        elsewhere.expireCheckout({ organizationId: 'org', checkoutId: id }),
      ])
      const truth = await checkout.retrieveCheckout({ organizationId: 'org', checkoutId: id })
      expect(after).toEqual(truth)
      expect(move?.outcome).toBe(truth.paymentStatus === 'paid' ? 'moved' : 'expired')
    }
  })

  it('is still possible after a declined card and after going back', async () => {
    const { id } = await checkout.createCheckout(input())
    expect(await checkout.decline(id)).toMatchObject({ outcome: 'moved', notify: false })
    expect(await checkout.abandon(id)).toMatchObject({ outcome: 'moved', notify: false })
    expect(await checkout.view(id)).toMatchObject({ status: 'open', declinedTimes: 1 })
    expect(await checkout.pay(id, 'now')).toMatchObject({ outcome: 'moved', notify: true })
    expect(await checkout.decline(id)).toMatchObject({ outcome: 'already_paid' })
  })

  it('says nothing of a checkout that does not exist', async () => {
    expect(await checkout.pay('tc_none', 'now')).toBeNull()
    expect(await checkout.view('tc_none')).toBeNull()
  })
})

describe('telling the product', () => {
  it('comes late after the deadline, once, and again when it failed', async () => {
    const { id } = await checkout.createCheckout(input())
    expect(await checkout.pay(id, 'late')).toMatchObject({ outcome: 'moved', notify: false })
    const told: string[] = []
    const listen = async (checkoutId: string) => {
      told.push(checkoutId)
      if (told.length === 1) throw new Error('not now')
    }
    now = deadline
    await checkout.deliverDue(listen)
    expect(told).toEqual([])
    now = new Date(deadline.getTime() + 60_000)
    await checkout.deliverDue(listen)
    await elsewhere.deliverDue(listen)
    expect(told).toEqual([id])
    now = new Date(now.getTime() + 5_000)
    await checkout.deliverDue(listen)
    await checkout.deliverDue(listen)
    expect(told).toEqual([id, id])
  })

  it('never comes when it is lost', async () => {
    const { id } = await checkout.createCheckout(input())
    expect(await checkout.pay(id, 'lost')).toMatchObject({ outcome: 'moved', notify: false })
    now = new Date(deadline.getTime() + 86_400_000)
    expect(await checkout.deliverDue(async () => undefined)).toBe(0)
  })
})

describe('refunding', () => {
  it('gives one refund under one key, and refuses the key with another amount', async () => {
    const paymentId = await paid()
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, n) => (n % 2 ? checkout : elsewhere).refund(refundOf(paymentId))),
    )
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    expect(made[0]).toMatchObject({ status: 'succeeded', amount: { amount: 9500, currency: 'USD' } })
    await expect(checkout.refund(refundOf(paymentId, { amount: 1 }))).rejects.toBeInstanceOf(PaymentGatewayRefused)
  })

  it('never gives back more than was paid, also when asked at once', async () => {
    const paymentId = await paid()
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) =>
        checkout.refund(refundOf(paymentId, { key: `r:${paymentId}:${n}`, amount: 4000 })),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    await expect(
      checkout.refund(refundOf(paymentId, { key: `r:${paymentId}:x`, amount: 100, currency: 'EUR' })),
    ).rejects.toBeInstanceOf(PaymentGatewayRefused)
    expect(await checkout.refund(refundOf(paymentId, { key: `r:${paymentId}:y`, amount: 1500 }))).toMatchObject({
      status: 'succeeded',
      amount: { amount: 1500, currency: 'USD' },
    })
  })

  it('may stay pending, then succeed or fail; a failed one frees its amount', async () => {
    checkout.startRefundsAs('pending')
    const paymentId = await paid()
    const { id, status } = await checkout.refund(refundOf(paymentId))
    expect(status).toBe('pending')
    await expect(checkout.refund(refundOf(paymentId, { key: `again:${paymentId}` }))).rejects.toThrow()
    await checkout.settleRefund(id, 'failed')
    expect((await checkout.refund(refundOf(paymentId))).status).toBe('failed')
    checkout.startRefundsAs('succeeded')
    expect((await checkout.refund(refundOf(paymentId, { key: `again:${paymentId}` }))).status).toBe('succeeded')
  })
})

describe('the refunds of a payment', () => {
  it('are listed, ours by the id that we gave them, with those made elsewhere', async () => {
    const paymentId = await paid()
    const ours = await checkout.refund(refundOf(paymentId, { key: 'refund:ours', amount: 1000 }))
    const theirs = await elsewhere.refundElsewhere(paymentId, { amount: 500, currency: 'USD' })
    const listed = await checkout.listRefunds({ organizationId: 'org', paymentId })
    expect(listed).toHaveLength(2)
    expect(listed).toContainEqual({ ...ours, refundId: 'ours' })
    expect(listed).toContainEqual({
      id: theirs,
      status: 'succeeded',
      amount: { amount: 500, currency: 'USD' },
      failureReason: null,
      refundId: null,
    })
    expect(await checkout.listRefunds({ organizationId: 'another', paymentId })).toEqual([])
  })
})

describe('a provider that is away', () => {
  it('leaves the product knowing nothing, while a repeat under the same key continues', async () => {
    checkout.simulateOutage(true)
    await expect(checkout.createCheckout(input())).rejects.toBeInstanceOf(PaymentGatewayUnavailable)
    checkout.simulateOutage(false)
    expect((await checkout.createCheckout(input())).status).toBe('open')
  })

  it('is away when its database is', async () => {
    const gone = postgres('postgres://x:y@127.0.0.1:1/z', { max: 1, connect_timeout: 1 })
    await expect(createTestCheckout({ sql: gone, clock: { now: () => now }, secrets, appUrl })).rejects.toThrow()
    await gone.end()
  })
})
