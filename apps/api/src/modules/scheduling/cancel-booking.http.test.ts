import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bookingUrl,
  eventNames,
  everythingOf,
  holdBooking,
  latest,
  payAndConfirm,
  payBooking,
} from '../../../test/booking-scene.ts'
import { createApiKey, createMember } from '../../../test/factories.ts'
import { connectCalendar, mailOf, mailsOf } from '../../../test/notification-scene.ts'
import {
  choose,
  createLinked,
  createScene,
  type SceneOptions,
  type SchedulingScene,
  secretOf,
  slotsOf,
} from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { createTestCalendar, type TestCalendar } from '../../platform/calendars/test-calendar.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
const CUSTOMER = 'casey@example.test'
const usd = (amount: number) => ({ amount, currency: 'USD' })

let world: TestWorld
let calendar: TestCalendar

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
  calendar = await createTestCalendar({ sql: world.testDatabase.open(2).sql })
})
beforeEach(async () => {
  world.clock.moveTo(NOW)
  // What the test before has left to do.
  await world.settle()
  world.mailer.sent.length = 0
  world.testCheckout.simulateOutage(false)
})
afterAll(() => world.close())

const cancel = (scene: SchedulingScene, bookingId: string, body: object = {}, as = scene.trainer.accessToken) =>
  world.call({ method: 'POST', url: bookingUrl(scene, bookingId, 'cancel'), as, body })
const preview = (scene: SchedulingScene, bookingId: string, query = '', as = scene.admin.accessToken) =>
  world.call({ url: `${bookingUrl(scene, bookingId, 'cancellation-preview')}${query}`, as })

async function confirmed(options: SceneOptions = {}, start = SLOT) {
  const scene = await createScene(world, options)
  const held = await holdBooking(world, scene, start)
  await payAndConfirm(world, scene, held)
  return { scene, ...held }
}

