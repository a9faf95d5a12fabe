import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bookingUrl,
  eventNames,
  everythingOf,
  type HeldBooking,
  holdBooking,
  latest,
  payAndConfirm,
  payBooking,
  requestUrl,
} from '../../../test/booking-scene.ts'
import { createApiKey, createMember, createOrganization } from '../../../test/factories.ts'
import {
  choose,
  createLinked,
  createScene,
  type SceneOptions,
  type SchedulingScene,
} from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { bookingTokens } from '../../db/schema/scheduling.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
const BEFORE_END = '2026-11-24T17:29:59.999Z'
const END = '2026-11-24T17:30:00.000Z'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(() => world.clock.moveTo(NOW))
afterAll(() => world.close())

const complete = (scene: SchedulingScene, bookingId: string, as = scene.trainer.accessToken) =>
  world.call({ method: 'POST', url: bookingUrl(scene, bookingId, 'complete'), as })

async function confirmed(options: SceneOptions = {}): Promise<{ scene: SchedulingScene; held: HeldBooking }> {
  world.clock.moveTo(NOW)
  const scene = await createScene(world, options)
  const held = await holdBooking(world, scene, SLOT)
  await payAndConfirm(world, scene, held)
  return { scene, held }
}

describe('Mark Complete', () => {
  it('is refused a millisecond before the end and possible at the very instant', async () => {
    const { scene, held } = await confirmed()
    world.clock.moveTo(BEFORE_END)
    const before = await everythingOf(world, held.requestId)
    const early = await complete(scene, held.bookingId)
    expect(early.statusCode).toBe(409)
    expect(early.json()).toMatchObject({ code: 'session_not_ended' })
    expect(await everythingOf(world, held.requestId)).toEqual(before)
    world.clock.moveTo(END)
    const answer = await complete(scene, held.bookingId)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      status: 'completed',
      statusLabel: 'Completed',
      completedAt: END,
      payout: { amount: { amount: 6300, currency: 'USD' }, sharePercent: 70 },
      feedback: null,
    })
    const after = await everythingOf(world, held.requestId)
    expect(after.trainingRequest.status).toBe('completed')
    expect(after.history.at(-1)).toMatchObject({
      fromStatus: 'confirmed',
      toStatus: 'completed',
      occasion: 'marked_complete',
      actorId: scene.trainer.userId,
    })
    expect(eventNames(after).slice(-2)).toEqual(['booking_completed', 'payout_recorded'])
    expect(after.bookingTokens.filter((token) => token.purpose === 'feedback')).toMatchObject([
      { expiresAt: new Date('2026-12-24T17:30:00.000Z'), usedAt: null },
    ])
  })

  it('pressed by 20 at once on two instances completes once and earns once', async () => {
    // Without the locks this test printed one 200 and 19 times 409 (the guarded step still kept it to one); without that
    // guard as well, 20 rows "completed" in the booking's history.
    const { scene, held } = await confirmed()
    world.clock.moveTo(END)
    const origins = await world.listen(2)
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const answer = await fetch(`${origins[index % 2]}${bookingUrl(scene, held.bookingId, 'complete')}`, {
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
    const after = await everythingOf(world, held.requestId)
    expect(after.payoutLines).toMatchObject([{ kind: 'earned', amountMinor: 6300 }])
    expect(after.bookingHistory.filter((row) => row.toStatus === 'completed')).toHaveLength(1)
    expect(after.history.filter((row) => row.toStatus === 'completed')).toHaveLength(1)
    expect(eventNames(after).filter((name) => name === 'booking_completed')).toHaveLength(1)
    const again = await complete(scene, held.bookingId)
    expect(again.statusCode).toBe(200)
    expect(await everythingOf(world, held.requestId)).toEqual(after)
  })

  it('is refused in every status but Confirmed, to trainer and admin, and changes nothing', async () => {
    const scene = await createScene(world)
    const cancel = (held: HeldBooking) =>
      world.call({
        method: 'POST',
        url: requestUrl(scene, held.requestId, 'cancel'),
        as: scene.trainer.accessToken,
      })
    const unpaid = await holdBooking(world, scene, '2026-11-24T15:00:00.000Z', 30)
    const paid = await holdBooking(world, scene, '2026-11-25T16:00:00.000Z')
    await payBooking(world, paid)
    const canceled = await holdBooking(world, scene, '2026-11-24T18:00:00.000Z')
    await cancel(canceled)
    const refused = async (held: HeldBooking, currentStatus: string) => {
      const before = await everythingOf(world, held.requestId)
      for (const as of [scene.trainer.accessToken, scene.admin.accessToken]) {
        const answer = await complete(scene, held.bookingId, as)
        expect(answer.statusCode).toBe(409)
        expect(answer.json()).toMatchObject({ code: 'invalid_state', currentStatus })
      }
      expect(await everythingOf(world, held.requestId)).toEqual(before)
    }
    await refused(unpaid, 'pending_payment')
    await refused(paid, 'pending_payment')
    await refused(canceled, 'canceled')
    world.clock.advanceMinutes(60)
    await world.settle()
    await refused(unpaid, 'expired')
  })

  it('exists for its trainer, admins and keys with the scope; for others there is no such booking', async () => {
    const { scene, held } = await confirmed()
    world.clock.moveTo(END)
    const elsewhere = await createOrganization(world)
    const stranger = await createMember(world, elsewhere, { role: 'org_admin' })
    const another = await createMember(world, scene.organization, { firstName: 'Tom' })
    const narrow = await createApiKey(world, scene.organization, scene.admin.userId, ['bookings:read'])
    const key = await createApiKey(world, scene.organization, scene.admin.userId, ['bookings:write'])
    const before = await everythingOf(world, held.requestId)
    const refusals: [string, number, string][] = [
      [another.accessToken, 404, 'not_found'],
      [stranger.accessToken, 404, 'not_found'],
      [narrow, 403, 'insufficient_scope'],
      [held.link, 401, 'unauthenticated'],
    ]
    for (const [as, status, code] of refusals) {
      const answer = await complete(scene, held.bookingId, as)
      expect([answer.statusCode, answer.json().code]).toEqual([status, code])
    }
    expect(await everythingOf(world, held.requestId)).toEqual(before)
    expect((await complete(scene, held.bookingId, key)).json()).toMatchObject({ status: 'completed' })
  })
})

