import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  eventNames,
  everythingOf,
  holdBooking,
  latest,
  notice,
  payAndConfirm,
  payBooking,
  requestUrl,
} from '../../../test/booking-scene.ts'
import { mailOf } from '../../../test/notification-scene.ts'
import { choose, createScene, type SchedulingScene, sendLink } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { blackouts } from '../../db/schema/availability.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { calendarConnections } from '../../db/schema/calendars.ts'
import { payments } from '../../db/schema/payments.ts'
import { doDueWork } from '../../due-work.ts'
import type { TestCalendar } from '../../platform/calendars/test-calendar.ts'
import { expireLapsedHolds } from '../bookings/expire-lapsed-holds.ts'
import { reconcilePayments } from './reconcile-payments.ts'
import { reconcileRefunds } from './reconcile-refunds.ts'

const CUSTOMER = 'casey@example.test'
const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
/** The hold of an hour is over by two minutes. */
const AFTER_HOLD = '2026-11-23T16:02:00.000Z'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(() => {
  world.clock.moveTo(NOW)
  world.testCheckout.simulateOutage(false)
  world.testCheckout.startRefundsAs('succeeded')
})
afterAll(() => world.close())

const calendar = () => world.deps.calendars as TestCalendar

async function connectCalendar(scene: SchedulingScene): Promise<void> {
  await world.database.db.insert(calendarConnections).values({
    id: world.deps.ids.next(),
    userId: scene.trainer.userId,
    provider: 'test',
    label: 'Test calendar',
    createdAt: world.clock.now(),
  })
}

/** The customer pays within the hold, and nobody hears of it until the hold is over and recorded as run out. */
async function payUnheard(scene: SchedulingScene) {
  const held = await holdBooking(world, scene, SLOT)
  await payBooking(world, held, { notice: false })
  world.clock.moveTo(AFTER_HOLD)
  return held
}

/** As if the sweep had come first: the hold is over by the books as well. */
async function expireUnasked(bookingId: string): Promise<void> {
  await expireLapsedHolds(world.deps)
  const [row] = await world.database.db.select().from(bookings).where(eq(bookings.id, bookingId))
  expect(row?.status).toBe('expired')
}

