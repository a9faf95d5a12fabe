import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HeldBooking, holdBooking, notice, payAndConfirm, payBooking } from '../../../test/booking-scene.ts'
import { createScene, type SchedulingScene, secretOf } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { payments } from '../../db/schema/payments.ts'
import type { CustomerBooking } from './schemas.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
/** The hold of an hour is over by two minutes. */
const AFTER_HOLD = '2026-11-23T16:02:00.000Z'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
afterAll(() => world.close())

/** What the page that the checkout leads back to reads. */
async function returned(held: HeldBooking): Promise<CustomerBooking> {
  const checkout = await world.testCheckout.view(held.checkoutId)
  const answer = await world.call({ url: '/v1/scheduling/booking', as: secretOf(checkout?.returnUrl ?? '') })
  expect(answer.statusCode).toBe(200)
  return answer.json<CustomerBooking>()
}

test('the customer reads that late money goes back, why, and when it has gone', async () => {
  world.clock.moveTo(NOW)
  const scene = await createScene(world)
  const held = await holdBooking(world, scene, SLOT)
  expect((await returned(held)).sentBack).toBeNull()
  await payBooking(world, held, { notice: false })
  world.clock.moveTo(AFTER_HOLD)
  await holdBooking(world, scene, SLOT)
  await notice(world, held)
  const amount = { amount: 9000, currency: 'USD' }
  const reason = 'The payment arrived after your reservation had ended, and the time is no longer free'
  expect(await returned(held)).toMatchObject({ status: 'expired', sentBack: { amount, status: 'pending', reason } })
  await world.settle()
  expect((await returned(held)).sentBack).toEqual({ amount, status: 'succeeded', reason, isOfBooking: true })
})

/** Pays in a second session for the same booking, as when both were open before either was paid. */
async function payASecondTime(scene: SchedulingScene, held: HeldBooking): Promise<void> {
  const { db } = world.database
  const [first] = await db.select().from(payments).where(eq(payments.bookingId, held.bookingId))
  if (first === undefined) throw new Error('There is no payment.')
  const idempotencyKey = `checkout:${held.bookingId}:2`
  const second = await world.testCheckout.createCheckout({
    organizationId: scene.organization.id,
    bookingId: held.bookingId,
    idempotencyKey,
    amount: { amount: first.amountMinor, currency: first.currency },
    description: 'The same again',
    customerEmail: 'casey@example.test',
    expiresAt: first.expiresAt,
    returnUrl: 'http://ordinatus.test/book/return/x',
  })
  await db.insert(payments).values({
    ...first,
    id: world.deps.ids.next(),
    attempt: 2,
    idempotencyKey,
    state: 'open',
    providerCheckoutId: second.id,
    providerPaymentId: null,
    paidAt: null,
  })
  await payBooking(world, { ...held, checkoutId: second.id })
}

test('money that was paid beside a booking says nothing about the session', async () => {
  world.clock.moveTo(NOW)
  const scene = await createScene(world)
  const held = await holdBooking(world, scene, SLOT)
  await payAndConfirm(world, scene, held)
  await payASecondTime(scene, held)
  const cancel = `/v1/organizations/${scene.organization.slug}/bookings/${held.bookingId}/cancel`
  await world.call({ method: 'POST', url: cancel, as: scene.trainer.accessToken, body: {} })
  await world.settle()
  expect(await returned(held)).toMatchObject({
    status: 'canceled',
    sentBack: { reason: 'The session had already been paid', isOfBooking: false },
  })
})

test('a refund that somebody decided on is no money that could not be used', async () => {
  world.clock.moveTo(NOW)
  const scene = await createScene(world)
  const held = await holdBooking(world, scene, SLOT)
  await payBooking(world, held)
  const canceled = await world.call({
    method: 'POST',
    url: `/v1/organizations/${scene.organization.slug}/bookings/${held.bookingId}/cancel`,
    as: scene.trainer.accessToken,
    body: {},
  })
  expect(canceled.statusCode).toBe(200)
  await world.settle()
  expect(await returned(held)).toMatchObject({
    status: 'canceled',
    refunded: { amount: 9000, currency: 'USD' },
    sentBack: null,
  })
})