describe('canceling a session', () => {
  it('frees the time, cancels its request, pays back in full and tells both sides with a CANCEL of the next sequence', async () => {
    const { scene, requestId, bookingId } = await confirmed()
    await world.settle()
    const other = await createLinked(world, scene)
    const isOffered = async () =>
      (await slotsOf(world, other.link, 'durationMinutes=60')).slots.some(({ start }) => start === SLOT)
    expect(await isOffered()).toBe(false)

    const answer = await cancel(scene, bookingId, { reason: 'I am ill' }, scene.admin.accessToken)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      status: 'canceled',
      canceledBy: 'organization',
      cancelReason: 'I am ill',
      refunded: usd(9000),
      actions: { cancel: { allowed: false }, reschedule: { allowed: false } },
    })
    expect(await isOffered()).toBe(true)
    const after = await everythingOf(world, requestId)
    expect(after.trainingRequest.status).toBe('canceled')
    expect(after.history.at(-1)).toMatchObject({ occasion: 'booking_canceled', reason: 'I am ill' })
    expect(eventNames(after).slice(-3)).toEqual(['booking_canceled', 'payment_refund_requested', 'request_canceled'])
    await world.settle()
    expect((await everythingOf(world, requestId)).refunds).toMatchObject([
      { amountMinor: 9000, status: 'succeeded', reason: 'canceled_by_organization' },
    ])
    const mail = mailOf(world, CUSTOMER, 'Your session was canceled')
    expect(mail.text).toContain('$90.00')
    const ics = mail.calendar?.content ?? ''
    expect(mail.calendar?.method).toBe('CANCEL')
    expect(ics).toContain('METHOD:CANCEL')
    expect(ics).toContain('SEQUENCE:1')
    expect(ics).toContain('STATUS:CANCELLED')
    expect(mailsOf(world, scene.trainer.email, 'A session was canceled')).toHaveLength(1)
    expect(mailsOf(world, CUSTOMER, 'Your request was canceled')).toEqual([])
  })

  it('takes its event out of the trainer’s calendar', async () => {
    const scene = await createScene(world)
    await connectCalendar(world, scene.trainer.userId)
    const held = await holdBooking(world, scene, SLOT)
    await payAndConfirm(world, scene, held)
    await world.settle()
    expect(await calendar.events({ bookingId: held.bookingId })).toHaveLength(1)
    await cancel(scene, held.bookingId)
    await world.settle()
    expect(await calendar.events({ bookingId: held.bookingId })).toEqual([])
    // The trainer who did it themselves is told nothing new.
    expect(mailsOf(world, scene.trainer.email, 'A session was canceled')).toEqual([])
  })

  it('a second time is 200 and nothing happens; two at once pay back once', async () => {
    const { scene, requestId, bookingId } = await confirmed()
    const answers = await Promise.all([
      cancel(scene, bookingId),
      cancel(scene, bookingId, {}, scene.admin.accessToken),
      cancel(scene, bookingId),
    ])
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
    const after = await everythingOf(world, requestId)
    expect(after.refunds).toHaveLength(1)
    expect((await cancel(scene, bookingId)).statusCode).toBe(200)
    expect(await everythingOf(world, requestId)).toEqual(after)
  })

  it('is refused once it is over, and unknown to other trainers; nothing changes', async () => {
    const { scene, requestId, bookingId } = await confirmed()
    const stranger = await createMember(world, scene.organization)
    const before = await everythingOf(world, requestId)
    expect((await cancel(scene, bookingId, {}, stranger.accessToken)).json()).toMatchObject({ code: 'not_found' })
    expect((await preview(scene, bookingId, '', stranger.accessToken)).json()).toMatchObject({ code: 'not_found' })
    expect(await everythingOf(world, requestId)).toEqual(before)
    world.clock.moveTo('2026-11-24T17:30:00.000Z')
    await world.call({ method: 'POST', url: bookingUrl(scene, bookingId, 'complete'), as: scene.trainer.accessToken })
    for (const answer of [await cancel(scene, bookingId), await preview(scene, bookingId)])
      expect(answer.json()).toMatchObject({ status: 409, code: 'invalid_state', currentStatus: 'completed' })
  })

  it('with a key and an Idempotency-Key answers the same again', async () => {
    const { scene, bookingId } = await confirmed()
    const as = await createApiKey(world, scene.organization, scene.admin.userId, ['bookings:write'])
    const once = () =>
      world.call({
        method: 'POST',
        url: bookingUrl(scene, bookingId, 'cancel'),
        as,
        headers: { 'idempotency-key': 'cancel' },
      })
    const first = await once()
    const second = await once()
    expect(first.json()).toMatchObject({ status: 'canceled' })
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect(second.json()).toEqual(first.json())
  })
})

