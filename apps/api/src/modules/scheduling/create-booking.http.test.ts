import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bookingUrl, holdBooking, payBooking } from '../../../test/booking-scene.ts'
import {
  choose,
  createLinked,
  createScene,
  type SchedulingScene,
  secretOf,
  slotsOf,
} from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { bookingHistory, bookings } from '../../db/schema/bookings.ts'
import { calendarConnections } from '../../db/schema/calendars.ts'
import { events } from '../../db/schema/events.ts'
import { payments } from '../../db/schema/payments.ts'
import { trainingRequestHistory, trainingRequests } from '../../db/schema/training-requests.ts'
import type { TestCalendar } from '../../platform/calendars/test-calendar.ts'
import { expireLapsedHolds } from '../bookings/expire-lapsed-holds.ts'

// A Monday, 09:00 in Chicago (UTC-6). With two hours' notice the first slot is at 11:00, 17:00Z.
const NOW = '2026-11-23T15:00:00.000Z'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(() => {
  world.clock.moveTo(NOW)
  world.testCheckout.simulateOutage(false)
})
afterAll(() => world.close())

const requestRow = async (id: string) =>
  (await world.database.db.select().from(trainingRequests).where(eq(trainingRequests.id, id)))[0]
const bookingRows = (trainingRequestId: string) =>
  world.database.db
    .select()
    .from(bookings)
    .where(eq(bookings.trainingRequestId, trainingRequestId))
    .orderBy(asc(bookings.id))
const requestMoves = async (trainingRequestId: string) =>
  (
    await world.database.db
      .select()
      .from(trainingRequestHistory)
      .where(eq(trainingRequestHistory.trainingRequestId, trainingRequestId))
      .orderBy(asc(trainingRequestHistory.id))
  ).map(({ fromStatus, toStatus, occasion, actorKind }) => [fromStatus, toStatus, occasion, actorKind])
const bookingMoves = async (bookingId: string) =>
  (
    await world.database.db
      .select()
      .from(bookingHistory)
      .where(eq(bookingHistory.bookingId, bookingId))
      .orderBy(asc(bookingHistory.id))
  ).map(({ fromStatus, toStatus, reason, actorKind }) => [fromStatus, toStatus, reason, actorKind])
const eventsOf = async (trainingRequestId: string) =>
  (
    await world.database.db
      .select()
      .from(events)
      .where(eq(events.trainingRequestId, trainingRequestId))
      .orderBy(asc(events.id))
  ).map(({ name }) => name)
const paymentRows = (bookingId: string) =>
  world.database.db.select().from(payments).where(eq(payments.bookingId, bookingId)).orderBy(asc(payments.attempt))

