import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bookingUrl,
  type Everything,
  eventNames,
  everythingOf,
  type HeldBooking,
  holdBooking,
  latest,
  payAndConfirm,
  payBooking,
  requestUrl,
} from '../../../test/booking-scene.ts'
import { createMember, createOrganization } from '../../../test/factories.ts'
import { mailOf, mailsOf } from '../../../test/notification-scene.ts'
import { createScene, type SceneOptions, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { disputes, payments, refunds } from '../../db/schema/payments.ts'
import { PaymentGatewayUnavailable } from '../../platform/payment-gateway/payment-gateway.ts'
import { reconcileRefunds, reconcileRefundsOfPayments } from './reconcile-refunds.ts'
import { recordDispute } from './record-dispute.ts'
import { syncRefundsOfPayment } from './sync-refunds-of-payment.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
const CUSTOMER = 'casey@example.test'
const usd = (amount: number) => ({ amount, currency: 'USD' })

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(async () => {
  world.testCheckout.simulateOutage(false)
  world.testCheckout.startRefundsAs('succeeded')
  world.clock.moveTo(NOW)
  // What the test before has left to do.
  await world.settle()
  world.mailer.sent.length = 0
})
afterAll(() => world.close())

interface Paid extends HeldBooking {
  scene: SchedulingScene
  paymentId: string
  /** The provider's id. */
  captured: string
}

async function paid(options: SceneOptions & { unconfirmed?: boolean } = {}): Promise<Paid> {
  const scene = await createScene(world, options)
  const held = await holdBooking(world, scene, SLOT)
  if (options.unconfirmed === true) await payBooking(world, held)
  else await payAndConfirm(world, scene, held)
  await world.settle()
  world.mailer.sent.length = 0
  const [payment] = (await everythingOf(world, held.requestId)).payments
  if (payment?.providerPaymentId == null) throw new Error('Nothing was paid.')
  return { scene, ...held, paymentId: payment.id, captured: payment.providerPaymentId }
}

const sync = ({ scene, paymentId }: Paid) =>
  syncRefundsOfPayment(world.deps, { scope: scene.organization.scope, paymentId })

const post = (scene: SchedulingScene, url: string, body: object = {}, as = scene.admin.accessToken) =>
  world.call({ method: 'POST', url, as, body })

async function bookingOf({ scene, bookingId }: Pick<Paid, 'scene' | 'bookingId'>) {
  return (await world.call({ url: bookingUrl(scene, bookingId), as: scene.admin.accessToken })).json()
}

async function attentionOf({ scene, requestId }: Pick<Paid, 'scene' | 'requestId'>): Promise<string | null> {
  const answer = await world.call({ url: requestUrl(scene, requestId), as: scene.admin.accessToken })
  return answer.json().attention?.reason ?? null
}

/** What must be the same however often and in whatever order the provider was asked. */
function stable(all: Everything) {
  const moving = { syncedAt: null, askedAt: null, refundsDueAt: null, nextAttemptAt: null }
  return {
    ...all,
    payments: all.payments.map((row) => ({ ...row, ...moving })),
    refunds: all.refunds.map((row) => ({ ...row, ...moving })),
  }
}

describe('a refund made at the provider', () => {
  it('becomes visible with its reason, changes the payment status and is mailed, once, however often it is told', async () => {
    const one = await paid()
    const made = await world.testCheckout.refundElsewhere(one.captured, usd(3000))
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => sync(one)))
    expect([first, ...others].filter(Boolean)).toHaveLength(1)
    await world.settle()
    expect(await bookingOf(one)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'partially_refunded',
      refunded: usd(3000),
      refunds: [{ amount: usd(3000), status: 'succeeded', note: null, problem: null }],
    })
    const once = await everythingOf(world, one.requestId)
    expect(once.refunds).toMatchObject([{ reason: 'refunded_at_provider', providerRefundId: made, attempts: 0 }])
    const mail = mailOf(world, CUSTOMER, 'Your refund was made')
    expect(mail.text).toContain('$30.00')
    for (let again = 0; again < 3; again += 1) expect(await sync(one)).toBe(false)
    await world.settle()
    expect(stable(await everythingOf(world, one.requestId))).toEqual(stable(once))
    expect(mailsOf(world, CUSTOMER, 'Your refund was made')).toHaveLength(1)
  })

  it('is found by the reconciler when every notice of it is lost, within a tenth of the payment’s age', async () => {
    const one = await paid()
    world.clock.advanceMinutes(10)
    expect(await reconcileRefundsOfPayments(world.deps)).toBe(0)
    await world.testCheckout.refundElsewhere(one.captured, usd(9000))
    world.clock.moveTo('2026-11-23T15:19:59.999Z')
    expect(await reconcileRefundsOfPayments(world.deps)).toBe(0)
    world.clock.moveTo('2026-11-23T15:20:00.000Z')
    expect(await reconcileRefundsOfPayments(world.deps)).toBe(1)
    expect(latest(await everythingOf(world, one.requestId))).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'refunded',
      refundedMinor: 9000,
    })
    expect(await reconcileRefundsOfPayments(world.deps)).toBe(0)
  })

  it('of all the money of a session that nobody has confirmed ends it and frees its time', async () => {
    const one = await paid({ unconfirmed: true })
    await world.testCheckout.refundElsewhere(one.captured, usd(9000))
    expect(await sync(one)).toBe(true)
    await world.settle()
    const after = await everythingOf(world, one.requestId)
    expect(latest(after)).toMatchObject({ status: 'canceled', canceledBy: 'organization', paymentStatus: 'refunded' })
    expect(after.trainingRequest.status).toBe('canceled')
    expect(after.history.at(-1)).toMatchObject({ occasion: 'booking_canceled', actorKind: 'system' })
    expect(eventNames(after).slice(-3)).toEqual(['booking_canceled', 'request_canceled', 'refund_changed'])
    expect(mailOf(world, CUSTOMER, 'Your session was canceled').text).toContain('We have sent $90.00 back to you')
    expect(mailsOf(world, one.scene.trainer.email, 'A session was canceled')).toHaveLength(1)
    const confirm = await post(one.scene, bookingUrl(one.scene, one.bookingId, 'confirm-payment'))
    expect(confirm.json()).toMatchObject({ status: 409, code: 'invalid_state', currentStatus: 'canceled' })
    // The time is free again.
    const next = await holdBooking(world, one.scene, SLOT)
    expect(next.bookingId).not.toBe(one.bookingId)
  })

  it('of all but a cent of it leaves it to be confirmed', async () => {
    const one = await paid({ unconfirmed: true })
    await world.testCheckout.refundElsewhere(one.captured, usd(8999))
    expect(await sync(one)).toBe(true)
    await world.settle()
    expect(await bookingOf(one)).toMatchObject({
      status: 'pending_payment',
      paymentStatus: 'paid',
      paymentStatusLabel: 'Paid, awaiting you',
      refunded: usd(8999),
    })
    const confirm = await post(one.scene, bookingUrl(one.scene, one.bookingId, 'confirm-payment'))
    expect(confirm.json()).toMatchObject({ status: 'confirmed', paymentStatus: 'partially_refunded' })
  })

  it('that is faster than a refund of ours leaves nothing missing and nobody alarmed', async () => {
    const one = await paid()
    await post(one.scene, bookingUrl(one.scene, one.bookingId, 'refunds'), { amount: usd(9000) })
    await world.testCheckout.refundElsewhere(one.captured, usd(9000))
    await sync(one)
    expect(latest(await everythingOf(world, one.requestId))).toMatchObject({ refundedMinor: 9000 })
    await world.settle()
    const after = await everythingOf(world, one.requestId)
    expect(after.refunds).toMatchObject([
      { reason: 'refunded_by_admin', status: 'failed' },
      { reason: 'refunded_at_provider', status: 'succeeded' },
    ])
    expect(latest(after)).toMatchObject({ paymentStatus: 'refunded', refundedMinor: 9000 })
    expect(await attentionOf(one)).toBeNull()
    expect(world.mailer.to(one.scene.admin.email)).toEqual([])
    expect((await bookingOf(one)).refunds[0].actions.retry).toEqual({ allowed: false, reason: 'refund_exceeds_paid' })
  })

  it('of a part, faster than a refund of all of it, leaves the rest to go back by itself', async () => {
    const one = await paid()
    await world.testCheckout.refundElsewhere(one.captured, usd(2000))
    await post(one.scene, bookingUrl(one.scene, one.bookingId, 'cancel'))
    await world.settle()
    const after = await everythingOf(world, one.requestId)
    expect(after.refunds.map((refund) => [refund.reason, refund.amountMinor, refund.status])).toEqual([
      ['canceled_by_organization', 9000, 'failed'],
      ['refunded_at_provider', 2000, 'succeeded'],
      ['canceled_by_organization', 7000, 'succeeded'],
    ])
    expect(latest(after)).toMatchObject({ status: 'canceled', paymentStatus: 'refunded', refundedMinor: 9000 })
    expect(await attentionOf(one)).toBeNull()
    expect(world.mailer.to(one.scene.admin.email)).toEqual([])
  })

  it('of money that never was the booking’s stays beside it', async () => {
    const one = await paid()
    const [payment] = (await everythingOf(world, one.requestId)).payments
    if (payment === undefined) throw new Error('There is no payment.')
    // A second payment of the same session, on its way back.
    const second = await world.testCheckout.createCheckout({
      organizationId: one.scene.organization.id,
      bookingId: one.bookingId,
      idempotencyKey: `checkout:${one.bookingId}:2`,
      amount: usd(9000),
      description: 'The same again',
      customerEmail: CUSTOMER,
      expiresAt: new Date('2026-11-23T16:00:00.000Z'),
      returnUrl: 'http://ordinatus.test/book/return/x',
    })
    const id = world.deps.ids.next()
    await world.database.db.insert(payments).values({
      ...payment,
      id,
      attempt: 2,
      idempotencyKey: `checkout:${one.bookingId}:2`,
      providerCheckoutId: second.id,
      providerPaymentId: null,
      state: 'open',
    })
    await payBooking(world, { ...one, checkoutId: second.id })
    const [row] = await world.database.db.select().from(payments).where(eq(payments.id, id))
    await world.testCheckout.refundElsewhere(row?.providerPaymentId ?? '', usd(9000))
    await sync({ ...one, paymentId: id })
    await world.settle()
    const after = await everythingOf(world, one.requestId)
    expect(after.refunds.map((refund) => [refund.reason, refund.status])).toEqual([
      ['paid_twice', 'failed'],
      ['paid_twice', 'succeeded'],
    ])
    expect(latest(after)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid', refundedMinor: 0 })
    // What could not be used stays flagged until somebody has looked at it; no refund is missing.
    expect(await attentionOf(one)).toBe('payment_not_honoured')
  })
})