describe('what canceling pays back', () => {
  const policy = { cancellationKind: 'partial', cancellationPartialPercent: 50, cancellationWindowHours: 24 } as const

  it('is previewed to the cent: full by the organization, the policy on behalf of the customer', async () => {
    const { scene, requestId, bookingId } = await confirmed({ settings: policy })
    expect((await preview(scene, bookingId)).json()).toEqual({ refund: usd(9000), rule: 'full' })
    const asCustomer = () => preview(scene, bookingId, '?onBehalfOfCustomer=true')
    expect((await asCustomer()).json()).toEqual({ refund: usd(4500), rule: 'policy_partial' })
    // Exactly 24 hours before is early enough, a millisecond later is not.
    world.clock.moveTo('2026-11-23T16:30:00.000Z')
    expect((await asCustomer()).json()).toEqual({ refund: usd(4500), rule: 'policy_partial' })
    world.clock.moveTo('2026-11-23T16:30:00.001Z')
    expect((await asCustomer()).json()).toEqual({ refund: usd(0), rule: 'policy_none' })
    world.clock.moveTo('2026-11-23T16:30:00.000Z')
    const answer = await cancel(scene, bookingId, { onBehalfOfCustomer: true }, scene.admin.accessToken)
    expect(answer.json()).toMatchObject({ canceledBy: 'customer', refunded: usd(4500) })
    await world.settle()
    expect((await everythingOf(world, requestId)).refunds).toMatchObject([
      { amountMinor: 4500, status: 'succeeded', reason: 'canceled_by_customer' },
    ])
    expect(mailOf(world, CUSTOMER, 'Your session was canceled').text).toContain('$45.00')
  })

  it('is chosen by admins alone, between nothing and what was paid', async () => {
    const { scene, requestId, bookingId } = await confirmed()
    const before = await everythingOf(world, requestId)
    const refused = async (body: object, as: string, code: string) => {
      expect((await cancel(scene, bookingId, body, as)).json()).toMatchObject({ code })
      expect(await everythingOf(world, requestId)).toEqual(before)
    }
    await refused({ refundAmount: usd(1) }, scene.trainer.accessToken, 'org_admin_required')
    await refused({ onBehalfOfCustomer: true }, scene.trainer.accessToken, 'org_admin_required')
    await refused({ refundAmount: usd(9001) }, scene.admin.accessToken, 'refund_exceeds_paid')
    await refused({ refundAmount: usd(-1) }, scene.admin.accessToken, 'refund_exceeds_paid')
    await refused({ refundAmount: { amount: 1, currency: 'EUR' } }, scene.admin.accessToken, 'payment_mismatch')
    await refused({ refundAmount: usd(1), letCustomerPickAgain: true }, scene.admin.accessToken, 'validation_failed')
    await refused({ refundAmount: 1 }, scene.admin.accessToken, 'validation_failed')
    expect(
      (await preview(scene, bookingId, '?onBehalfOfCustomer=true', scene.trainer.accessToken)).json(),
    ).toMatchObject({
      code: 'org_admin_required',
    })
    const answer = await cancel(scene, bookingId, { refundAmount: usd(0) }, scene.admin.accessToken)
    expect(answer.json()).toMatchObject({ status: 'canceled', refunded: usd(0), refunds: [] })
  })

  it('of a paid session that is not confirmed is everything, whatever is asked', async () => {
    const scene = await createScene(world, { settings: { cancellationKind: 'none' } })
    const held = await holdBooking(world, scene, SLOT)
    await payBooking(world, held)
    const admin = scene.admin.accessToken
    expect((await preview(scene, held.bookingId, '?onBehalfOfCustomer=true')).json()).toEqual({
      refund: usd(9000),
      rule: 'full',
    })
    expect((await cancel(scene, held.bookingId, { refundAmount: usd(1) }, admin)).json()).toMatchObject({
      code: 'invalid_state',
      currentStatus: 'pending_payment',
    })
    await cancel(scene, held.bookingId, {}, admin)
    await world.settle()
    const after = await everythingOf(world, held.requestId)
    expect(latest(after)).toMatchObject({ status: 'canceled', refundedMinor: 9000 })
    // Nobody was invited, so nobody's calendar is told.
    expect(mailOf(world, CUSTOMER, 'Your session was canceled').calendar).toBeUndefined()
  })

  it('of an unpaid hold is nothing, and its checkout is closed first', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    expect((await preview(scene, held.bookingId)).json()).toEqual({ refund: usd(0), rule: 'nothing_paid' })
    expect((await cancel(scene, held.bookingId)).json()).toMatchObject({ status: 'canceled', refunds: [] })
    expect(await world.testCheckout.pay(held.checkoutId, 'lost')).toEqual({ outcome: 'expired' })
    await world.settle()
    expect(mailsOf(world, CUSTOMER, 'Your request was canceled')).toHaveLength(1)
    expect(mailsOf(world, CUSTOMER, 'Your session was canceled')).toEqual([])
  })

  it('of a hold that turns out to be paid is everything; without an answer of the provider nothing is canceled', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await payBooking(world, held, { notice: false })
    world.testCheckout.simulateOutage(true)
    const down = await cancel(scene, held.bookingId)
    expect(down.json()).toMatchObject({ status: 503, code: 'payment_provider_unavailable' })
    expect(latest(await everythingOf(world, held.requestId)).status).toBe('pending_payment')
    world.testCheckout.simulateOutage(false)
    expect((await cancel(scene, held.bookingId)).json()).toMatchObject({ status: 'canceled', refunded: usd(9000) })
  })
})