describe('choosing a time', () => {
  it('holds it, opens a checkout that ends with the hold, and moves the request to Pending Payment', async () => {
    const scene = await createScene(world)
    const { id, reference, link } = await createLinked(world, scene)
    const answer = await choose(world, link, '2026-11-24T16:30:00.000Z', {
      expectedPrice: { amount: 9000, currency: 'USD' },
    })
    expect(answer.statusCode).toBe(201)
    const { booking, checkoutUrl } = answer.json()
    expect(booking).toMatchObject({
      reference,
      status: 'pending_payment',
      statusLabel: 'Pending Payment',
      paymentStatus: 'unpaid',
      start: '2026-11-24T16:30:00.000Z',
      end: '2026-11-24T17:30:00.000Z',
      durationMinutes: 60,
      timeZone: 'America/New_York',
      trainer: { firstName: 'Tina' },
      price: { amount: 9000, currency: 'USD' },
      holdExpiresAt: '2026-11-23T16:00:00.000Z',
      checkoutUrl,
      delivery: { method: 'manual_link', details: null },
      actions: {
        pay: { allowed: true, reason: null },
        chooseAnother: { allowed: true, reason: null },
        cancel: { allowed: false, reason: 'invalid_state' },
        reschedule: { allowed: false, reason: 'invalid_state' },
      },
    })
    expect(checkoutUrl).toMatch(/^http:\/\/ordinatus\.test\/test-checkout\/tc_/)
    const checkout = await world.testCheckout.view(secretOf(checkoutUrl))
    expect(checkout).toMatchObject({
      bookingId: booking.id,
      status: 'open',
      amount: { amount: 9000, currency: 'USD' },
      customerEmail: 'casey@example.test',
    })
    expect(checkout?.expiresAt.toISOString()).toBe(booking.holdExpiresAt)
    expect(await paymentRows(booking.id)).toMatchObject([
      { attempt: 1, state: 'open', idempotencyKey: `checkout:${booking.id}:1`, amountMinor: 9000 },
    ])

    expect(await requestRow(id)).toMatchObject({ status: 'pending_payment' })
    expect((await requestMoves(id)).slice(1)).toEqual([
      ['claimed', 'customer_scheduling', 'link_sent', 'user'],
      ['customer_scheduling', 'pending_payment', 'slot_taken', 'customer'],
    ])
    expect(await bookingMoves(booking.id)).toEqual([[null, 'pending_payment', null, 'customer']])
    expect(await eventsOf(id)).toEqual(['scheduling_link_sent', 'booking_held'])

    const returnSecret = secretOf(checkout?.returnUrl ?? '')
    for (const as of [link, returnSecret]) {
      const read = await world.call({ url: '/v1/scheduling/booking', as })
      expect(read.statusCode).toBe(200)
      expect(read.json()).toEqual(booking)
    }
    expect((await world.call({ url: '/v1/scheduling', as: link })).json()).toMatchObject({
      booking: { id: booking.id },
    })
    // A return link opens the booking and nothing else.
    expect((await world.call({ url: '/v1/scheduling', as: returnSecret })).json()).toMatchObject({
      code: 'link_not_found',
    })
  })

  it('never holds longer than until the session starts', async () => {
    const scene = await createScene(world, { settings: { minimumNoticeMinutes: 0, slotHoldMinutes: 1435 } })
    const { link } = await createLinked(world, scene)
    // Forty minutes ahead is where a paid slot is offered from.
    world.clock.moveTo('2026-11-23T15:20:00.000Z')
    const answer = await choose(world, link, '2026-11-23T16:00:00.000Z')
    expect(answer.statusCode).toBe(201)
    expect(answer.json().booking.holdExpiresAt).toBe('2026-11-23T16:00:00.000Z')
    world.clock.moveTo('2026-11-23T15:20:00.001Z')
    const late = await choose(world, (await createLinked(world, await createScene(world))).link, '2026-11-23T16:00:00Z')
    expect(late.json()).toMatchObject({ code: 'slot_unavailable' })
  })

  it('answers the same choice again with the same booking and the same checkout', async () => {
    const { id, link } = await createLinked(world, await createScene(world))
    const first = await choose(world, link, '2026-11-24T16:30:00Z')
    const again = await choose(world, link, '2026-11-24T16:30:00.000Z')
    expect([first.statusCode, again.statusCode]).toEqual([201, 200])
    expect(again.json()).toEqual(first.json())
    expect(await bookingRows(id)).toHaveLength(1)
    expect((await requestMoves(id)).length).toBe(3)
  })

  it('makes one booking of twenty identical choices at once', async () => {
    const { id, link } = await createLinked(world, await createScene(world))
    const answers = await Promise.all(Array.from({ length: 20 }, () => choose(world, link, '2026-11-24T16:30:00Z')))
    expect(answers.map((answer) => answer.statusCode).toSorted()).toEqual([...Array(19).fill(200), 201])
    expect(new Set(answers.map((answer) => answer.json().checkoutUrl)).size).toBe(1)
    expect(await bookingRows(id)).toHaveLength(1)
  })

  it('books at once what costs nothing, and the link is used', async () => {
    const scene = await createScene(world, { prices: { 30: 0, 60: 9000 } })
    const { id, link } = await createLinked(world, scene)
    const answer = await choose(world, link, '2026-11-24T16:30:00Z', { durationMinutes: 30 })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({
      checkoutUrl: null,
      booking: {
        status: 'confirmed',
        paymentStatus: 'not_required',
        holdExpiresAt: null,
        delivery: { details: 'https://meet.example.test/room', customerUrl: 'https://meet.example.test/room' },
      },
    })
    expect(await requestRow(id)).toMatchObject({ status: 'confirmed' })
    expect((await requestMoves(id)).at(-1)).toEqual(['customer_scheduling', 'confirmed', 'free_slot_taken', 'customer'])
    expect(await eventsOf(id)).toEqual(['scheduling_link_sent', 'booking_confirmed'])
    expect(await paymentRows(answer.json().booking.id)).toEqual([])
    expect((await world.call({ url: '/v1/scheduling', as: link })).json()).toMatchObject({ code: 'link_used' })
    expect((await world.call({ url: '/v1/scheduling/booking', as: link })).json()).toEqual(answer.json().booking)
    world.clock.moveTo('2026-11-24T16:59:59.999Z')
    expect((await world.call({ url: '/v1/scheduling/booking', as: link })).statusCode).toBe(200)
    world.clock.moveTo('2026-11-24T17:00:00.000Z')
    expect((await world.call({ url: '/v1/scheduling/booking', as: link })).json()).toMatchObject({ code: 'link_used' })
  })

  it('answers the same free choice again, whose answer got lost, with the booking; any other has used the link', async () => {
    const scene = await createScene(world, { prices: { 30: 0, 60: 0 } })
    const { id, link } = await createLinked(world, scene)
    const first = await choose(world, link, '2026-11-24T16:30:00Z', { durationMinutes: 30 })
    const again = await choose(world, link, '2026-11-24T16:30:00Z', { durationMinutes: 30 })
    expect([first.statusCode, again.statusCode]).toEqual([201, 200])
    expect(again.json()).toEqual(first.json())
    expect(again.json()).toMatchObject({ checkoutUrl: null, booking: { status: 'confirmed' } })
    for (const [start, durationMinutes] of [
      ['2026-11-24T17:00:00Z', 30],
      ['2026-11-24T16:30:00Z', 60],
    ] as const) {
      const other = await choose(world, link, start, { durationMinutes })
      expect([other.statusCode, other.json().code]).toEqual([410, 'link_used'])
    }
    expect(await bookingRows(id)).toHaveLength(1)
    expect((await requestMoves(id)).length).toBe(3)
    await world.call({
      method: 'POST',
      url: `/v1/organizations/${scene.organization.slug}/requests/${id}/cancel`,
      as: scene.admin.accessToken,
      body: {},
    })
    const late = await choose(world, link, '2026-11-24T16:30:00Z', { durationMinutes: 30 })
    expect([late.statusCode, late.json().code]).toEqual([410, 'request_closed'])
  })

  it('answers the same choice again once it is paid, and once it is confirmed, with nothing left to pay', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, '2026-11-24T16:30:00Z')
    await payBooking(world, held)
    const again = () => choose(world, held.link, '2026-11-24T16:30:00Z')
    const paid = await again()
    expect(paid.statusCode).toBe(200)
    expect(paid.json()).toMatchObject({
      checkoutUrl: null,
      booking: { id: held.bookingId, status: 'pending_payment', paymentStatus: 'paid' },
    })
    const url = bookingUrl(scene, held.bookingId, 'confirm-payment')
    expect((await world.call({ method: 'POST', url, as: scene.trainer.accessToken })).statusCode).toBe(200)
    const confirmed = await again()
    expect(confirmed.statusCode).toBe(200)
    expect(confirmed.json()).toMatchObject({ checkoutUrl: null, booking: { id: held.bookingId, status: 'confirmed' } })
    const other = await choose(world, held.link, '2026-11-24T18:30:00Z')
    expect([other.statusCode, other.json().code]).toEqual([410, 'link_used'])
    expect(await bookingRows(held.requestId)).toHaveLength(1)
  })

  it('refuses a price that is not the one shown, and tells the one of now', async () => {
    const { id, link } = await createLinked(world, await createScene(world))
    const answer = await choose(world, link, '2026-11-24T16:30:00Z', {
      expectedPrice: { amount: 8000, currency: 'USD' },
    })
    expect(answer.statusCode).toBe(409)
    expect(answer.json()).toMatchObject({ code: 'price_changed', price: { amount: 9000, currency: 'USD' } })
    expect(await bookingRows(id)).toEqual([])
    expect(await requestRow(id)).toMatchObject({ status: 'customer_scheduling' })
  })

  it('refuses what is not open: off the grid, outside hours, too soon, too late, a length that is not sold', async () => {
    const { link } = await createLinked(world, await createScene(world))
    for (const [start, durationMinutes] of [
      ['2026-11-24T16:40:00Z', 60],
      ['2026-11-24T14:30:00Z', 60],
      ['2026-11-24T22:30:00Z', 60],
      ['2026-11-23T16:30:00Z', 60],
      ['2026-12-08T16:30:00Z', 60],
      ['2026-11-24T16:30:00Z', 45],
      ['2026-11-22T16:30:00Z', 60],
    ] as const) {
      const answer = await choose(world, link, start, { durationMinutes })
      expect(answer.json(), start).toMatchObject({ status: 409, code: 'slot_unavailable' })
    }
    const odd = await choose(world, link, 'tomorrow')
    expect(odd.json()).toMatchObject({ status: 422, code: 'validation_failed' })
  })

  it('refuses every time while nothing can take the money', async () => {
    const scene = await createScene(world)
    const { link } = await createLinked(world, scene)
    await world.withoutPayments(async () => {
      expect((await choose(world, link, '2026-11-24T16:30:00Z')).json()).toMatchObject({
        code: 'payments_not_configured',
      })
    })
  })

  it('gives the kept answer for a repeated Idempotency-Key, and refuses another body under it', async () => {
    const { id, link } = await createLinked(world, await createScene(world))
    const first = await choose(world, link, '2026-11-24T16:30:00Z', { key: 'choice-1' })
    const again = await choose(world, link, '2026-11-24T16:30:00Z', { key: 'choice-1' })
    expect([first.statusCode, again.statusCode]).toEqual([201, 201])
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(again.json()).toEqual(first.json())
    expect((await choose(world, link, '2026-11-24T17:30:00Z', { key: 'choice-1' })).json()).toMatchObject({
      code: 'idempotency_key_reused',
    })
    expect(await bookingRows(id)).toHaveLength(1)
  })
})

