import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { everythingOf, latest } from '../../../test/booking-scene.ts'
import { createAvailability, createMember } from '../../../test/factories.ts'
import { createScene, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import { connectOwnAccount, createStripeWorld, holdAtStripe, type StripeWorld } from '../../../test/stripe-scene.ts'
import { payments } from '../../db/schema/payments.ts'
import { type PaymentGateway, PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import type { PaymentOrigin } from '../../platform/payment-gateway/payment-gateways.ts'
import { closeCheckouts } from './close-checkouts.ts'
import { reconcilePayments } from './reconcile-payments.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
/** Payments are asked about every three minutes. */
const DUE = '2026-11-23T15:03:00.000Z'

let house: StripeWorld
let gateways: StripeWorld['world']['deps']['paymentGateways']

beforeAll(async () => {
  house = await createStripeWorld({ now: NOW })
  gateways = house.world.deps.paymentGateways
})
beforeEach(() => house.world.clock.moveTo(NOW))
afterEach(async () => {
  house.world.deps.paymentGateways = gateways
  // Each test begins with nothing to ask about.
  await house.world.database.db.update(payments).set({ state: 'paid' })
})
afterAll(() => house.close())

type Held = Awaited<ReturnType<typeof holdAtStripe>>

/** Paid, and nobody has said so. */
async function payUnheard(scene: SchedulingScene, account = house.stripe.account): Promise<Held> {
  const held = await holdAtStripe(house, scene, SLOT, account)
  account.pay(held.checkoutId)
  return held
}

async function paymentStatusOf(held: Held): Promise<string> {
  return latest(await everythingOf(house.world, held.requestId)).paymentStatus
}

/** Attempts of a booking that ended unpaid, and that Stripe is still asked about. */
async function addEnded(held: Held, count: number): Promise<void> {
  const [first] = (await everythingOf(house.world, held.requestId)).payments
  if (first === undefined) throw new Error('There is no payment.')
  await house.world.database.db.insert(payments).values(
    Array.from({ length: count }, (_, index) => ({
      ...first,
      id: house.world.deps.ids.next(),
      state: 'expired' as const,
      attempt: index + 2,
      idempotencyKey: `checkout:${held.bookingId}:${index + 2}`,
      providerCheckoutId: `cs_test_ended_${index}_${held.bookingId}`,
      createdAt: new Date('2026-11-23T14:00:00.000Z'),
    })),
  )
}

/** From now on an account's answers about some payments are these. */
function answerFor(isMeant: (payment: PaymentOrigin) => boolean, retrieve: PaymentGateway['retrieveCheckout']) {
  house.world.deps.paymentGateways = {
    ...gateways,
    async of(payment) {
      const gateway = await gateways.of(payment)
      return gateway === null || !isMeant(payment) ? gateway : { ...gateway, retrieveCheckout: retrieve }
    },
  }
}

describe('the reconciler', () => {
  it('asks about a payment under way before any that have ended, however many of those there are', async () => {
    const scene = await createScene(house.world)
    await addEnded(await holdAtStripe(house, scene, SLOT), 183)
    const lost = await payUnheard(await createScene(house.world))
    house.world.clock.moveTo(DUE)
    // One turn; by the order of asking alone it took 15 seconds of turns to come to it.
    await reconcilePayments(house.world.deps)
    expect(await paymentStatusOf(lost)).toBe('paid')
  })

  it('comes to those that have ended as well, ten of an account in a turn', async () => {
    const held = await holdAtStripe(house, await createScene(house.world), SLOT)
    await addEnded(held, 25)
    house.world.clock.moveTo(DUE)
    const asked = async () => {
      const all = (await everythingOf(house.world, held.requestId)).payments
      return all.filter((payment) => payment.askedAt !== null && payment.attempt > 1).length
    }
    for (const after of [10, 20, 25]) {
      await reconcilePayments(house.world.deps)
      expect(await asked()).toBe(after)
    }
  })

  it('asks about one that was closed early for an hour, and not until its deadline has passed by as much', async () => {
    const scene = await createScene(house.world)
    const held = await holdAtStripe(house, scene, SLOT)
    const target = { scope: scene.organization.scope, bookingId: held.bookingId }
    expect(await closeCheckouts(house.world.deps, target)).toBe('closed')
    const askedAfter = async (instant: string) => {
      house.world.clock.moveTo(instant)
      await house.world.database.db.update(payments).set({ askedAt: null, syncedAt: null })
      await reconcilePayments(house.world.deps)
      const [payment] = (await everythingOf(house.world, held.requestId)).payments
      return payment?.askedAt !== null
    }
    expect(await askedAfter('2026-11-23T15:59:59.999Z')).toBe(true)
    expect(await askedAfter('2026-11-23T16:00:00.000Z')).toBe(false)
  })

  it('asks about each once, however many processes do it at once', async () => {
    const held = await payUnheard(await createScene(house.world))
    house.world.clock.moveTo(DUE)
    const calls = house.stripe.calls.length
    await Promise.all(Array.from({ length: 5 }, () => reconcilePayments(house.world.deps)))
    expect(await paymentStatusOf(held)).toBe('paid')
    // Without `takeAsking` this was 5.
    expect(house.stripe.calls.length - calls).toBe(1)
  })

  it('is kept from nobody’s payment by one that can never be read', async () => {
    const scene = await createScene(house.world)
    const unreadable = await holdAtStripe(house, scene, SLOT)
    await house.world.database.db
      .update(payments)
      .set({ providerCheckoutId: 'cs_test_of_an_account_before' })
      .where(eq(payments.bookingId, unreadable.bookingId))
    const broken = await holdAtStripe(house, await createScene(house.world), SLOT)
    const lost = await payUnheard(await createScene(house.world))
    answerFor(
      () => true,
      async (input) => {
        if (input.checkoutId === broken.checkoutId) throw new Error('Nobody has thought of this.')
        const gateway = gateways.deployment
        if (gateway === null) throw new Error('There is no gateway.')
        return gateway.retrieveCheckout(input)
      },
    )
    house.world.clock.moveTo(DUE)
    await expect(reconcilePayments(house.world.deps)).rejects.toThrow('Nobody has thought of this.')
    expect(await paymentStatusOf(lost)).toBe('paid')
    expect(await paymentStatusOf(unreadable)).toBe('unpaid')
  })

  it('leaves an account that does not answer alone, and asks the others', async () => {
    const theirs = await createScene(house.world)
    const own = await connectOwnAccount(house, theirs)
    const silent = await payUnheard(theirs, own.account)
    const alsoSilent = await payUnheard(await sceneOf(theirs), own.account)
    const lost = await payUnheard(await createScene(house.world))
    let questions = 0
    answerFor(
      (payment) => payment.integrationId === own.integrationId,
      async () => {
        questions += 1
        throw new PaymentGatewayUnavailable('It does not answer.')
      },
    )
    house.world.clock.moveTo(DUE)
    await reconcilePayments(house.world.deps)
    expect(questions).toBe(1)
    expect(await paymentStatusOf(lost)).toBe('paid')
    // Back again: both are found, the one that was not asked about at once.
    house.world.deps.paymentGateways = gateways
    await reconcilePayments(house.world.deps)
    house.world.clock.moveTo('2026-11-23T15:03:15.000Z')
    await reconcilePayments(house.world.deps)
    expect([await paymentStatusOf(silent), await paymentStatusOf(alsoSilent)]).toEqual(['paid', 'paid'])
  })
})

/** The same organization with another trainer, who is free at the same time. */
async function sceneOf(scene: SchedulingScene): Promise<SchedulingScene> {
  const trainer = await createMember(house.world, scene.organization)
  await createAvailability(house.world, trainer.userId)
  return { ...scene, trainer }
}