describe('a refund of ours whose answer was lost', () => {
  it('is known again by our id, never made or counted twice', async () => {
    const one = await paid()
    world.testCheckout.simulateOutage(true)
    await post(one.scene, bookingUrl(one.scene, one.bookingId, 'refunds'), { amount: usd(4000) })
    await world.settle()
    world.testCheckout.simulateOutage(false)
    const [ours] = (await everythingOf(world, one.requestId)).refunds
    if (ours === undefined) throw new Error('There is no refund.')
    expect(ours).toMatchObject({ status: 'pending', providerRefundId: null, attempts: 1 })
    // The provider had made it before the line broke.
    const made = await world.testCheckout.refund({
      organizationId: one.scene.organization.id,
      refundId: ours.id,
      idempotencyKey: `refund:${ours.id}`,
      paymentId: one.captured,
      amount: usd(4000),
      reason: 'any',
    })
    await Promise.all([sync(one), sync(one), sync(one)])
    world.clock.advanceMinutes(5)
    await world.settle()
    const after = await everythingOf(world, one.requestId)
    expect(after.refunds).toMatchObject([{ id: ours.id, status: 'succeeded', providerRefundId: made.id }])
    expect(latest(after)).toMatchObject({ paymentStatus: 'partially_refunded', refundedMinor: 4000 })
    expect(mailsOf(world, CUSTOMER, 'Your refund was made')).toHaveLength(1)
  })
})

