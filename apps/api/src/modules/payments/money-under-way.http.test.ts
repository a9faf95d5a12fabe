import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bookingUrl, eventNames, everythingOf, latest, requestUrl } from '../../../test/booking-scene.ts'
import { mailOf } from '../../../test/notification-scene.ts'
import { createScene, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import { createStripeWorld, eventAbout, holdAtStripe, type StripeWorld, tell } from '../../../test/stripe-scene.ts'

// A Monday, 09:00 in Chicago (UTC-6); the slot is on the Tuesday at 10:30 there.
const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
const JUST_BEFORE = '2026-11-24T16:29:59.999Z'

let house: StripeWorld

beforeAll(async () => {
  house = await createStripeWorld({ now: NOW })
})
beforeEach(() => {
  house.world.clock.moveTo(NOW)
  house.world.mailer.sent.length = 0
})
afterEach(() => {
  expect(house.stripe.violations.splice(0)).toEqual([])
})
afterAll(() => house.close())

const account = () => house.stripe.account
type Held = Awaited<ReturnType<typeof holdAtStripe>>
const everything = (held: Held) => everythingOf(house.world, held.requestId)

async function sayIt(held: Held, type: string): Promise<void> {
  expect(await tell(house, eventAbout(type, account().session(held.checkoutId)))).toBe('200')
  await house.world.settle()
}

/** The customer has chosen a slow method of payment; the money is under way. */
async function payLater(scene: SchedulingScene): Promise<Held> {
  const held = await holdAtStripe(house, scene, SLOT)
  account().payLater(held.checkoutId)
  await sayIt(held, 'checkout.session.completed')
  expect(latest(await everything(held))).toMatchObject({ status: 'pending_payment', paymentStatus: 'processing' })
  return held
}

async function cancel(scene: SchedulingScene, url: string): Promise<void> {
  const answer = await house.world.call({
    method: 'POST',
    url,
    as: scene.trainer.accessToken,
    headers: { 'idempotency-key': crypto.randomUUID() },
    body: {},
  })
  expect(answer.statusCode, answer.body).toBe(200)
  await house.world.settle()
}

const subjectsOf = () =>
  house.world.mailer.sent
    .filter((mail) => mail.to.address === 'casey@example.test')
    .map((mail) => mail.subject)
    .slice(1)

describe('money that was under way and arrives', () => {
  it('a millisecond before the start books the session, and from the start on goes back', async () => {
    for (const [instant, status] of [
      [JUST_BEFORE, 'confirmed'],
      [SLOT, 'expired'],
    ] as const) {
      house.world.clock.moveTo(NOW)
      house.world.mailer.sent.length = 0
      const held = await payLater(await createScene(house.world))
      house.world.clock.moveTo(instant)
      account().settle(held.checkoutId)
      await sayIt(held, 'checkout.session.async_payment_succeeded')
      await sayIt(held, 'checkout.session.async_payment_succeeded')
      const after = await everything(held)
      expect(latest(after).status).toBe(status)
      expect(after.trainingRequest.status).toBe(status)
      if (status === 'confirmed') continue
      expect(latest(after)).toMatchObject({ paymentStatus: 'refunded', paidMinor: 9000, refundedMinor: 9000 })
      expect(after.refunds).toMatchObject([{ reason: 'session_started', amountMinor: 9000, status: 'succeeded' }])
      expect(eventNames(after)).toContain('booking_hold_expired')
      expect(eventNames(after)).not.toContain('booking_confirmed')
      expect(subjectsOf()).toEqual(['We are refunding your payment', 'Your refund was made'])
      expect(mailOf(house.world, 'casey@example.test', 'We are refunding your payment').text).toContain(
        'The payment arrived after the time of the session.',
      )
      expect(account().chargeOf(held.checkoutId)).toMatchObject({ refunded: true })
    }
  })
})

describe('a booking that is canceled while its money is under way', () => {
  it('says that whatever arrives goes back in full, and Failed when nothing arrives', async () => {
    const scene = await createScene(house.world)
    const ways = [
      (held: Held) => cancel(scene, bookingUrl(scene, held.bookingId, 'cancel')),
      (held: Held) => cancel(scene, requestUrl(scene, held.requestId, 'cancel')),
    ]
    for (const end of ways) {
      house.world.clock.moveTo(NOW)
      house.world.mailer.sent.length = 0
      const held = await payLater(scene)
      await end(held)
      expect(latest(await everything(held))).toMatchObject({ status: 'canceled', paymentStatus: 'processing' })
      expect(subjectsOf()).toEqual(['Your session was canceled'])
      expect(mailOf(house.world, 'casey@example.test', 'Your session was canceled').text).toContain(
        'Your payment is still under way. Whatever arrives of it goes back to you in full.',
      )
      account().fail(held.checkoutId)
      await sayIt(held, 'checkout.session.async_payment_failed')
      const after = await everything(held)
      expect(latest(after)).toMatchObject({ status: 'canceled', paymentStatus: 'failed', paidMinor: 0 })
      expect(eventNames(after)).toContain('payment_failed')
      const { version } = latest(after)
      await sayIt(held, 'checkout.session.async_payment_failed')
      expect(latest(await everything(held)).version).toBe(version)
    }
  })
})