describe('a payment that arrives after its hold', () => {
  it('is honoured while the time is still free: Expired, Pending Payment again, and paid', async () => {
    const scene = await createScene(world)
    const held = await payUnheard(scene)
    await expireUnasked(held.bookingId)
    await notice(world, held)
    const after = await everythingOf(world, held.requestId)
    expect(latest(after)).toMatchObject({
      status: 'pending_payment',
      paymentStatus: 'paid',
      paidMinor: 9000,
      holdExpiresAt: null,
    })
    expect(after.trainingRequest.status).toBe('pending_payment')
    expect(after.history.slice(-2).map((row) => [row.fromStatus, row.toStatus, row.occasion])).toEqual([
      ['pending_payment', 'expired', 'hold_ran_out'],
      ['expired', 'pending_payment', 'late_payment_honoured'],
    ])
    expect(after.bookingHistory.slice(-2).map((row) => [row.fromStatus, row.toStatus])).toEqual([
      ['pending_payment', 'expired'],
      ['expired', 'pending_payment'],
    ])
    expect(eventNames(after).slice(-2)).toEqual(['booking_hold_expired', 'late_payment_honoured'])
    expect(after.refunds).toEqual([])
    // And it can be confirmed like any other.
    const answer = await world.call({
      method: 'POST',
      url: `/v1/organizations/${scene.organization.slug}/bookings/${held.bookingId}/confirm-payment`,
      as: scene.trainer.accessToken,
    })
    expect(answer.json()).toMatchObject({ status: 'confirmed' })
  })

  it('is honoured the same way when nobody had recorded the end of its hold yet', async () => {
    const scene = await createScene(world)
    const held = await payUnheard(scene)
    await notice(world, held)
    const after = await everythingOf(world, held.requestId)
    expect(latest(after)).toMatchObject({ status: 'pending_payment', paymentStatus: 'paid' })
    expect(after.history.slice(-2).map((row) => row.occasion)).toEqual(['hold_ran_out', 'late_payment_honoured'])
  })

  it('is confirmed at once where the organization confirms automatically', async () => {
    const scene = await createScene(world, { settings: { confirmAutomaticallyWhenPaid: true } })
    const held = await payUnheard(scene)
    await expireUnasked(held.bookingId)
    await notice(world, held)
    const after = await everythingOf(world, held.requestId)
    expect(latest(after)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' })
    expect(eventNames(after).slice(-2)).toEqual(['late_payment_honoured', 'booking_confirmed'])
  })

  it('goes back in full when the time has been taken meanwhile, the request flagged by its event', async () => {
    const scene = await createScene(world)
    const held = await payUnheard(scene)
    const other = await holdBooking(world, scene, SLOT)
    await notice(world, held)
    const late = await everythingOf(world, held.requestId)
    expect(latest(late)).toMatchObject({ status: 'expired', paidMinor: 9000, refundedMinor: 9000 })
    expect(late.trainingRequest.status).toBe('expired')
    expect(late.refunds).toMatchObject([
      { amountMinor: 9000, currency: 'USD', reason: 'slot_taken', status: 'pending' },
    ])
    expect(late.events.at(-1)).toMatchObject({
      name: 'payment_not_honoured',
      payload: { bookingId: held.bookingId, refundId: late.refunds[0]?.id, paymentId: late.payments[0]?.id },
    })
    expect(latest(await everythingOf(world, other.requestId)).status).toBe('pending_payment')
    await world.settle()
    const settled = await everythingOf(world, held.requestId)
    expect(settled.refunds).toMatchObject([{ status: 'succeeded' }])
    expect(latest(settled)).toMatchObject({ status: 'expired', paymentStatus: 'refunded', refundedMinor: 9000 })
    expect(eventNames(settled).at(-1)).toBe('refund_changed')
    const seen = await world.call({
      url: `/v1/organizations/${scene.organization.slug}/bookings/${held.bookingId}`,
      as: scene.trainer.accessToken,
    })
    expect(seen.json()).toMatchObject({
      paymentStatusLabel: 'Refunded',
      refunds: [{ amount: { amount: 9000, currency: 'USD' }, status: 'succeeded' }],
    })
  })

  it('goes back when the trainer has meanwhile taken the day off, or has something in the calendar', async () => {
    for (const obstacle of ['blackout', 'calendar', 'unreadable'] as const) {
      world.clock.moveTo(NOW)
      const scene = await createScene(world)
      await connectCalendar(scene)
      const held = await payUnheard(scene)
      const { userId } = scene.trainer
      if (obstacle === 'blackout')
        await world.database.db.insert(blackouts).values({
          id: world.deps.ids.next(),
          userId,
          startDate: '2026-11-24',
          endDate: '2026-11-24',
          createdAt: world.clock.now(),
        })
      if (obstacle === 'calendar')
        await calendar().addBusy({
          userId,
          startAt: new Date('2026-11-24T17:29:59.000Z'),
          endAt: new Date('2026-11-24T18:00:00.000Z'),
        })
      if (obstacle === 'unreadable') await calendar().setReadable(userId, false)
      await notice(world, held)
      const after = await everythingOf(world, held.requestId)
      const reason = obstacle === 'unreadable' ? 'slot_unknown' : 'slot_taken'
      expect([obstacle, latest(after).status, after.refunds[0]?.reason]).toEqual([obstacle, 'expired', reason])
      world.mailer.sent.length = 0
      await world.settle()
      const why = obstacle === 'unreadable' ? 'we could not confirm that the time is still free' : 'no longer free'
      expect(mailOf(world, CUSTOMER, 'We are refunding your payment').text).toContain(why)
    }
  })

  it('is honoured beside an event that begins as the session ends', async () => {
    const scene = await createScene(world)
    await connectCalendar(scene)
    const held = await payUnheard(scene)
    await calendar().addBusy({
      userId: scene.trainer.userId,
      startAt: new Date('2026-11-24T17:30:00.000Z'),
      endAt: new Date('2026-11-24T18:00:00.000Z'),
    })
    await notice(world, held)
    expect(latest(await everythingOf(world, held.requestId))).toMatchObject({
      status: 'pending_payment',
      paymentStatus: 'paid',
    })
  })

  it('goes back when the customer has a newer link, or has chosen another time', async () => {
    for (const newer of ['link', 'time'] as const) {
      world.clock.moveTo(NOW)
      const scene = await createScene(world)
      const held = await payUnheard(scene)
      await expireUnasked(held.bookingId)
      if (newer === 'link') await sendLink(world, scene, held.requestId)
      else expect((await choose(world, held.link, '2026-11-24T18:00:00.000Z')).statusCode).toBe(201)
      const before = await everythingOf(world, held.requestId)
      await notice(world, held)
      const after = await everythingOf(world, held.requestId)
      expect(after.refunds).toMatchObject([{ reason: 'replaced', bookingId: held.bookingId }])
      expect(after.trainingRequest).toEqual(before.trainingRequest)
      expect(after.bookings.slice(1)).toEqual(before.bookings.slice(1))
    }
  })

  it('goes back from the very start of the session, and is honoured a millisecond before', async () => {
    for (const [instant, status] of [
      ['2026-11-24T16:29:59.999Z', 'confirmed'],
      ['2026-11-24T16:30:00.000Z', 'expired'],
    ] as const) {
      world.clock.moveTo(NOW)
      const scene = await createScene(world)
      const held = await payUnheard(scene)
      await expireUnasked(held.bookingId)
      world.clock.moveTo(instant)
      await notice(world, held)
      expect(latest(await everythingOf(world, held.requestId)).status).toBe(status)
    }
  })

  it('for a canceled request goes back', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await payBooking(world, held, { notice: false })
    // The cancellation found the checkout open; the payment was captured in the same moment.
    await world.database.db.update(payments).set({ state: 'expired' }).where(eq(payments.bookingId, held.bookingId))
    const canceled = await world.call({
      method: 'POST',
      url: requestUrl(scene, held.requestId, 'cancel'),
      as: scene.trainer.accessToken,
    })
    expect(canceled.json()).toMatchObject({ status: 'canceled' })
    await notice(world, held)
    await world.settle()
    const after = await everythingOf(world, held.requestId)
    expect(after.refunds).toMatchObject([{ reason: 'request_canceled', amountMinor: 9000, status: 'succeeded' }])
    expect(latest(after)).toMatchObject({ status: 'canceled', paymentStatus: 'refunded', refundedMinor: 9000 })
  })
})

