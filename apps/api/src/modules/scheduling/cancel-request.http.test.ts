import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bookingUrl,
  eventNames,
  everythingOf,
  holdBooking,
  latest,
  notice,
  payAndConfirm,
  payBooking,
  requestUrl,
} from '../../../test/booking-scene.ts'
import { createApiKey, createMember, createOrganization, createTrainingRequest } from '../../../test/factories.ts'
import { createClaimed, createLinked, createScene, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { bookings } from '../../db/schema/bookings.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(() => {
  world.clock.moveTo(NOW)
  world.testCheckout.simulateOutage(false)
})
afterAll(() => world.close())

const cancel = (scene: SchedulingScene, requestId: string, as = scene.trainer.accessToken, body: object = {}) =>
  world.call({ method: 'POST', url: requestUrl(scene, requestId, 'cancel'), as, body })

const requestIn = {
  trainers_notified: async (scene: SchedulingScene) =>
    (
      await createTrainingRequest(world, scene.organization, {
        formVersionId: scene.form.versionId,
        sessionTypeId: scene.sessionType.id,
      })
    ).id,
  claimed: async (scene: SchedulingScene) => (await createClaimed(world, scene)).id,
  customer_scheduling: async (scene: SchedulingScene) => (await createLinked(world, scene)).id,
  pending_payment: async (scene: SchedulingScene) => (await holdBooking(world, scene, SLOT)).requestId,
  confirmed: async (scene: SchedulingScene) => {
    const held = await holdBooking(world, scene, SLOT)
    await payAndConfirm(world, scene, held)
    return held.requestId
  },
  expired: async (scene: SchedulingScene) => {
    const { requestId } = await holdBooking(world, scene, SLOT)
    world.clock.advanceMinutes(60)
    await world.settle()
    return requestId
  },
}

describe('canceling a request', () => {
  it('is possible in every status until it is completed, and says who did it and why', async () => {
    for (const [status, make] of Object.entries(requestIn)) {
      world.clock.moveTo(NOW)
      const scene = await createScene(world)
      const requestId = await make(scene)
      const as = status === 'trainers_notified' ? scene.admin : scene.trainer
      const answer = await cancel(scene, requestId, as.accessToken, { reason: 'The customer called' })
      expect(answer.statusCode).toBe(200)
      expect(answer.json()).toMatchObject({ status: 'canceled', statusLabel: 'Canceled' })
      const after = await everythingOf(world, requestId)
      expect(after.history.at(-1)).toMatchObject({
        fromStatus: status,
        toStatus: 'canceled',
        occasion: 'request_canceled',
        reason: 'The customer called',
        actorId: as.userId,
      })
      expect(after.events.at(-1)).toMatchObject({
        name: 'request_canceled',
        payload: { status: 'canceled', previousStatus: status },
      })
      expect(after.links.filter((link) => link.endedAt === null)).toEqual([])
    }
  })

  it('a second time answers 200 and does nothing', async () => {
    const scene = await createScene(world)
    const requestId = await requestIn.confirmed(scene)
    await cancel(scene, requestId)
    const after = await everythingOf(world, requestId)
    expect((await cancel(scene, requestId)).statusCode).toBe(200)
    expect((await cancel(scene, requestId, scene.admin.accessToken)).statusCode).toBe(200)
    expect(await everythingOf(world, requestId)).toEqual(after)
  })

  it('of a completed one is refused with 409 invalid_state, and nothing changes', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await payAndConfirm(world, scene, held)
    world.clock.moveTo('2026-11-24T17:30:00.000Z')
    await world.call({
      method: 'POST',
      url: bookingUrl(scene, held.bookingId, 'complete'),
      as: scene.trainer.accessToken,
    })
    const before = await everythingOf(world, held.requestId)
    for (const as of [scene.trainer.accessToken, scene.admin.accessToken]) {
      const answer = await cancel(scene, held.requestId, as)
      expect(answer.statusCode).toBe(409)
      expect(answer.json()).toMatchObject({ code: 'invalid_state', currentStatus: 'completed' })
    }
    expect(await everythingOf(world, held.requestId)).toEqual(before)
  })

  it('revokes the scheduling link: its holder reads that the request is closed', async () => {
    const scene = await createScene(world)
    const { id, link } = await createLinked(world, scene)
    await cancel(scene, id)
    const opened = await world.call({ url: '/v1/scheduling', as: link })
    expect(opened.statusCode).toBe(410)
    expect(opened.json()).toMatchObject({ code: 'request_closed' })
    expect((await everythingOf(world, id)).links.at(-1)?.endReason).toBe('revoked')
  })
})