describe('choosing another time', () => {
  it('closes the old checkout, ends the old hold and makes the new one', async () => {
    const { id, link } = await createLinked(world, await createScene(world))
    const first = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    world.clock.advanceMinutes(10)
    // The customer's own hold does not stand in the way of an overlapping time.
    const second = await choose(world, link, '2026-11-24T17:00:00Z')
    expect(second.statusCode).toBe(201)
    expect(second.json().booking).toMatchObject({
      start: '2026-11-24T17:00:00.000Z',
      holdExpiresAt: '2026-11-23T16:10:00.000Z',
    })
    expect(await world.testCheckout.view(secretOf(first.checkoutUrl))).toMatchObject({ status: 'expired' })
    expect(await world.testCheckout.view(secretOf(second.json().checkoutUrl))).toMatchObject({ status: 'open' })
    expect(await bookingRows(id)).toMatchObject([
      { status: 'canceled', canceledBy: 'customer', cancelReason: 'slot_changed', holdExpiresAt: null },
      { status: 'pending_payment' },
    ])
    expect(await bookingMoves(first.booking.id)).toEqual([
      [null, 'pending_payment', null, 'customer'],
      ['pending_payment', 'canceled', 'slot_changed', 'customer'],
    ])
    expect((await requestMoves(id)).at(-1)).toEqual(['pending_payment', 'pending_payment', 'slot_changed', 'customer'])
    expect(await eventsOf(id)).toEqual([
      'scheduling_link_sent',
      'booking_held',
      'booking_hold_replaced',
      'booking_held',
    ])
    // The old return link shows what became of it.
    const checkout = await world.testCheckout.view(secretOf(first.checkoutUrl))
    const read = await world.call({ url: '/v1/scheduling/booking', as: secretOf(checkout?.returnUrl ?? '') })
    expect(read.json()).toMatchObject({ id: first.booking.id, status: 'canceled', checkoutUrl: null })
  })

  it('keeps everything as it is when the old time has been paid meanwhile', async () => {
    const { id, link } = await createLinked(world, await createScene(world))
    const first = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    await world.testCheckout.pay(secretOf(first.checkoutUrl), 'lost')
    const second = await choose(world, link, '2026-11-24T18:00:00Z')
    expect(second.json()).toMatchObject({ status: 409, code: 'payment_already_received' })
    expect(await bookingRows(id)).toMatchObject([{ id: first.booking.id, status: 'pending_payment' }])
    expect(await requestRow(id)).toMatchObject({ status: 'pending_payment' })
  })

  it('keeps the old hold and its checkout when the new time is not open', async () => {
    const scene = await createScene(world)
    const rival = await createLinked(world, scene)
    await choose(world, rival.link, '2026-11-24T18:00:00Z')
    const { id, link } = await createLinked(world, scene)
    const first = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    const second = await choose(world, link, '2026-11-24T17:30:00Z')
    expect(second.json()).toMatchObject({ status: 409, code: 'slot_unavailable' })
    expect(await bookingRows(id)).toMatchObject([{ id: first.booking.id, status: 'pending_payment' }])
    expect(await world.testCheckout.view(secretOf(first.checkoutUrl))).toMatchObject({ status: 'open' })
    expect((await choose(world, link, '2026-11-24T16:30:00Z')).json()).toEqual(first)
  })

  it('keeps the old hold while the provider cannot be asked', async () => {
    const { id, link } = await createLinked(world, await createScene(world))
    const first = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    world.testCheckout.simulateOutage(true)
    const second = await choose(world, link, '2026-11-24T18:00:00Z')
    expect(second.statusCode).toBe(503)
    expect(second.headers['retry-after']).toBeDefined()
    expect(second.json()).toMatchObject({ code: 'payment_provider_unavailable' })
    expect(await bookingRows(id)).toMatchObject([{ id: first.booking.id, status: 'pending_payment' }])
  })

  it('ends in one running hold when two other times are chosen at once', async () => {
    // Without the booking's lock in `endHold`: a replaced hold kept a checkout, "expected 'open' to be 'expired'".
    const { id, link } = await createLinked(world, await createScene(world))
    await choose(world, link, '2026-11-24T16:30:00Z')
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        choose(world, link, index % 2 === 0 ? '2026-11-24T18:00:00Z' : '2026-11-24T20:00:00Z'),
      ),
    )
    for (const answer of answers) expect([200, 201]).toContain(answer.statusCode)
    const rows = await bookingRows(id)
    expect(rows.filter((row) => row.status === 'pending_payment')).toHaveLength(1)
    const open = rows.find((row) => row.status === 'pending_payment')
    for (const row of rows.filter((one) => one.id !== open?.id)) {
      expect(row.status).toBe('canceled')
      for (const payment of await paymentRows(row.id)) expect(payment.state).toBe('expired')
    }
  })
})