describe('payment truth, however often and in whatever order it is asked', () => {
  it('ends in one state after twenty notices at once, and after twenty more one by one', async () => {
    // Without the locks of `settle` this test printed 10 refunds instead of one.
    const scene = await createScene(world)
    const taken = await payUnheard(scene)
    await holdBooking(world, scene, SLOT)
    await Promise.all(Array.from({ length: 20 }, () => notice(world, taken)))
    await world.settle()
    const once = await everythingOf(world, taken.requestId)
    expect(once.refunds).toHaveLength(1)
    expect(eventNames(once).filter((name) => name === 'payment_not_honoured')).toHaveLength(1)
    for (let turn = 0; turn < 20; turn += 1) await notice(world, taken)
    await world.settle()
    expect({ ...(await everythingOf(world, taken.requestId)), payments: [] }).toEqual({ ...once, payments: [] })
  })

  it('sends a second payment of one booking back and keeps the first', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    const first = await everythingOf(world, held.requestId)
    const second = await world.testCheckout.createCheckout({
      organizationId: scene.organization.id,
      bookingId: held.bookingId,
      idempotencyKey: `checkout:${held.bookingId}:2`,
      amount: { amount: 9000, currency: 'USD' },
      description: 'The same again',
      customerEmail: 'casey@example.test',
      expiresAt: new Date('2026-11-23T16:00:00.000Z'),
      returnUrl: 'http://ordinatus.test/book/return/x',
    })
    const [payment] = first.payments
    if (payment === undefined) throw new Error('There is no payment.')
    await world.database.db.insert(payments).values({
      ...payment,
      id: world.deps.ids.next(),
      attempt: 2,
      idempotencyKey: `checkout:${held.bookingId}:2`,
      providerCheckoutId: second.id,
    })
    await payBooking(world, held)
    await payBooking(world, { ...held, checkoutId: second.id })
    await world.settle()
    const after = await everythingOf(world, held.requestId)
    expect(after.refunds).toMatchObject([{ reason: 'paid_twice', amountMinor: 9000, status: 'succeeded' }])
    expect(latest(after)).toMatchObject({
      status: 'pending_payment',
      paymentStatus: 'paid',
      paidMinor: 9000,
      refundedMinor: 0,
    })
  })
})