describe('a refund that is under way', () => {
  it('is told to the customer as on its way, then as made, whatever old answers arrive in between', async () => {
    const one = await paid()
    world.testCheckout.startRefundsAs('pending')
    await post(one.scene, bookingUrl(one.scene, one.bookingId, 'refunds'), { amount: usd(2000), reason: 'Sorry.' })
    await world.settle()
    const mail = mailOf(world, CUSTOMER, 'Your refund is on its way')
    expect(mail.text).toContain('We are sending $20.00 back to you')
    expect(mail.text).toContain('The organization is paying you back: “Sorry.”')
    const [refund] = (await everythingOf(world, one.requestId)).refunds
    await world.testCheckout.settleRefund(refund?.providerRefundId ?? '', 'succeeded')
    await sync(one)
    await world.settle()
    expect((await bookingOf(one)).paymentStatus).toBe('partially_refunded')
    expect(mailsOf(world, CUSTOMER, 'Your refund was made')).toHaveLength(1)
    expect(mailsOf(world, CUSTOMER, 'Your refund is on its way')).toHaveLength(1)
  })

  it('of a canceled session is told by the cancellation, and again only when it was made', async () => {
    const one = await paid()
    world.testCheckout.startRefundsAs('pending')
    await post(one.scene, bookingUrl(one.scene, one.bookingId, 'cancel'))
    await world.settle()
    expect(world.mailer.to(CUSTOMER).map((mail) => mail.subject)).toEqual(['Your session was canceled'])
    const [refund] = (await everythingOf(world, one.requestId)).refunds
    await world.testCheckout.settleRefund(refund?.providerRefundId ?? '', 'succeeded')
    await sync(one)
    await world.settle()
    expect(world.mailer.to(CUSTOMER).map((mail) => mail.subject)).toEqual([
      'Your session was canceled',
      'Your refund was made',
    ])
  })
})