describe('what the trainer earns', () => {
  it.each([
    { title: '70 % unless anything else is said', options: {}, price: 9000, share: 70, amount: 6300 },
    {
      title: 'the organization’s share',
      options: { settings: { payoutSharePercent: 62.5 } },
      price: 9000,
      share: 62.5,
      amount: 5625,
    },
    {
      title: 'the trainer’s own share, before the organization’s',
      options: { settings: { payoutSharePercent: 62.5 }, trainer: { payoutSharePercent: 80 } },
      price: 9000,
      share: 80,
      amount: 7200,
    },
    {
      title: 'nothing with a share of 0, which is still a line',
      options: { trainer: { payoutSharePercent: 0 } },
      price: 9000,
      share: 0,
      amount: 0,
    },
    {
      title: 'half a cent rounded up',
      options: { settings: { payoutSharePercent: 50 } },
      price: 9001,
      share: 50,
      amount: 4501,
    },
    {
      title: 'less than half a cent rounded down',
      options: { trainer: { payoutSharePercent: 33.33 } },
      price: 9001,
      share: 33.33,
      amount: 3000,
    },
  ])('is $title', async ({ options, price, share, amount }) => {
    const { scene, held } = await confirmed({ ...options, prices: { 60: price } })
    world.clock.moveTo(END)
    const answer = await complete(scene, held.bookingId)
    expect(answer.json().payout).toEqual({ amount: { amount, currency: 'USD' }, sharePercent: share })
  })

  it('is figured from what was paid less what was paid back', async () => {
    const { scene, held } = await confirmed()
    await world.database.db.update(bookings).set({ refundedMinor: 2500 }).where(eq(bookings.id, held.bookingId))
    world.clock.moveTo(END)
    // 70 % of 65.00.
    expect((await complete(scene, held.bookingId)).json().payout.amount.amount).toBe(4550)
  })

  it('is nothing for a session that cost nothing', async () => {
    const scene = await createScene(world, { prices: { 60: 0 } })
    const { id, link } = await createLinked(world, scene)
    const chosen = await choose(world, link, SLOT)
    world.clock.moveTo(END)
    const answer = await complete(scene, chosen.json().booking.id)
    expect(answer.json()).toMatchObject({
      status: 'completed',
      paymentStatus: 'not_required',
      payout: { amount: { amount: 0 } },
    })
    expect(latest(await everythingOf(world, id)).status).toBe('completed')
  })

  it('is listed to the trainer, to admins whole, and to nobody else', async () => {
    const { scene, held } = await confirmed()
    world.clock.moveTo(END)
    await complete(scene, held.bookingId)
    const another = await createMember(world, scene.organization, { firstName: 'Tom' })
    const list = async (as: string, query = '') =>
      (await world.call({ url: `/v1/organizations/${scene.organization.slug}/payouts${query}`, as })).json()
    const line = {
      bookingId: held.bookingId,
      trainerId: scene.trainer.userId,
      kind: 'earned',
      amount: { amount: 6300, currency: 'USD' },
      createdAt: END,
    }
    expect(await list(scene.trainer.accessToken)).toMatchObject({ data: [line], nextCursor: null })
    expect(await list(scene.admin.accessToken)).toMatchObject({ data: [line] })
    expect(await list(scene.admin.accessToken, `?trainerId=${another.userId}`)).toMatchObject({ data: [] })
    expect(await list(another.accessToken)).toMatchObject({ data: [] })
    expect(await list(another.accessToken, `?trainerId=${scene.trainer.userId}`)).toMatchObject({ data: [] })
  })
})