describe('an outage of the payment provider', () => {
  it('answers 503 with the hold kept, and the repeat continues with the same attempt', async () => {
    const { id, link } = await createLinked(world, await createScene(world))
    world.testCheckout.simulateOutage(true)
    const first = await choose(world, link, '2026-11-24T16:30:00Z', { key: 'outage' })
    expect(first.statusCode).toBe(503)
    expect(first.json()).toMatchObject({ code: 'payment_provider_unavailable' })
    const [held] = await bookingRows(id)
    expect(held).toMatchObject({ status: 'pending_payment', paymentStatus: 'unpaid' })
    expect(await paymentRows(held?.id ?? '')).toMatchObject([{ attempt: 1, state: 'creating' }])
    world.testCheckout.simulateOutage(false)
    world.clock.advanceMinutes(5)
    const again = await choose(world, link, '2026-11-24T16:30:00Z', { key: 'outage' })
    expect(again.statusCode).toBe(200)
    expect(again.json().booking).toMatchObject({ id: held?.id, holdExpiresAt: '2026-11-23T16:00:00.000Z' })
    expect(await paymentRows(held?.id ?? '')).toMatchObject([{ attempt: 1, state: 'open' }])
  })

  it('finishes an interrupted checkout before it closes it for another time', async () => {
    const { id, link } = await createLinked(world, await createScene(world))
    const first = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    // As if the process had died between the provider's answer and its being written down.
    await world.database.db
      .update(payments)
      .set({ state: 'creating', providerCheckoutId: null, checkoutUrl: null })
      .where(eq(payments.bookingId, first.booking.id))
    const second = await choose(world, link, '2026-11-24T18:00:00Z')
    expect(second.statusCode).toBe(201)
    expect(await world.testCheckout.view(secretOf(first.checkoutUrl))).toMatchObject({ status: 'expired' })
    expect((await bookingRows(id)).map((row) => row.status)).toEqual(['canceled', 'pending_payment'])
  })
})