describe('canceling a request whose customer has chosen a time', () => {
  it('closes the checkout at the provider before it ends an unpaid hold; the time is free again', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await cancel(scene, held.requestId)
    const after = await everythingOf(world, held.requestId)
    expect(latest(after)).toMatchObject({
      status: 'canceled',
      paymentStatus: 'unpaid',
      canceledBy: 'organization',
      cancelReason: 'request_canceled',
      holdExpiresAt: null,
    })
    expect(after.refunds).toEqual([])
    expect(await world.testCheckout.pay(held.checkoutId, 'lost')).toEqual({ outcome: 'expired' })
    await holdBooking(world, scene, SLOT)
  })

  it('pays back in full what turns out to have been paid in that moment', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await payBooking(world, held, { notice: false })
    const answer = await cancel(scene, held.requestId)
    expect(answer.json()).toMatchObject({ status: 'canceled' })
    await notice(world, held)
    await world.settle()
    const after = await everythingOf(world, held.requestId)
    expect(after.refunds).toMatchObject([
      { amountMinor: 9000, reason: 'canceled_by_organization', status: 'succeeded', bookingId: held.bookingId },
    ])
    expect(latest(after)).toMatchObject({ status: 'canceled', paymentStatus: 'refunded', refundedMinor: 9000 })
    expect(eventNames(after)).toEqual(
      expect.arrayContaining(['payment_received', 'booking_canceled', 'payment_refund_requested', 'request_canceled']),
    )
  })

  it('pays a paid or confirmed booking back in full, once, whoever else cancels at the same moment', async () => {
    // Without the locks on request and booking the guarded steps alone still kept it to one; without those guards as well
    // this test printed 20 refunds of 9000 for one payment.
    const scene = await createScene(world)
    const origins = await world.listen(2)
    for (const [round, isConfirmed] of [true, false].entries()) {
      const held = await holdBooking(world, scene, round === 0 ? SLOT : '2026-11-24T18:30:00.000Z')
      if (isConfirmed) await payAndConfirm(world, scene, held)
      else await payBooking(world, held)
      const statuses = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const answer = await fetch(`${origins[index % 2]}${requestUrl(scene, held.requestId, 'cancel')}`, {
            method: 'POST',
            headers: {
              authorization: `Bearer ${(index % 2 === 0 ? scene.admin : scene.trainer).accessToken}`,
              'content-type': 'application/json',
            },
            body: '{}',
          })
          return answer.status
        }),
      )
      expect(statuses).toEqual(Array(20).fill(200))
      await world.settle()
      const after = await everythingOf(world, held.requestId)
      expect(after.refunds).toMatchObject([{ amountMinor: 9000, status: 'succeeded' }])
      expect(latest(after)).toMatchObject({ status: 'canceled', paymentStatus: 'refunded', refundedMinor: 9000 })
      expect(after.history.filter((row) => row.toStatus === 'canceled')).toHaveLength(1)
      expect(eventNames(after).filter((name) => name === 'request_canceled')).toHaveLength(1)
      expect(eventNames(after).filter((name) => name === 'booking_canceled')).toHaveLength(1)
    }
  })

  it('answers 503 while nobody can say whether the customer has paid, and changes nothing', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    const before = await everythingOf(world, held.requestId)
    world.testCheckout.simulateOutage(true)
    const answer = await cancel(scene, held.requestId)
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ code: 'payment_provider_unavailable' })
    expect(await everythingOf(world, held.requestId)).toEqual(before)
  })

  it('whose money is still under way sends it back when it arrives', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await world.database.db
      .update(bookings)
      .set({ paymentStatus: 'processing', holdExpiresAt: null })
      .where(eq(bookings.id, held.bookingId))
    expect((await cancel(scene, held.requestId)).json()).toMatchObject({ status: 'canceled' })
    await payBooking(world, held)
    await world.settle()
    const after = await everythingOf(world, held.requestId)
    expect(after.refunds).toMatchObject([{ reason: 'request_canceled', amountMinor: 9000, status: 'succeeded' }])
  })
})

describe('who may cancel a request', () => {
  it('is its trainer, an admin, and a key with the scope; the refused change nothing', async () => {
    const scene = await createScene(world)
    const elsewhere = await createOrganization(world)
    const stranger = await createMember(world, elsewhere, { role: 'org_admin' })
    const another = await createMember(world, scene.organization, { firstName: 'Tom' })
    const narrow = await createApiKey(world, scene.organization, scene.admin.userId, ['requests:read'])
    const key = await createApiKey(world, scene.organization, scene.admin.userId, ['requests:write'])
    for (const [status, make] of Object.entries(requestIn)) {
      world.clock.moveTo(NOW)
      const requestId = await make(scene)
      const before = await everythingOf(world, requestId)
      const refusals: [string, number, string][] = [
        [another.accessToken, 404, 'not_found'],
        [stranger.accessToken, 404, 'not_found'],
        [narrow, 403, 'insufficient_scope'],
      ]
      for (const [as, expected, code] of refusals) {
        const answer = await cancel(scene, requestId, as)
        expect([status, answer.statusCode, answer.json().code]).toEqual([status, expected, code])
      }
      expect(await everythingOf(world, requestId)).toEqual(before)
      expect((await cancel(scene, requestId, key)).json()).toMatchObject({ status: 'canceled' })
    }
  })
})