describe('the customer’s rating', () => {
  async function feedbackLink() {
    const { scene, held } = await confirmed()
    world.clock.moveTo(END)
    await complete(scene, held.bookingId)
    const [row] = await world.database.db
      .select()
      .from(bookingTokens)
      .where(and(eq(bookingTokens.bookingId, held.bookingId), eq(bookingTokens.purpose, 'feedback')))
    if (row === undefined) throw new Error('There is no feedback link.')
    return { scene, held, secret: world.deps.secrets.linkSecret('feedback', row) }
  }
  const rate = (secret: string, body: object, key?: string) =>
    world.call({
      method: 'POST',
      url: '/v1/feedback',
      as: secret,
      body,
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    })

  it('is asked for by a page that may be opened any number of times, and is kept once', async () => {
    const { scene, held, secret } = await feedbackLink()
    const before = await everythingOf(world, held.requestId)
    for (let look = 0; look < 20; look += 1) {
      const page = await world.call({ url: '/v1/feedback', as: secret })
      expect(page.json()).toMatchObject({
        reference: before.trainingRequest.reference,
        organization: { name: 'Demo Support', supportEmail: 'support@demo.test' },
        trainer: { firstName: 'Tina' },
        start: SLOT,
        end: END,
        timeZone: 'America/New_York',
      })
    }
    expect(await everythingOf(world, held.requestId)).toEqual(before)
    const answer = await rate(secret, { rating: 5, comment: '  Found it in ten minutes.\r\nThank you!  ' }, 'rating-1')
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({ rating: 5, comment: 'Found it in ten minutes.\nThank you!', createdAt: END })
    const replayed = await rate(
      secret,
      { rating: 5, comment: '  Found it in ten minutes.\r\nThank you!  ' },
      'rating-1',
    )
    expect([replayed.statusCode, replayed.headers['idempotent-replayed']]).toEqual([201, 'true'])
    const after = await everythingOf(world, held.requestId)
    expect(eventNames(after).at(-1)).toBe('feedback_submitted')
    for (const repeated of [await rate(secret, { rating: 1 }), await world.call({ url: '/v1/feedback', as: secret })]) {
      expect(repeated.statusCode).toBe(410)
      expect(repeated.json()).toMatchObject({ code: 'link_used', organization: { supportEmail: 'support@demo.test' } })
    }
    expect(await everythingOf(world, held.requestId)).toEqual(after)
    for (const as of [scene.trainer.accessToken, scene.admin.accessToken])
      expect((await world.call({ url: bookingUrl(scene, held.bookingId), as })).json().feedback).toEqual({
        rating: 5,
        comment: 'Found it in ten minutes.\nThank you!',
      })
  })

  it('given by 20 at once on two instances is kept once', async () => {
    // Without the guard on the link's `usedAt` this test printed no 410 at all: the primary key of `feedback` refused 19
    // ratings, as 500.
    const { held, secret } = await feedbackLink()
    const origins = await world.listen(2)
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const answer = await fetch(`${origins[index % 2]}/v1/feedback`, {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
          body: JSON.stringify({ rating: 1 + (index % 5) }),
        })
        return answer.status
      }),
    )
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 410)).toHaveLength(19)
    const after = await everythingOf(world, held.requestId)
    expect(eventNames(after).filter((name) => name === 'feedback_submitted')).toHaveLength(1)
  })

  it('is taken a millisecond before its 30 days are over, and no more at that instant', async () => {
    const { secret } = await feedbackLink()
    world.clock.moveTo('2026-12-24T17:30:00.000Z')
    expect((await rate(secret, { rating: 4 })).json()).toMatchObject({ code: 'link_expired' })
    expect((await world.call({ url: '/v1/feedback', as: secret })).statusCode).toBe(410)
    world.clock.moveTo('2026-12-24T17:29:59.999Z')
    expect((await rate(secret, { rating: 4, comment: '   ' })).json()).toMatchObject({ rating: 4, comment: null })
  })

  it('is a whole number from 1 to 5', async () => {
    const { secret } = await feedbackLink()
    for (const rating of [0, 6, 4.5, '5', null])
      expect((await rate(secret, { rating })).json()).toMatchObject({ code: 'validation_failed' })
    expect((await rate(secret, { rating: 1 })).statusCode).toBe(201)
  })

  it('cannot be given by any other link', async () => {
    const { held, secret } = await feedbackLink()
    expect((await rate(held.link, { rating: 5 })).json()).toMatchObject({ code: 'link_not_found' })
    expect((await world.call({ url: '/v1/scheduling', as: secret })).json()).toMatchObject({ code: 'link_not_found' })
  })
})