describe('a hold that runs out', () => {
  async function heldScene(): Promise<{ scene: SchedulingScene; id: string; link: string; bookingId: string }> {
    const scene = await createScene(world)
    const { id, link } = await createLinked(world, scene)
    const { booking } = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    return { scene, id, link, bookingId: booking.id }
  }

  it('frees its time at the instant of its deadline, not before, whether or not it was swept', async () => {
    const { scene, id, bookingId } = await heldScene()
    const rival = await createLinked(world, scene)
    world.clock.moveTo('2026-11-23T15:59:59.999Z')
    expect((await choose(world, rival.link, '2026-11-24T17:00:00Z')).json()).toMatchObject({ code: 'slot_unavailable' })
    world.clock.moveTo('2026-11-23T16:00:00.000Z')
    const offered = await slotsOf(world, rival.link, 'durationMinutes=60&from=2026-11-24&to=2026-11-24')
    expect(offered.slots.map((slot) => slot.start)).toContain('2026-11-24T16:30:00.000Z')
    expect((await choose(world, rival.link, '2026-11-24T17:00:00Z')).statusCode).toBe(201)
    // The new booking has recorded what stood in the database's way.
    expect(await bookingMoves(bookingId)).toEqual([
      [null, 'pending_payment', null, 'customer'],
      ['pending_payment', 'expired', 'hold_ran_out', 'system'],
    ])
    expect((await requestMoves(id)).at(-1)).toEqual(['pending_payment', 'expired', 'hold_ran_out', 'system'])
    expect((await eventsOf(id)).at(-1)).toBe('booking_hold_expired')
  })

  it('is recorded by the sweep, once', async () => {
    const { id, link, bookingId } = await heldScene()
    world.clock.moveTo('2026-11-23T15:59:59.999Z')
    await expireLapsedHolds(world.deps)
    expect(await requestRow(id)).toMatchObject({ status: 'pending_payment' })
    world.clock.moveTo('2026-11-23T16:00:00.000Z')
    // Before the sweep the customer reads what is true already.
    expect((await world.call({ url: '/v1/scheduling/booking', as: link })).json()).toMatchObject({
      status: 'expired',
      checkoutUrl: null,
      actions: { pay: { allowed: false, reason: 'checkout_expired' }, chooseAnother: { allowed: true } },
    })
    await expireLapsedHolds(world.deps)
    await expireLapsedHolds(world.deps)
    expect(await requestRow(id)).toMatchObject({ status: 'expired' })
    expect((await bookingMoves(bookingId)).length).toBe(2)
    expect((await eventsOf(id)).filter((name) => name === 'booking_hold_expired')).toHaveLength(1)
    expect((await world.call({ url: '/v1/scheduling/booking', as: link })).json()).toMatchObject({ status: 'expired' })
  })

  it('lets its customer choose again, before the sweep and after', async () => {
    for (const swept of [false, true]) {
      const { id, link } = await heldScene()
      world.clock.moveTo('2026-11-23T16:00:00.000Z')
      if (swept) await expireLapsedHolds(world.deps)
      const again = await choose(world, link, '2026-11-24T16:30:00Z')
      expect(again.statusCode).toBe(201)
      expect((await bookingRows(id)).map((row) => row.status)).toEqual(['expired', 'pending_payment'])
      expect((await requestMoves(id)).slice(-2)).toEqual([
        ['pending_payment', 'expired', 'hold_ran_out', 'system'],
        ['expired', 'pending_payment', 'slot_taken', 'customer'],
      ])
      world.clock.moveTo(NOW)
    }
  })

  it('can be paid to its end although the link has expired; only a new choice is refused', async () => {
    const scene = await createScene(world, { settings: { schedulingLinkLifetimeHours: 1, slotHoldMinutes: 90 } })
    const { link } = await createLinked(world, scene)
    const first = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    world.clock.moveTo('2026-11-23T16:00:00.000Z')
    const read = await world.call({ url: '/v1/scheduling/booking', as: link })
    expect(read.json()).toMatchObject({
      checkoutUrl: first.checkoutUrl,
      actions: { pay: { allowed: true }, chooseAnother: { allowed: false, reason: 'link_expired' } },
    })
    expect((await choose(world, link, '2026-11-24T16:30:00Z')).json()).toMatchObject({
      checkoutUrl: first.checkoutUrl,
    })
    expect((await choose(world, link, '2026-11-24T18:00:00Z')).json()).toMatchObject({
      status: 410,
      code: 'link_expired',
    })
    world.clock.moveTo('2026-11-23T16:30:00.000Z')
    expect((await world.call({ url: '/v1/scheduling/booking', as: link })).json()).toMatchObject({
      code: 'link_expired',
    })
    expect((await choose(world, link, '2026-11-24T16:30:00Z')).json()).toMatchObject({ code: 'link_expired' })
  })

  it('can be looked at by its return link for a day', async () => {
    const { link } = await heldScene()
    const checkoutUrl = (await choose(world, link, '2026-11-24T16:30:00Z')).json().checkoutUrl
    const checkout = await world.testCheckout.view(secretOf(checkoutUrl))
    const as = secretOf(checkout?.returnUrl ?? '')
    world.clock.moveTo('2026-11-24T15:59:59.999Z')
    expect((await world.call({ url: '/v1/scheduling/booking', as })).json()).toMatchObject({ status: 'expired' })
    world.clock.moveTo('2026-11-24T16:00:00.000Z')
    expect((await world.call({ url: '/v1/scheduling/booking', as })).json()).toMatchObject({
      status: 410,
      code: 'link_expired',
      organization: { name: 'Demo Support' },
    })
  })
})

