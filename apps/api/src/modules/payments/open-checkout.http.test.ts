import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { everythingOf } from '../../../test/booking-scene.ts'
import { choose, createLinked, createScene, type SchedulingScene, slotsOf } from '../../../test/scheduling-scene.ts'
import { createStripeWorld, holdAtStripe, type StripeWorld } from '../../../test/stripe-scene.ts'
import { bookingTokens } from '../../db/schema/scheduling.ts'
import { closeCheckouts } from './close-checkouts.ts'

// A Monday, 09:00 in Chicago. Holds end at 16:00Z.
const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
const OTHER_SLOT = '2026-11-24T18:30:00.000Z'

let money: StripeWorld
let scene: SchedulingScene

beforeAll(async () => {
  money = await createStripeWorld({ now: NOW })
})
afterAll(() => money.close())
beforeEach(async () => {
  money.world.clock.moveTo(NOW)
  scene = await createScene(money.world)
})
afterEach(() => money.stripe.faults.clear())

type Held = Awaited<ReturnType<typeof holdAtStripe>>

/** The customer's own checkout is closed for another time that then turns out to be gone. */
async function holdWithoutCheckout(slot = SLOT): Promise<Held> {
  const held = await holdAtStripe(money, scene, slot)
  const closed = await closeCheckouts(money.world.deps, { scope: scene.organization.scope, bookingId: held.bookingId })
  expect(closed).toBe('closed')
  return held
}

const sessionsOf = (held: Held) =>
  money.stripe.account
    .sessionsFor(held.bookingId)
    .map(({ status, expires_at }) => [status, new Date(expires_at * 1000)])
const returnLinkUntil = async (held: Held) =>
  (await money.world.database.db.select().from(bookingTokens).where(eq(bookingTokens.bookingId, held.bookingId))).map(
    ({ expiresAt }) => expiresAt,
  )

describe('a checkout that has to be made anew', () => {
  it('keeps the hold’s deadline while 31 minutes are left, and moves it to 35 from now with a second less', async () => {
    const kept = await holdWithoutCheckout()
    const moved = await holdWithoutCheckout(OTHER_SLOT)
    money.world.clock.moveTo('2026-11-23T15:29:00.000Z')
    const first = await choose(money.world, kept.link, SLOT)
    expect(first.statusCode, first.body).toBe(200)
    expect(first.json().booking.holdExpiresAt).toBe('2026-11-23T16:00:00.000Z')
    expect(sessionsOf(kept)).toEqual([
      ['expired', new Date('2026-11-23T16:00:00Z')],
      ['open', new Date('2026-11-23T16:00:00Z')],
    ])

    money.world.clock.moveTo('2026-11-23T15:29:01.000Z')
    const second = await choose(money.world, moved.link, OTHER_SLOT)
    expect(second.statusCode, second.body).toBe(200)
    const { booking, checkoutUrl } = second.json()
    expect(booking).toMatchObject({ id: moved.bookingId, holdExpiresAt: '2026-11-23T16:04:01.000Z', checkoutUrl })
    expect(sessionsOf(moved)).toEqual([
      ['expired', new Date('2026-11-23T16:00:00Z')],
      ['open', new Date('2026-11-23T16:04:01Z')],
    ])
    expect(await returnLinkUntil(moved)).toEqual([new Date('2026-11-24T16:04:01Z')])
    const all = await everythingOf(money.world, moved.requestId)
    expect(all.bookingHistory).toContainEqual(
      expect.objectContaining({ reason: 'hold_extended', actorKind: 'system', toStatus: 'pending_payment' }),
    )
    expect(all.payments.map(({ state }) => state).sort()).toEqual(['expired', 'open'])
  })

  it('holds the time until the new deadline and no longer', async () => {
    const held = await holdWithoutCheckout()
    money.world.clock.moveTo('2026-11-23T15:50:00.000Z')
    expect((await choose(money.world, held.link, SLOT)).statusCode).toBe(200)
    const { link: another } = await createLinked(money.world, scene)
    const offered = async () =>
      (await slotsOf(money.world, another, 'durationMinutes=60')).slots.some(({ start }) => start === SLOT)
    money.world.clock.moveTo('2026-11-23T16:24:59.999Z')
    expect(await offered()).toBe(false)
    money.world.clock.moveTo('2026-11-23T16:25:00.000Z')
    expect(await offered()).toBe(true)
    await money.world.settle()
    const all = await everythingOf(money.world, held.requestId)
    expect(all.bookings).toMatchObject([{ status: 'expired' }])
  })

  it('ends the hold when it is too late for one, and the same link chooses again', async () => {
    const soon = await createScene(money.world, { settings: { minimumNoticeMinutes: 0, slotStepMinutes: 10 } })
    scene = soon
    const start = '2026-11-23T16:00:00.000Z'
    const held = await holdWithoutCheckout(start)
    money.world.clock.moveTo('2026-11-23T15:29:01.000Z')
    const late = await choose(money.world, held.link, start)
    expect(late.statusCode).toBe(409)
    expect(late.json()).toMatchObject({ code: 'slot_unavailable' })
    const all = await everythingOf(money.world, held.requestId)
    expect(all.bookings).toMatchObject([{ status: 'expired', holdExpiresAt: null }])
    expect(all.trainingRequest).toMatchObject({ status: 'expired' })
    expect(all.bookingHistory.map(({ reason }) => reason).slice(-2)).toEqual(['checkout_too_late', 'hold_ran_out'])
    expect((await choose(money.world, held.link, SLOT)).statusCode).toBe(201)
  })

  it('is one, however many ask for it at once', async () => {
    const held = await holdWithoutCheckout()
    money.world.clock.moveTo('2026-11-23T15:40:00.000Z')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        fetch(`${money.origins[index % 2]}/v1/scheduling/bookings`, {
          method: 'POST',
          headers: { authorization: `Bearer ${held.link}`, 'content-type': 'application/json' },
          body: JSON.stringify({ start: SLOT, durationMinutes: 60, timeZone: 'America/New_York' }),
        }),
      ),
    )
    // A call under the same key that is still running is told so by Stripe; the page repeats it.
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true)
    expect((await choose(money.world, held.link, SLOT)).statusCode).toBe(200)
    expect(sessionsOf(held)).toEqual([
      ['expired', new Date('2026-11-23T16:00:00Z')],
      ['open', new Date('2026-11-23T16:15:00Z')],
    ])
  })
})