describe('a refund that fails', () => {
  async function failed(options: { amount?: number } = {}): Promise<Paid & { refundId: string }> {
    const one = await paid()
    const answer = await post(one.scene, bookingUrl(one.scene, one.bookingId, 'refunds'), {
      amount: usd(options.amount ?? 2500),
    })
    await world.settle()
    const refundId: string = answer.json().refunds[0].id
    const [row] = await world.database.db.select().from(refunds).where(eq(refunds.id, refundId))
    world.mailer.sent.length = 0
    // The bank sends it back after it had arrived.
    await world.testCheckout.settleRefund(row?.providerRefundId ?? '', 'failed')
    world.clock.advanceMinutes(10)
    await world.settle()
    return { ...one, refundId }
  }
  const retryUrl = ({ scene, bookingId, refundId }: Paid & { refundId: string }) =>
    bookingUrl(scene, bookingId, `refunds/${refundId}/retry`)

  it('later is seen on the booking with what happened, flags the request, and is mailed to admins alone', async () => {
    const one = await failed()
    expect(await bookingOf(one)).toMatchObject({
      paymentStatus: 'paid',
      refunded: usd(0),
      refunds: [
        {
          id: one.refundId,
          status: 'failed',
          problem: 'The bank sent it back',
          actions: { retry: { allowed: true, reason: null } },
        },
      ],
    })
    expect(await attentionOf(one)).toBe('refund_failed')
    const mail = mailOf(world, one.scene.admin.email, 'Needs attention: a refund of $25.00 failed')
    expect(mail.text).toContain('The bank sent it back')
    expect(mail.text).toContain(`/o/${one.scene.organization.slug}/bookings/${one.bookingId}`)
    expect(world.mailer.to(one.scene.admin.email)).toHaveLength(1)
    expect(world.mailer.to(one.scene.trainer.email)).toEqual([])
    expect(world.mailer.to(CUSTOMER)).toEqual([])
  })

  it('is not mailed to admins who want no such mails', async () => {
    const scene = await createScene(world)
    await world.call({
      method: 'PATCH',
      url: '/v1/me',
      as: scene.admin.accessToken,
      body: { notificationPreferences: { attention: false } },
    })
    const held = await holdBooking(world, scene, SLOT)
    await payAndConfirm(world, scene, held)
    world.testCheckout.startRefundsAs('pending')
    await post(scene, bookingUrl(scene, held.bookingId, 'refunds'), { amount: usd(100) })
    await world.settle()
    const [row] = (await everythingOf(world, held.requestId)).refunds
    await world.testCheckout.settleRefund(row?.providerRefundId ?? '', 'failed')
    world.clock.advanceMinutes(10)
    await world.settle()
    expect(await attentionOf({ scene, requestId: held.requestId })).toBe('refund_failed')
    expect(world.mailer.to(scene.admin.email)).toEqual([])
  })

  it('made again is made once, by whomever and however often it is pressed, and clears the flag', async () => {
    // Without the locks on request and booking this test printed 11 times 200 and 9 times 500 (refunds_retried_once).
    const one = await failed()
    const origins = await world.listen(2)
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const answer = await fetch(`${origins[index % 2]}${retryUrl(one)}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${one.scene.admin.accessToken}`, 'content-type': 'application/json' },
          body: '{}',
        })
        return answer.status
      }),
    )
    expect(statuses).toEqual(Array(20).fill(200))
    await world.settle()
    const after = await everythingOf(world, one.requestId)
    expect(after.refunds).toMatchObject([
      { id: one.refundId, status: 'failed' },
      { retriesRefundId: one.refundId, status: 'succeeded', amountMinor: 2500, reason: 'refunded_by_admin' },
    ])
    expect(latest(after)).toMatchObject({ paymentStatus: 'partially_refunded', refundedMinor: 2500 })
    expect(await attentionOf(one)).toBeNull()
    expect((await bookingOf(one)).refunds[0].actions.retry).toEqual({ allowed: false, reason: 'invalid_state' })
    expect(mailsOf(world, CUSTOMER, 'Your refund was made')).toHaveLength(1)
  })

  it('can be made again by admins, as long as so much is left', async () => {
    const one = await failed({ amount: 9000 })
    const elsewhere = await createOrganization(world)
    const refusals: [string, number, string][] = [
      [one.scene.trainer.accessToken, 403, 'org_admin_required'],
      [(await createMember(world, one.scene.organization, { firstName: 'Tom' })).accessToken, 404, 'not_found'],
      [(await createMember(world, elsewhere, { role: 'org_admin' })).accessToken, 404, 'not_found'],
    ]
    for (const [as, status, code] of refusals) {
      const answer = await post(one.scene, retryUrl(one), {}, as)
      expect([answer.statusCode, answer.json().code]).toEqual([status, code])
    }
    const unknown = await post(one.scene, retryUrl({ ...one, refundId: world.deps.ids.next() }))
    expect(unknown.json()).toMatchObject({ status: 404, code: 'not_found' })
    await post(one.scene, bookingUrl(one.scene, one.bookingId, 'refunds'), { amount: usd(1) })
    const tooMuch = await post(one.scene, retryUrl(one))
    expect(tooMuch.json()).toMatchObject({ status: 409, code: 'refund_exceeds_paid', refundable: usd(8999) })
    await world.settle()
    // One that went through is nothing to make again.
    const [, second] = (await everythingOf(world, one.requestId)).refunds
    const done = await post(one.scene, retryUrl({ ...one, refundId: second?.id ?? '' }))
    expect(done.json()).toMatchObject({ status: 409, code: 'invalid_state', currentStatus: 'succeeded' })
    // The rest by hand: nothing is missing any more.
    expect(await attentionOf(one)).toBe('refund_failed')
    await post(one.scene, bookingUrl(one.scene, one.bookingId, 'refunds'), { amount: usd(8999) })
    await world.settle()
    expect(await attentionOf(one)).toBeNull()
  })

  it('at the provider, where nobody here had asked for it, is seen as well', async () => {
    const one = await paid()
    const made = await world.testCheckout.refundElsewhere(one.captured, usd(3000))
    await sync(one)
    await world.testCheckout.settleRefund(made, 'failed')
    await sync(one)
    await world.settle()
    expect(await attentionOf(one)).toBe('refund_failed')
    expect(await bookingOf(one)).toMatchObject({
      paymentStatus: 'paid',
      refunded: usd(0),
      refunds: [{ status: 'failed' }],
    })
    expect(mailsOf(world, one.scene.admin.email, 'Needs attention: a refund of $30.00 failed')).toHaveLength(1)
  })
})

