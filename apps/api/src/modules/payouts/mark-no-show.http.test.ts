import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bookingUrl,
  eventNames,
  everythingOf,
  holdBooking,
  latest,
  payAndConfirm,
} from '../../../test/booking-scene.ts'
import { createApiKey, createMember } from '../../../test/factories.ts'
import { createScene, type SceneOptions, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const START = '2026-11-24T16:30:00.000Z'
const TEN_MINUTES_IN = '2026-11-24T16:40:00.000Z'
const END = '2026-11-24T17:30:00.000Z'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(() => world.clock.moveTo(NOW))
afterAll(() => world.close())

async function confirmed(options: SceneOptions = {}) {
  const scene = await createScene(world, options)
  const held = await holdBooking(world, scene, START)
  await payAndConfirm(world, scene, held)
  return { scene, ...held }
}

const noShow = (scene: SchedulingScene, bookingId: string, as = scene.trainer.accessToken) =>
  world.call({ method: 'POST', url: bookingUrl(scene, bookingId, 'no-show'), as })

describe('a customer who does not come', () => {
  it('is marked from 10 minutes after the start, and not a millisecond before', async () => {
    const { scene, requestId, bookingId } = await confirmed()
    world.clock.moveTo('2026-11-24T16:39:59.999Z')
    const before = await everythingOf(world, requestId)
    const early = await noShow(scene, bookingId)
    expect(early.statusCode).toBe(409)
    expect(early.json()).toMatchObject({ code: 'session_not_started' })
    expect(await everythingOf(world, requestId)).toEqual(before)
    world.clock.moveTo(TEN_MINUTES_IN)
    const marked = await noShow(scene, bookingId)
    expect(marked.json()).toMatchObject({ status: 'no_show', statusLabel: 'No-show', completedAt: TEN_MINUTES_IN })
    const after = await everythingOf(world, requestId)
    expect(after.trainingRequest.status).toBe('completed')
    expect(after.history.at(-1)).toMatchObject({ fromStatus: 'confirmed', occasion: 'marked_no_show' })
    expect(after.bookingHistory.at(-1)).toMatchObject({ toStatus: 'no_show', actorId: scene.trainer.userId })
    expect(eventNames(after).slice(-2)).toEqual(['booking_marked_no_show', 'payout_recorded'])
  })

  it('earns the trainer the part of the share that the organization pays then, and asks nobody for feedback', async () => {
    const { scene, requestId, bookingId } = await confirmed({
      settings: { payoutSharePercent: 70, noShowPayoutPercent: 50 },
    })
    world.clock.moveTo(TEN_MINUTES_IN)
    const answer = await noShow(scene, bookingId)
    // 9,000 × 70 % × 50 %.
    expect(answer.json().payout).toEqual({ amount: { amount: 3150, currency: 'USD' }, sharePercent: 70 })
    await world.settle()
    const after = await everythingOf(world, requestId)
    expect(after.payoutLines).toMatchObject([{ kind: 'earned', amountMinor: 3150 }])
    expect(after.bookingTokens.filter(({ purpose }) => purpose === 'feedback')).toEqual([])
    expect(world.mailer.sent.map(({ subject }) => subject)).not.toContain('How was your session?')
  })

  it('a second time, and by somebody else, is 200 and nothing happens', async () => {
    const { scene, requestId, bookingId } = await confirmed()
    world.clock.moveTo(TEN_MINUTES_IN)
    await noShow(scene, bookingId)
    const after = await everythingOf(world, requestId)
    const again = await Promise.all([
      noShow(scene, bookingId),
      noShow(scene, bookingId, scene.admin.accessToken),
      noShow(scene, bookingId),
    ])
    expect(again.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
    expect(await everythingOf(world, requestId)).toEqual(after)
  })

  it('came after all: an admin completes it within 30 days, and the ledger gets the rest', async () => {
    const { scene, requestId, bookingId } = await confirmed({
      settings: { payoutSharePercent: 70, noShowPayoutPercent: 50 },
    })
    world.clock.moveTo(END)
    await noShow(scene, bookingId)
    const complete = (as: string) => world.call({ method: 'POST', url: bookingUrl(scene, bookingId, 'complete'), as })
    expect((await complete(scene.trainer.accessToken)).json()).toMatchObject({ code: 'org_admin_required' })
    expect((await complete(scene.admin.accessToken)).json()).toMatchObject({
      status: 'completed',
      payout: { amount: { amount: 6300 } },
    })
    expect(
      (await everythingOf(world, requestId)).payoutLines.map(({ kind, amountMinor }) => [kind, amountMinor]),
    ).toEqual([
      ['earned', 3150],
      ['adjustment', 3150],
    ])
  })

  it('is marked by its trainer, an admin and a key; for anybody else the booking does not exist', async () => {
    for (const by of ['admin', 'key', 'stranger'] as const) {
      world.clock.moveTo(NOW)
      const { scene, bookingId, requestId } = await confirmed()
      world.clock.moveTo(TEN_MINUTES_IN)
      const as =
        by === 'admin'
          ? scene.admin.accessToken
          : by === 'key'
            ? await createApiKey(world, scene.organization, scene.admin.userId, ['bookings:write'])
            : (await createMember(world, scene.organization)).accessToken
      const answer = await noShow(scene, bookingId, as)
      expect(answer.statusCode, by).toBe(by === 'stranger' ? 404 : 200)
      expect(latest(await everythingOf(world, requestId)).status).toBe(by === 'stranger' ? 'confirmed' : 'no_show')
    }
  })

  it('cannot be said of a session that was never confirmed, was canceled or is completed', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, START)
    world.clock.moveTo(TEN_MINUTES_IN)
    expect((await noShow(scene, held.bookingId)).json()).toMatchObject({ code: 'invalid_state' })
    world.clock.moveTo(NOW)
    const other = await confirmed()
    world.clock.moveTo(END)
    await world.call({
      method: 'POST',
      url: bookingUrl(other.scene, other.bookingId, 'complete'),
      as: other.scene.trainer.accessToken,
    })
    expect((await noShow(other.scene, other.bookingId)).json()).toMatchObject({
      code: 'invalid_state',
      currentStatus: 'completed',
    })
  })
})