describe('what the mail about it says of the money', () => {
  const toldOf = async (scene: SchedulingScene, bookingId: string, body: object) => {
    expect((await cancel(scene, bookingId, body, scene.admin.accessToken)).json().status).toBe('canceled')
    await world.settle()
    return mailOf(world, CUSTOMER, 'Your session was canceled').text
  }
  const refund = async (scene: SchedulingScene, bookingId: string, amount: number) => {
    const body = { amount: usd(amount) }
    const answer = await world.call({
      method: 'POST',
      url: bookingUrl(scene, bookingId, 'refunds'),
      as: scene.admin.accessToken,
      body,
    })
    expect(answer.statusCode).toBe(200)
    await world.settle()
  }

  it('is what this cancellation sends back, not what went back last week', async () => {
    const { scene, bookingId } = await confirmed()
    await refund(scene, bookingId, 2500)
    const text = await toldOf(scene, bookingId, {})
    expect(text).toContain('We have sent $65.00 back to you')
    expect(text).not.toContain('$90.00')
  })

  it('is nothing more where the rules give nothing more', async () => {
    const { scene, bookingId } = await confirmed({ settings: { cancellationKind: 'none' } })
    await refund(scene, bookingId, 2500)
    const text = await toldOf(scene, bookingId, { onBehalfOfCustomer: true })
    expect(text).toContain('Under the cancellation rules that you accepted, nothing more is refunded.')
    expect(text).not.toContain('$25.00')
  })

  it('is nothing under the rules where they decided, and no word of rules where an admin did', async () => {
    const byRules = await confirmed({ settings: { cancellationKind: 'none' } })
    const ofRules = await toldOf(byRules.scene, byRules.bookingId, { onBehalfOfCustomer: true })
    expect(ofRules).toContain('Under the cancellation rules that you accepted, nothing is refunded.')
    world.mailer.sent.length = 0
    const byAdmin = await confirmed()
    const ofAdmin = await toldOf(byAdmin.scene, byAdmin.bookingId, { refundAmount: usd(0) })
    expect(ofAdmin).toContain('Nothing is refunded.')
    expect(ofAdmin).not.toContain('rules')
  })

  it('is that all of it went back before, where it did', async () => {
    const { scene, bookingId } = await confirmed()
    await refund(scene, bookingId, 9000)
    expect(await toldOf(scene, bookingId, {})).toContain('All that you paid has been refunded before.')
  })
})

describe('letting the customer pick again', () => {
  it('pays everything back, mails a fresh link, and the customer books with it', async () => {
    const { scene, requestId, bookingId, link } = await confirmed()
    const answer = await cancel(scene, bookingId, { letCustomerPickAgain: true })
    expect(answer.json()).toMatchObject({ status: 'canceled', refunded: usd(9000) })
    const after = await everythingOf(world, requestId)
    expect(after.trainingRequest).toMatchObject({
      status: 'customer_scheduling',
      claimedByUserId: scene.trainer.userId,
    })
    expect(after.history.at(-1)).toMatchObject({ occasion: 'customer_picks_again' })
    expect(eventNames(after)).not.toContain('request_canceled')
    await world.settle()
    expect(mailOf(world, CUSTOMER, 'Your session was canceled').text).toContain('You can choose another time')
    const fresh = mailsOf(world, CUSTOMER, 'Choose a time for your session').at(-1)
    const secret = /\/book\/(\S+)/.exec(fresh?.text ?? '')?.[1] ?? ''
    expect(secretOf(secret)).not.toBe(link)
    expect((await world.call({ url: '/v1/scheduling', as: link })).statusCode).toBe(410)
    const opened = await world.call({ url: '/v1/scheduling', as: secret })
    expect(opened.json()).toMatchObject({ booking: null })
    expect((await choose(world, secret, SLOT)).statusCode).toBe(201)
  })

  it('works for an unpaid hold as well', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    await cancel(scene, held.bookingId, { letCustomerPickAgain: true })
    const after = await everythingOf(world, held.requestId)
    expect(after.trainingRequest.status).toBe('customer_scheduling')
    expect(after.links.map(({ endReason }) => endReason)).toEqual(['replaced', null])
    expect((await world.call({ url: '/v1/scheduling', as: held.link })).json()).toMatchObject({ code: 'link_replaced' })
  })
})