describe('a refund that the provider cannot be asked for', () => {
  it('stays pending and says why, is tried later each time, is flagged after an hour, and made when the provider is back', async () => {
    const one = await paid()
    world.testCheckout.simulateOutage(true)
    await post(one.scene, bookingUrl(one.scene, one.bookingId, 'refunds'), { amount: usd(9000) })
    await world.settle()
    expect((await bookingOf(one)).refunds).toMatchObject([
      { status: 'pending', problem: 'The test checkout plays dead.', nextAttemptAt: '2026-11-23T15:01:00.000Z' },
    ])
    const tries: [string, number][] = [
      ['2026-11-23T15:00:59.999Z', 1],
      ['2026-11-23T15:01:00.000Z', 2],
      ['2026-11-23T15:02:59.999Z', 2],
      ['2026-11-23T15:03:00.000Z', 3],
    ]
    for (const [at, attempts] of tries) {
      world.clock.moveTo(at)
      await world.settle()
      expect((await everythingOf(world, one.requestId)).refunds).toMatchObject([{ attempts, status: 'pending' }])
    }
    world.clock.moveTo('2026-11-23T15:59:59.999Z')
    await world.settle()
    expect(await attentionOf(one)).toBeNull()
    world.clock.moveTo('2026-11-23T16:00:00.000Z')
    await world.settle()
    expect(await attentionOf(one)).toBe('refund_failed')
    const alarm = world.mailer.to(one.scene.admin.email)
    expect(alarm).toHaveLength(1)
    expect(alarm[0]?.text).toContain('A refund has not gone through')
    world.testCheckout.simulateOutage(false)
    world.clock.advanceMinutes(60)
    await world.settle()
    expect(await bookingOf(one)).toMatchObject({
      paymentStatus: 'refunded',
      refunds: [{ status: 'succeeded', problem: null }],
    })
    expect(await attentionOf(one)).toBeNull()
  })

  it('keeps no other waiting: an account whose keys are gone is left alone', async () => {
    const silent = await paid()
    const other = await paid()
    for (const one of [silent, other])
      await post(one.scene, bookingUrl(one.scene, one.bookingId, 'refunds'), { amount: usd(100) })
    const { paymentGateways } = world.deps
    const deps = {
      ...world.deps,
      paymentGateways: {
        ...paymentGateways,
        of: async (origin: Parameters<typeof paymentGateways.of>[0]) => {
          if (origin.organizationId !== silent.scene.organization.id) return paymentGateways.of(origin)
          throw new PaymentGatewayUnavailable('Nobody answers.')
        },
      },
    }
    // The two would be one account; the silent one is asked first.
    await world.database.db.update(payments).set({ provider: 'stripe' }).where(eq(payments.id, silent.paymentId))
    world.clock.advanceMinutes(3)
    expect(await reconcileRefunds(deps)).toBe(1)
    const state = async (one: Paid) => (await everythingOf(world, one.requestId)).refunds[0]
    expect(await state(silent)).toMatchObject({ status: 'pending', lastError: 'Nobody answers.', attempts: 1 })
    expect(await state(other)).toMatchObject({ status: 'succeeded' })
    await world.database.db.update(payments).set({ provider: 'test_checkout' }).where(eq(payments.id, silent.paymentId))
  })
})