describe('a trainer in two organizations', () => {
  it('is booked once, with the larger of the two distances kept', async () => {
    const here = await createScene(world, { settings: { bufferAfterMinutes: 0 } })
    const there = await createScene(world, {
      settings: { bufferBeforeMinutes: 30, slotStepMinutes: 15 },
      trainer: { userId: here.trainer.userId },
    })
    const first = await createLinked(world, there)
    expect((await choose(world, first.link, '2026-11-24T18:00:00Z')).statusCode).toBe(201)
    const second = await createLinked(world, here)
    const starts = (await slotsOf(world, second.link, 'durationMinutes=60&from=2026-11-24&to=2026-11-24')).slots.map(
      (slot) => slot.start.slice(11, 16),
    )
    // 18:00–19:00 is taken, and the other organization wants half an hour before it.
    expect(starts).toEqual([
      '15:00',
      '15:30',
      '16:00',
      '16:30',
      '19:00',
      '19:30',
      '20:00',
      '20:30',
      '21:00',
      '21:30',
      '22:00',
    ])
    for (const start of ['17:00', '17:30', '18:00', '18:30'])
      expect((await choose(world, second.link, `2026-11-24T${start}:00Z`)).json(), start).toMatchObject({
        code: 'slot_unavailable',
      })
    expect((await choose(world, second.link, '2026-11-24T16:30:00Z')).statusCode).toBe(201)
  })

  it('has a lapsed hold elsewhere recorded when it stands in the way', async () => {
    const here = await createScene(world)
    const there = await createScene(world, { trainer: { userId: here.trainer.userId } })
    const first = await createLinked(world, there)
    await choose(world, first.link, '2026-11-24T18:00:00Z')
    world.clock.moveTo('2026-11-23T16:00:00.000Z')
    const second = await createLinked(world, here)
    expect((await choose(world, second.link, '2026-11-24T18:30:00Z')).statusCode).toBe(201)
    expect(await requestRow(first.id)).toMatchObject({ status: 'expired' })
  })
})

