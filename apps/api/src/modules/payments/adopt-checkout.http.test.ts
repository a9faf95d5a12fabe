import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { everythingOf, latest } from '../../../test/booking-scene.ts'
import { createScene, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import {
  connectOwnAccount,
  createStripeWorld,
  eventAbout,
  holdAtStripe,
  type SignedBy,
  type StripeWorld,
  tell,
} from '../../../test/stripe-scene.ts'
import { createStripeGateway } from '../../platform/payment-gateway/stripe.ts'

// A Monday, 09:00 in Chicago (UTC-6); the slot is on the Tuesday at 10:30 there.
const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'

let house: StripeWorld

beforeAll(async () => {
  house = await createStripeWorld({ now: NOW })
})
beforeEach(() => house.world.clock.moveTo(NOW))
afterEach(() => {
  expect(house.stripe.violations.splice(0)).toEqual([])
})
afterAll(() => house.close())

type Account = StripeWorld['stripe']['account']
type Held = Awaited<ReturnType<typeof holdAtStripe>>
const account = () => house.stripe.account
const everything = (held: Held) => everythingOf(house.world, held.requestId)
const confirming = () => createScene(house.world, { settings: { confirmAutomaticallyWhenPaid: true } })

/** Somebody makes a checkout at Stripe's own tools that names a booking. */
async function madeElsewhere(bookingId: string, { at = account(), amount = 9000 } = {}): Promise<string> {
  const elsewhere = createStripeGateway({ secretKey: at.secretKey, apiBase: house.stripe.origin })
  const made = await elsewhere.createCheckout({
    organizationId: 'elsewhere',
    bookingId,
    idempotencyKey: `elsewhere:${crypto.randomUUID()}`,
    amount: { amount, currency: 'USD' },
    description: 'Made by hand',
    customerEmail: 'casey@example.test',
    expiresAt: new Date('2026-11-23T17:00:00.000Z'),
    returnUrl: 'http://elsewhere.test/',
  })
  return made.id
}

async function tellFive(checkoutId: string, { of = account(), ...options }: SignedBy & { of?: Account } = {}) {
  const event = () => eventAbout('checkout.session.completed', of.session(checkoutId))
  const answers = await Promise.all([0, 1, 2, 3, 4].map((to) => tell(house, event(), { ...options, to })))
  expect(answers).toEqual(Array(5).fill('200'))
  await house.world.settle()
}

async function payBoth(scene: SchedulingScene, order: 'ours first' | 'elsewhere first'): Promise<Held> {
  const held = await holdAtStripe(house, scene, SLOT)
  const other = await madeElsewhere(held.bookingId)
  account().pay(held.checkoutId)
  account().pay(other)
  for (const id of order === 'ours first' ? [held.checkoutId, other] : [other, held.checkoutId]) await tellFive(id)
  return { ...held, checkoutId: other }
}

describe('a checkout that was paid for a booking and not made from here', () => {
  it('beside our own goes back when it is the second, and counts when it is the first', async () => {
    for (const order of ['ours first', 'elsewhere first'] as const) {
      const held = await payBoth(await confirming(), order)
      const after = await everything(held)
      expect(latest(after)).toMatchObject({ status: 'confirmed', paidMinor: 9000, refundedMinor: 0 })
      expect(after.payments.map((one) => one.state)).toEqual(['paid', 'paid'])
      expect(after.refunds).toMatchObject([{ reason: 'paid_twice', amountMinor: 9000, status: 'succeeded' }])
      expect(account().chargeOf(held.checkoutId).amount_refunded).toBe(order === 'ours first' ? 9000 : 0)
    }
  })

  it('with another amount goes back as it came', async () => {
    const held = await holdAtStripe(house, await confirming(), SLOT)
    const other = await madeElsewhere(held.bookingId, { amount: 4500 })
    account().pay(other)
    await tellFive(other)
    const after = await everything(held)
    expect(after.refunds).toMatchObject([{ reason: 'amount_mismatch', amountMinor: 4500, status: 'succeeded' }])
    expect(latest(after)).toMatchObject({ status: 'pending_payment', paymentStatus: 'unpaid' })
  })

  it('is nobody’s news before it is paid', async () => {
    const held = await holdAtStripe(house, await confirming(), SLOT)
    const other = await madeElsewhere(held.bookingId)
    await tellFive(other)
    expect((await everything(held)).payments).toHaveLength(1)
  })

  it('is of the organization’s own account alone when it was paid there', async () => {
    const scene = await confirming()
    const [own, stranger] = [await connectOwnAccount(house, scene), await connectOwnAccount(house, await confirming())]
    const held = await holdAtStripe(house, scene, SLOT, own.account)
    const strange = await madeElsewhere(held.bookingId, { at: stranger.account })
    stranger.account.pay(strange)
    await tellFive(strange, { of: stranger.account, secret: stranger.secret, path: stranger.path })
    expect((await everything(held)).payments).toHaveLength(1)
    const other = await madeElsewhere(held.bookingId, { at: own.account })
    own.account.pay(other)
    await tellFive(other, { of: own.account, secret: own.secret, path: own.path })
    const after = await everything(held)
    expect(latest(after)).toMatchObject({ status: 'confirmed', paidMinor: 9000 })
    expect(after.payments.map((one) => one.integrationId)).toEqual([own.integrationId, own.integrationId])
  })
})