describe('what the clock makes due', () => {
  it('finds a payment whose notice was lost, within minutes, and asks no more often', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await payBooking(world, held, { notice: false })
    await reconcilePayments(world.deps)
    expect(latest(await everythingOf(world, held.requestId)).paymentStatus).toBe('unpaid')
    world.clock.advanceMinutes(3)
    await reconcilePayments(world.deps)
    expect(latest(await everythingOf(world, held.requestId))).toMatchObject({
      status: 'pending_payment',
      paymentStatus: 'paid',
    })
    expect(await doDueWork(world.deps)).toBe(0)
  })

  it('ends an abandoned hold at its very deadline, its checkout closed, and lets the link choose again', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    world.clock.moveTo('2026-11-23T15:59:59.999Z')
    await doDueWork(world.deps)
    expect(latest(await everythingOf(world, held.requestId)).status).toBe('pending_payment')
    world.clock.moveTo('2026-11-23T16:00:00.000Z')
    await doDueWork(world.deps)
    const after = await everythingOf(world, held.requestId)
    expect(latest(after)).toMatchObject({ status: 'expired', paymentStatus: 'unpaid' })
    expect(after.trainingRequest.status).toBe('expired')
    expect(after.payments).toMatchObject([{ state: 'expired' }])
    expect(await world.testCheckout.pay(held.checkoutId, 'lost')).toEqual({ outcome: 'expired' })
    expect((await choose(world, held.link, SLOT)).statusCode).toBe(201)
  })

  it('closes a checkout that is still open at the provider when its booking is over', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    // A provider whose clock is behind: its checkout outlives the hold.
    await world.database.db.execute(
      sql`update test_vendors.checkouts set expires_at = '2026-11-23T20:00:00Z' where id = ${held.checkoutId}`,
    )
    world.clock.moveTo(AFTER_HOLD)
    await doDueWork(world.deps)
    expect(latest(await everythingOf(world, held.requestId)).status).toBe('expired')
    expect(await world.testCheckout.pay(held.checkoutId, 'lost')).toEqual({ outcome: 'expired' })
  })

  it('confirms a paid booking by itself an hour before its start, at the very instant', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await payBooking(world, held)
    world.clock.moveTo('2026-11-24T15:29:59.999Z')
    await doDueWork(world.deps)
    expect(latest(await everythingOf(world, held.requestId)).status).toBe('pending_payment')
    world.clock.moveTo('2026-11-24T15:30:00.000Z')
    await doDueWork(world.deps)
    const after = await everythingOf(world, held.requestId)
    expect(latest(after).status).toBe('confirmed')
    expect(after.history.at(-1)).toMatchObject({ occasion: 'payment_verified', actorKind: 'system' })
  })

  it('reminds the trainer once of a payment that waits, at the very minute that the organization has set', async () => {
    const scene = await createScene(world, { settings: { paidReminderMinutes: 90 } })
    const held = await holdBooking(world, scene, SLOT)
    await payBooking(world, held)
    const reminders = async () =>
      eventNames(await everythingOf(world, held.requestId)).filter((name) => name === 'payment_confirmation_overdue')
    world.clock.moveTo('2026-11-23T16:29:59.999Z')
    await world.settle()
    expect(await reminders()).toEqual([])
    world.clock.moveTo('2026-11-23T16:30:00.000Z')
    await Promise.all([doDueWork(world.deps), doDueWork(world.deps)])
    expect(await reminders()).toHaveLength(1)
    world.clock.advanceMinutes(600)
    await world.settle()
    expect(await reminders()).toHaveLength(1)
  })

  it('reminds of nothing that is confirmed', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await payAndConfirm(world, scene, held)
    world.clock.advanceMinutes(120)
    await world.settle()
    expect(eventNames(await everythingOf(world, held.requestId))).not.toContain('payment_confirmation_overdue')
  })
})