describe('a connected calendar', () => {
  async function connectedScene() {
    const scene = await createScene(world)
    await world.database.db.insert(calendarConnections).values({
      id: world.deps.ids.next(),
      userId: scene.trainer.userId,
      provider: 'test',
      label: 'Test calendar',
      createdAt: world.clock.now(),
    })
    return { scene, calendar: world.deps.calendars as TestCalendar, ...(await createLinked(world, scene)) }
  }

  it('is read again when a time is chosen: what became busy meanwhile is refused', async () => {
    const { scene, calendar, link } = await connectedScene()
    const range = 'durationMinutes=60&from=2026-11-24&to=2026-11-24'
    expect((await slotsOf(world, link, range)).slots.map((slot) => slot.start)).toContain('2026-11-24T16:30:00.000Z')
    await calendar.addBusy({
      userId: scene.trainer.userId,
      startAt: new Date('2026-11-24T17:00:00Z'),
      endAt: new Date('2026-11-24T17:10:00Z'),
    })
    expect((await choose(world, link, '2026-11-24T16:30:00Z')).json()).toMatchObject({ code: 'slot_unavailable' })
    const starts = (await slotsOf(world, link, range)).slots.map((slot) => slot.start.slice(11, 16))
    expect(starts).not.toContain('16:30')
    expect(starts).toContain('16:00')
    expect((await choose(world, link, '2026-11-24T16:00:00Z')).statusCode).toBe(201)
  })

  it('that cannot be read offers nothing and books nothing', async () => {
    const { scene, calendar, link, id } = await connectedScene()
    await calendar.setReadable(scene.trainer.userId, false)
    const offered = await slotsOf(world, link, 'durationMinutes=60')
    expect(offered).toMatchObject({ slots: [], nextAvailable: null, notice: { code: 'calendar_unreadable' } })
    const answer = await choose(world, link, '2026-11-24T16:30:00Z')
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ code: 'calendar_unavailable' })
    expect(answer.headers['retry-after']).toBeDefined()
    expect(await bookingRows(id)).toEqual([])
    await calendar.setReadable(scene.trainer.userId, true)
    expect((await choose(world, link, '2026-11-24T16:30:00Z')).statusCode).toBe(201)
  })
})