describe('a dispute', () => {
  it('is shown on the booking, flags the request and is mailed to admins; no money goes back by itself', async () => {
    const one = await paid()
    const disputeId = world.testCheckout.openDispute(one.captured, {
      amount: usd(9000),
      reason: 'product_not_received',
      respondBy: new Date('2026-12-01T23:59:59.000Z'),
    })
    const tell = () =>
      recordDispute(world.deps, { scope: one.scene.organization.scope, paymentId: one.paymentId, disputeId })
    const told = await Promise.all(Array.from({ length: 20 }, tell))
    expect(told.filter(Boolean)).toHaveLength(1)
    await world.settle()
    expect(await bookingOf(one)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'paid',
      refunds: [],
      disputes: [
        {
          amount: usd(9000),
          status: 'open',
          reason: 'The customer says that the session did not take place',
          respondBy: '2026-12-01T23:59:59.000Z',
        },
      ],
    })
    expect(await attentionOf(one)).toBe('payment_disputed')
    const mail = mailOf(world, one.scene.admin.email, 'Needs attention: a payment of $90.00 is disputed')
    expect(mail.text).toContain('Dec 1, 2026')
    expect(world.mailer.to(one.scene.admin.email)).toHaveLength(1)
    expect(world.mailer.to(CUSTOMER)).toEqual([])
    // Decided: the flag goes, and older words change nothing.
    world.testCheckout.closeDispute(disputeId, 'lost')
    expect(await tell()).toBe(true)
    expect(await tell()).toBe(false)
    await world.settle()
    expect(await attentionOf(one)).toBeNull()
    expect((await bookingOf(one)).disputes).toMatchObject([{ status: 'lost' }])
    expect(world.mailer.to(one.scene.admin.email)).toHaveLength(1)
  })

  it('that is lost gives back what a refund could not: the flag goes, and nothing can be made again', async () => {
    const one = await paid()
    const disputeId = world.testCheckout.openDispute(one.captured, {
      amount: usd(9000),
      reason: 'fraudulent',
      respondBy: null,
    })
    const tell = () =>
      recordDispute(world.deps, { scope: one.scene.organization.scope, paymentId: one.paymentId, disputeId })
    await tell()
    // The provider refuses to refund what is disputed.
    expect((await post(one.scene, bookingUrl(one.scene, one.bookingId, 'cancel'))).statusCode).toBe(200)
    await world.settle()
    const [refund] = (await everythingOf(world, one.requestId)).refunds
    if (refund === undefined) throw new Error('Nothing was to go back.')
    await world.database.db
      .update(refunds)
      .set({ status: 'failed', providerRefundId: null, settledAt: world.clock.now() })
      .where(eq(refunds.id, refund.id))
    const flag = async () => {
      await tell()
      await world.settle()
      return attentionOf(one)
    }
    const listed = async () => {
      const answer = await world.call({
        url: `/v1/organizations/${one.scene.organization.slug}/payments`,
        as: one.scene.admin.accessToken,
      })
      const [payment] = answer.json().data
      return payment.refunds[0].isMissing
    }
    const retry = async () => (await bookingOf(one)).refunds[0].actions.retry.allowed
    await flag()
    expect([await listed(), await retry()]).toEqual([true, true])
    world.testCheckout.closeDispute(disputeId, 'lost')
    expect(await flag()).toBeNull()
    expect([await listed(), await retry()]).toEqual([false, false])
    const url = `${bookingUrl(one.scene, one.bookingId)}/refunds/${refund.id}/retry`
    expect((await post(one.scene, url)).json()).toMatchObject({ code: 'refund_exceeds_paid' })
  })

  it('that is only an inquiry of the bank says that no money was taken, until the bank takes it', async () => {
    const one = await paid()
    const disputeId = world.testCheckout.openDispute(one.captured, {
      amount: usd(9000),
      reason: 'unrecognized',
      respondBy: new Date('2026-12-01T23:59:59.000Z'),
      isInquiry: true,
    })
    const tell = () =>
      recordDispute(world.deps, { scope: one.scene.organization.scope, paymentId: one.paymentId, disputeId })
    const listed = async () => {
      const url = `/v1/organizations/${one.scene.organization.slug}/payments`
      return (await world.call({ url, as: one.scene.admin.accessToken })).json().data[0].dispute
    }
    expect(await tell()).toBe(true)
    await world.settle()
    expect((await bookingOf(one)).disputes).toMatchObject([{ status: 'open', isInquiry: true }])
    expect(await listed()).toMatchObject({ status: 'open', isInquiry: true, statusLabel: 'Inquiry' })
    expect(await attentionOf(one)).toBe('payment_disputed')
    const asked = mailOf(world, one.scene.admin.email, 'Needs attention: a bank asks about a payment of $90.00')
    expect(asked.text).toContain('No money has been taken.')
    expect(asked.text).toContain('Dec 1, 2026')
    world.testCheckout.turnIntoDispute(disputeId)
    expect(await tell()).toBe(true)
    expect(await tell()).toBe(false)
    await world.settle()
    expect(await listed()).toMatchObject({ status: 'open', isInquiry: false, statusLabel: 'Undecided' })
    expect(mailOf(world, one.scene.admin.email, 'Needs attention: a payment of $90.00 is disputed').text).toContain(
      'Nothing is refunded by itself',
    )
  })

  it('of another payment, or one that nobody knows, is passed over; without an answer nothing is written', async () => {
    const one = await paid()
    const other = await paid()
    const disputeId = world.testCheckout.openDispute(other.captured, {
      amount: usd(9000),
      reason: 'general',
      respondBy: null,
    })
    const target = { scope: one.scene.organization.scope, paymentId: one.paymentId }
    expect(await recordDispute(world.deps, { ...target, disputeId })).toBe(false)
    expect(await recordDispute(world.deps, { ...target, disputeId: 'td_unknown' })).toBe(false)
    world.testCheckout.simulateOutage(true)
    await expect(recordDispute(world.deps, { ...target, disputeId })).rejects.toThrow(PaymentGatewayUnavailable)
    const rows = await world.database.db.select().from(disputes).where(eq(disputes.paymentId, one.paymentId))
    expect(rows).toEqual([])
  })
})
