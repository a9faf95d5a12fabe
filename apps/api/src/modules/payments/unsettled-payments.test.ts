import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bookingUrl,
  type HeldBooking,
  holdBooking,
  notice,
  payAndConfirm,
  payBooking,
} from '../../../test/booking-scene.ts'
import { createScene, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { payments } from '../../db/schema/payments.ts'
import { listUnsettledPayments } from './unsettled-payments.ts'

// A Monday, 09:00 in Chicago.
const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:00:00.000Z'
const QUARTER_LATER = new Date('2026-11-23T15:15:00.000Z')
const MILLISECOND_BEFORE = new Date('2026-11-23T15:14:59.999Z')

let world: TestWorld
let scene: SchedulingScene
let held: HeldBooking

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(async () => {
  world.clock.moveTo(NOW)
  scene = await createScene(world)
  held = await holdBooking(world, scene, SLOT)
})
afterAll(() => world.close())

/** What is said of the payments of this test's organization. */
async function said(at: Date): Promise<string[]> {
  const all = await listUnsettledPayments(world.database.db, at)
  return all.filter((one) => one.organizationId === scene.organization.id).map((one) => one.why)
}

/** The booking ends as no code of ours would end it: the money stays where it is. */
async function endWithoutRefund(status: 'expired' | 'canceled'): Promise<void> {
  await world.database.db.update(bookings).set({ status, holdExpiresAt: null }).where(eq(bookings.id, held.bookingId))
}

async function cancel(): Promise<void> {
  const url = bookingUrl(scene, held.bookingId, 'cancel')
  const answer = await world.call({ method: 'POST', url, as: scene.trainer.accessToken, body: {} })
  expect(answer.statusCode).toBe(200)
}

describe('A captured payment', () => {
  it('whose booking ended is told of after 15 minutes, and not a millisecond before', async () => {
    await payBooking(world, held)
    await endWithoutRefund('expired')
    expect(await said(MILLISECOND_BEFORE)).toEqual([])
    expect(await said(QUARTER_LATER)).toEqual(['The booking is expired, and the payment has not gone back.'])
  })

  it('that reserves a time to come is settled; one whose time has come unconfirmed is not', async () => {
    await payBooking(world, held)
    expect(await said(new Date(Date.parse(SLOT) - 1))).toEqual([])
    expect(await said(new Date(SLOT))).toHaveLength(1)
  })

  it('of a confirmed session is settled', async () => {
    await payAndConfirm(world, scene, held)
    expect(await said(new Date('2027-01-01T00:00:00.000Z'))).toEqual([])
  })

  it('of a canceled session is settled once the provider has taken on its refund, and not while it waits', async () => {
    await payAndConfirm(world, scene, held)
    await cancel()
    expect(await said(QUARTER_LATER)).toEqual(['The refund has not been taken on by the provider.'])
    await world.settle()
    expect(await said(QUARTER_LATER)).toEqual([])
  })

  it('whose refund came back from the bank is told of until another is made', async () => {
    world.testCheckout.startRefundsAs('pending')
    await payAndConfirm(world, scene, held)
    await cancel()
    await world.settle()
    world.testCheckout.startRefundsAs('succeeded')
    const [refund] = await world.database.sql<{ id: string; providerRefundId: string }[]>`
      select id, provider_refund_id as "providerRefundId" from refunds where booking_id = ${held.bookingId}`
    await world.testCheckout.settleRefund(refund?.providerRefundId ?? '', 'failed')
    world.clock.moveTo(new Date('2026-11-23T17:00:00.000Z'))
    await world.settle()
    const later = new Date('2026-11-23T18:00:00.000Z')
    expect(await said(later)).toEqual(['The refund failed, and nothing was sent in its place.'])
    const url = bookingUrl(scene, held.bookingId, `refunds/${refund?.id}/retry`)
    await world.call({ method: 'POST', url, as: scene.admin.accessToken, body: {} })
    await world.settle()
    expect(await said(later)).toEqual([])
  })

  it('beside the one that its booking counts is told of, unless it has gone back', async () => {
    await payAndConfirm(world, scene, held)
    const [counted] = await world.database.db.select().from(payments).where(eq(payments.bookingId, held.bookingId))
    if (counted === undefined) throw new Error('It was paid.')
    const second = {
      ...counted,
      id: world.deps.ids.next(),
      attempt: 2,
      idempotencyKey: 'second',
      providerPaymentId: 'tp_2',
    }
    await world.database.db.insert(payments).values({ ...second, providerCheckoutId: 'tc_2' })
    expect(await said(QUARTER_LATER)).toEqual(['The booking counts another payment, and this one has not gone back.'])
  })
})

it('a checkout that nobody has paid is no business of it', async () => {
  await notice(world, held)
  expect(await said(new Date('2027-01-01T00:00:00.000Z'))).toEqual([])
})