describe('a refund', () => {
  async function refused(scene: SchedulingScene) {
    const held = await payUnheard(scene)
    await holdBooking(world, scene, SLOT)
    await notice(world, held)
    return held
  }

  it('that is under way is asked about until it has arrived', async () => {
    world.testCheckout.startRefundsAs('pending')
    const held = await refused(await createScene(world))
    await world.settle()
    const waiting = await everythingOf(world, held.requestId)
    expect(waiting.refunds).toMatchObject([{ status: 'pending', providerRefundId: expect.any(String) }])
    expect(latest(waiting)).toMatchObject({ paymentStatus: 'paid', refundedMinor: 9000 })
    await world.testCheckout.settleRefund(waiting.refunds[0]?.providerRefundId ?? '', 'succeeded')
    world.clock.advanceMinutes(3)
    expect(await reconcileRefunds(world.deps)).toBe(1)
    const after = await everythingOf(world, held.requestId)
    expect(after.refunds).toMatchObject([{ status: 'succeeded', settledAt: world.clock.now() }])
    expect(latest(after).paymentStatus).toBe('refunded')
    expect(await reconcileRefunds(world.deps)).toBe(0)
  })

  it('that fails in the end is no refund any more, and says so by its event', async () => {
    world.testCheckout.startRefundsAs('pending')
    const held = await refused(await createScene(world))
    await world.settle()
    const waiting = await everythingOf(world, held.requestId)
    await world.testCheckout.settleRefund(waiting.refunds[0]?.providerRefundId ?? '', 'failed')
    world.clock.advanceMinutes(3)
    await world.settle()
    const after = await everythingOf(world, held.requestId)
    expect(after.refunds).toMatchObject([{ status: 'failed' }])
    expect(latest(after)).toMatchObject({ paymentStatus: 'paid', paidMinor: 9000, refundedMinor: 0 })
    const changes = after.events.filter((event) => event.name === 'refund_changed')
    const refundId = after.refunds[0]?.id
    expect(changes).toMatchObject([
      { payload: { refundStatus: 'pending', refundId } },
      { payload: { refundStatus: 'failed', refundId } },
    ])
  })

  it('whose provider was away is made as soon as it is back, once', async () => {
    const held = await refused(await createScene(world))
    world.testCheckout.simulateOutage(true)
    await world.settle()
    expect((await everythingOf(world, held.requestId)).refunds).toMatchObject([{ status: 'pending' }])
    world.testCheckout.simulateOutage(false)
    world.clock.advanceMinutes(3)
    await Promise.all([reconcileRefunds(world.deps), reconcileRefunds(world.deps)])
    const after = await everythingOf(world, held.requestId)
    expect(after.refunds).toMatchObject([{ status: 'succeeded' }])
    expect(eventNames(after).filter((name) => name === 'refund_changed')).toHaveLength(1)
    const made = await world.database.db.execute(
      sql`select 1 from test_vendors.refunds where payment_id = ${after.payments[0]?.providerPaymentId}`,
    )
    expect(made).toHaveLength(1)
  })
})