describe('a checkout whose making was interrupted', () => {
  it('is made by the repeat, with the deadline of then while Stripe takes it', async () => {
    const { link, id } = await createLinked(money.world, scene)
    money.stripe.faults.outage(true)
    expect((await choose(money.world, link, SLOT)).statusCode).toBe(503)
    money.stripe.faults.outage(false)
    money.world.clock.moveTo('2026-11-23T15:20:00.000Z')
    const again = await choose(money.world, link, SLOT)
    expect(again.statusCode, again.body).toBe(200)
    const all = await everythingOf(money.world, id)
    expect(all.payments).toMatchObject([{ state: 'open', attempt: 1, expiresAt: new Date('2026-11-23T16:00:00Z') }])
  })

  it('is made anew with a later deadline where Stripe takes the first one no more', async () => {
    const { link, id } = await createLinked(money.world, scene)
    money.stripe.faults.outage(true)
    expect((await choose(money.world, link, SLOT)).statusCode).toBe(503)
    money.stripe.faults.outage(false)
    money.world.clock.moveTo('2026-11-23T15:45:00.000Z')
    const again = await choose(money.world, link, SLOT)
    expect(again.statusCode, again.body).toBe(200)
    expect(again.json().booking.holdExpiresAt).toBe('2026-11-23T16:20:00.000Z')
    const all = await everythingOf(money.world, id)
    expect(all.payments.map(({ state, attempt }) => [attempt, state]).sort()).toEqual([
      [1, 'failed'],
      [2, 'open'],
    ])
  })

  it('is made in the account that takes the money now, not in the one that it was begun in', async () => {
    const { world, stripe } = money
    const connect = (secretKey: string) =>
      world.call({
        method: 'PUT',
        url: `/v1/organizations/${scene.organization.slug}/integrations/stripe`,
        as: scene.admin.accessToken,
        body: { secretKey },
      })
    const [before, after] = [stripe.addAccount({ displayName: 'Before' }), stripe.addAccount({ displayName: 'After' })]
    await connect(before.secretKey)
    const { link, id } = await createLinked(world, scene)
    stripe.faults.outage(true)
    expect((await choose(world, link, SLOT)).statusCode).toBe(503)
    stripe.faults.outage(false)
    expect((await connect(after.secretKey)).statusCode).toBe(200)
    const again = await choose(world, link, SLOT)
    expect(again.statusCode, again.body).toBe(200)
    expect(before.sessions()).toEqual([])
    expect(after.sessions()).toMatchObject([{ status: 'open', url: again.json().checkoutUrl }])
    expect((await everythingOf(world, id)).payments.map(({ state }) => state).sort()).toEqual(['failed', 'open'])
  })
})

describe('another time', () => {
  it('that is taken already leaves the checkout of the first one open', async () => {
    const held = await holdAtStripe(money, scene, SLOT)
    await holdAtStripe(money, scene, OTHER_SLOT)
    expect((await choose(money.world, held.link, OTHER_SLOT)).json()).toMatchObject({ code: 'slot_unavailable' })
    expect(sessionsOf(held)).toEqual([['open', new Date('2026-11-23T16:00:00Z')]])
  })
})