describe('what is offered', () => {
  it('is exactly what is accepted, at one instant', async () => {
    const scene = await createScene(world, {
      settings: { bufferBeforeMinutes: 15, bufferAfterMinutes: 15, slotStepMinutes: 20, minimumNoticeMinutes: 75 },
      hours: { startTime: '08:50', endTime: '12:10' },
    })
    const rival = await createLinked(world, scene)
    expect((await choose(world, rival.link, '2026-11-23T17:10:00Z', { durationMinutes: 30 })).statusCode).toBe(201)
    const { link } = await createLinked(world, scene)
    const offered = new Set(
      (await slotsOf(world, link, 'durationMinutes=60&from=2026-11-23&to=2026-11-24')).slots.map((slot) => slot.start),
    )
    expect(offered.size).toBeGreaterThan(4)
    // Every ten minutes of two mornings: on the grid and off it, before the notice, in the way of the other booking.
    for (const day of ['2026-11-23', '2026-11-24']) {
      for (let minute = 14 * 60 + 30; minute <= 18 * 60 + 20; minute += 10) {
        const start = new Date(Date.parse(`${day}T00:00:00Z`) + minute * 60_000).toISOString()
        const answer = await choose(world, link, start)
        expect([start, answer.statusCode < 300]).toEqual([start, offered.has(start)])
      }
    }
  })
})
