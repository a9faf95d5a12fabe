import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bookingUrl, everythingOf, latest, requestUrl } from '../../../test/booking-scene.ts'
import { createSessionType } from '../../../test/factories.ts'
import { mailOf, mailsOf } from '../../../test/notification-scene.ts'
import { createScene, type SceneOptions } from '../../../test/scheduling-scene.ts'
import { createStripeWorld, eventAbout, holdAtStripe, type StripeWorld, tell } from '../../../test/stripe-scene.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-25T16:30:00.000Z'
const CUSTOMER = 'casey@example.test'

let house: StripeWorld

beforeAll(async () => {
  house = await createStripeWorld({ now: NOW })
})
beforeEach(async () => {
  house.world.clock.moveTo(NOW)
  house.stripe.faults.clear()
  house.stripe.account.startRefundsAs('succeeded')
  // What the test before has left to do.
  await house.world.settle()
  house.world.mailer.sent.length = 0
})
afterEach(() => {
  // Whatever the product asked for, it asked as Stripe's contract says.
  expect(house.stripe.violations.splice(0)).toEqual([])
})
afterAll(() => house.close())

const account = () => house.stripe.account

async function paid(options: SceneOptions & { currency?: string; price?: number } = {}) {
  const { world } = house
  const { currency = 'USD', price = 9000 } = options
  const scene = await createScene(world, options)
  scene.sessionType = await createSessionType(world, scene.organization, { prices: { 60: price }, currency })
  const held = await holdAtStripe(house, scene, SLOT)
  account().pay(held.checkoutId)
  const post = (command: string, body: object = {}) =>
    world.call({
      method: 'POST',
      url: bookingUrl(scene, held.bookingId, command),
      as: scene.admin.accessToken,
      body,
    })
  const booking = async () =>
    (await world.call({ url: bookingUrl(scene, held.bookingId), as: scene.admin.accessToken })).json()
  const attention = async () =>
    (await world.call({ url: requestUrl(scene, held.requestId), as: scene.admin.accessToken })).json().attention?.reason
  const captured = () =>
    account()
      .captured()
      .filter((one) => one.sessionId === held.checkoutId)
  return { scene, ...held, post, booking, attention, captured }
}

async function confirmed(options: Parameters<typeof paid>[0] = {}) {
  const one = await paid(options)
  const answer = await one.post('confirm-payment')
  if (answer.statusCode !== 200) throw new Error(`It was not confirmed: ${answer.body}`)
  await house.world.settle()
  house.world.mailer.sent.length = 0
  return one
}

function permutationsOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) => permutationsOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

describe('money that goes back through Stripe', () => {
  it.each([
    { currency: 'USD', price: 9001, part: 4501, atStripe: 4501, words: '$45.01' },
    { currency: 'JPY', price: 9001, part: 4501, atStripe: 4501, words: '¥4,501' },
    { currency: 'KWD', price: 9010, part: 4510, atStripe: 4510, words: 'KWD 4.510' },
    { currency: 'ISK', price: 9001, part: 4501, atStripe: 450_100, words: 'ISK 4,501' },
  ])(
    'is the same in preview, answer, mail and at Stripe in $currency',
    async ({ currency, price, part, atStripe, words }) => {
      const settings = { cancellationKind: 'partial', cancellationPartialPercent: 50 } as const
      const one = await confirmed({ currency, price, settings })
      const preview = await house.world.call({
        url: `${bookingUrl(one.scene, one.bookingId, 'cancellation-preview')}?onBehalfOfCustomer=true`,
        as: one.scene.admin.accessToken,
      })
      expect(preview.json()).toEqual({ refund: { amount: part, currency }, rule: 'policy_partial' })
      const answer = await one.post('cancel', { onBehalfOfCustomer: true })
      expect(answer.json()).toMatchObject({ refunded: { amount: part, currency } })
      await house.world.settle()
      expect(one.captured()).toMatchObject([{ refunded: atStripe, refunds: [{ status: 'succeeded' }] }])
      expect(mailOf(house.world, CUSTOMER, 'Your session was canceled').text).toContain(words)
      expect(mailOf(house.world, CUSTOMER, 'Your refund was made').text).toContain(words)
      // And the rest by hand.
      const rest = price - part
      expect((await one.post('refunds', { amount: { amount: rest, currency } })).statusCode).toBe(200)
      await house.world.settle()
      expect(await one.booking()).toMatchObject({ paymentStatus: 'refunded', refunded: { amount: price, currency } })
      const [payment] = one.captured()
      expect(payment?.refunded).toBe(payment?.amount)
    },
  )

  it('cannot be chosen in an amount that the currency does not move in', async () => {
    const one = await confirmed({ currency: 'KWD', price: 9010 })
    const chosen = (amount: number) => one.post('cancel', { refundAmount: { amount, currency: 'KWD' } })
    expect((await chosen(4505)).json()).toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [{ pointer: '/refundAmount/amount' }],
    })
    expect((await one.booking()).status).toBe('confirmed')
    expect((await chosen(4510)).json()).toMatchObject({
      status: 'canceled',
      refunded: { amount: 4510, currency: 'KWD' },
    })
  })

  it('goes back once when every answer to the call that made it is lost, also after Stripe has forgotten the key', async () => {
    const one = await confirmed()
    house.stripe.faults.next('createRefund', { kind: 'lose_after' }, 3)
    await one.post('refunds', { amount: { amount: 3000, currency: 'USD' } })
    await house.world.settle()
    expect((await one.booking()).refunds).toMatchObject([{ status: 'pending', problem: expect.any(String) }])
    house.world.clock.moveTo('2026-11-24T16:00:00.000Z')
    await house.world.settle()
    expect(await one.booking()).toMatchObject({
      paymentStatus: 'partially_refunded',
      refunds: [{ status: 'succeeded', problem: null }],
    })
    expect(one.captured()).toMatchObject([{ refunded: 3000, refunds: [{ amount: 3000 }] }])
    expect(mailsOf(house.world, CUSTOMER, 'Your refund was made')).toHaveLength(1)
  })

  it('that Stripe refuses is shown as failed with what Stripe said', async () => {
    const one = await confirmed()
    account().dispute(one.checkoutId)
    await one.post('refunds', { amount: { amount: 3000, currency: 'USD' } })
    await house.world.settle()
    expect((await one.booking()).refunds).toMatchObject([
      { status: 'failed', problem: expect.stringContaining('charged back'), actions: { retry: { allowed: true } } },
    ])
    expect(await one.attention()).toBe('refund_failed')
  })

  it('is refused by hand while a bank decides on a dispute, and possible again when it is over', async () => {
    const one = await confirmed()
    const dispute = account().dispute(one.checkoutId)
    expect(await tell(house, eventAbout('charge.dispute.created', dispute))).toBe('200')
    expect((await one.booking()).actions.refund).toEqual({ allowed: false, reason: 'invalid_state' })
    const refused = await one.post('refunds', { amount: { amount: 3000, currency: 'USD' } })
    expect(refused.statusCode).toBe(409)
    expect(refused.json()).toMatchObject({
      code: 'invalid_state',
      currentStatus: 'confirmed',
      detail: expect.stringContaining('bank is deciding'),
    })
    expect(await one.booking()).toMatchObject({ refunds: [], refunded: { amount: 0 } })
    account().closeDispute(dispute.id, 'won')
    expect(await tell(house, eventAbout('charge.dispute.closed', dispute))).toBe('200')
    expect((await one.booking()).actions.refund).toEqual({ allowed: true, reason: null })
  })

  it('is by hand while a bank only asks', async () => {
    const one = await confirmed()
    const inquiry = Object.assign(account().dispute(one.checkoutId), { status: 'warning_needs_response' })
    expect(await tell(house, eventAbout('charge.dispute.created', inquiry))).toBe('200')
    expect((await one.booking()).actions.refund).toEqual({ allowed: true, reason: null })
  })

  it('takes a reason of several lines, and none that turns the direction of the mail or controls a terminal', async () => {
    const one = await confirmed()
    for (const reason of ['Sorry \u202etxet', 'a\u0007b', '\u001b[31mred']) {
      const answer = await one.post('refunds', { amount: { amount: 100, currency: 'USD' }, reason })
      expect(answer.statusCode, JSON.stringify(reason)).toBe(422)
      expect(answer.json().errors).toMatchObject([{ pointer: '/reason' }])
      expect((await one.post('cancel', { reason })).statusCode).toBe(422)
    }
    const answer = await one.post('refunds', { amount: { amount: 100, currency: 'USD' }, reason: 'Sorry.\n\nTina' })
    expect(answer.statusCode, answer.body).toBeLessThan(300)
  })
})

describe('a session that is confirmed while part of its money is on its way back', () => {
  it('is paid until that part has arrived, then partly refunded', async () => {
    const one = await paid()
    const completed = account()
      .events()
      .findLast((event) => event.type === 'checkout.session.completed')
    expect(await tell(house, completed ?? {})).toBe('200')
    account().startRefundsAs('pending')
    const refund = account().refundInDashboard(one.checkoutId, 3000)
    expect(await tell(house, eventAbout('refund.created', refund))).toBe('200')
    expect((await one.post('confirm-payment')).json()).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'paid',
      refunded: { amount: 3000, currency: 'USD' },
    })
    account().settleRefund(refund.id)
    expect(await tell(house, eventAbout('refund.updated', refund))).toBe('200')
    expect((await one.booking()).paymentStatus).toBe('partially_refunded')
  })
})

describe('a cancellation whose refund Stripe refuses', () => {
  it('is mailed with what is owed', async () => {
    const one = await confirmed()
    account().dispute(one.checkoutId)
    await one.post('cancel')
    await house.world.settle()
    expect((await one.booking()).refunds).toMatchObject([{ status: 'failed' }])
    const { text } = mailOf(house.world, CUSTOMER, 'Your session was canceled')
    expect(text).toContain('We owe you $90.00: sending it back did not work. Somebody is looking after it.')
    expect(text).not.toContain('othing is refunded')
  })
})

describe('what Stripe tells of refunds and disputes', () => {
  it('in any order, each five times in parallel, ends in the same state: one refund, one mail', async () => {
    for (const order of permutationsOf(['refund.created', 'refund.updated', 'charge.refunded'] as const)) {
      const one = await confirmed()
      const refund = account().refundInDashboard(one.checkoutId, 3000)
      for (const kind of order) {
        const object = kind === 'charge.refunded' ? account().chargeOf(one.checkoutId) : refund
        const event = eventAbout(kind, object)
        const answers = await Promise.all(Array.from({ length: 5 }, (_, index) => tell(house, event, { to: index })))
        expect(answers).toEqual(Array(5).fill('200'))
      }
      await house.world.settle()
      const after = await everythingOf(house.world, one.requestId)
      expect(after.refunds).toMatchObject([
        { amountMinor: 3000, status: 'succeeded', reason: 'refunded_at_provider', providerRefundId: refund.id },
      ])
      expect(latest(after)).toMatchObject({
        status: 'confirmed',
        paymentStatus: 'partially_refunded',
        refundedMinor: 3000,
      })
      expect(mailsOf(house.world, CUSTOMER, 'Your refund was made')).toHaveLength(1)
      house.world.mailer.sent.length = 0
      const [row] = house.stripe.account.captured().filter((captured) => captured.sessionId === one.checkoutId)
      expect(row?.refunds).toHaveLength(1)
      await one.post('cancel')
    }
  })

  it('of a refund that fails later is seen by a person, with the bank’s reason in words', async () => {
    const one = await confirmed()
    await one.post('refunds', { amount: { amount: 3000, currency: 'USD' } })
    await house.world.settle()
    const [made] = one.captured()[0]?.refunds ?? []
    account().failRefund(made?.id ?? '', 'lost_or_stolen_card')
    for (const event of account().events().slice(-2)) expect(await tell(house, event)).toBe('200')
    await house.world.settle()
    expect(await one.booking()).toMatchObject({
      paymentStatus: 'paid',
      refunded: { amount: 0 },
      refunds: [{ status: 'failed', problem: 'The card was reported lost or stolen' }],
    })
    expect(await one.attention()).toBe('refund_failed')
    const mail = mailOf(house.world, one.scene.admin.email, 'Needs attention: a refund of $30.00 failed')
    expect(mail.text).toMatch(/What happened: +The card was reported lost or stolen/)
    const answer = await one.post(`refunds/${(await one.booking()).refunds[0].id}/retry`)
    expect(answer.statusCode).toBe(200)
    await house.world.settle()
    expect(one.captured()).toMatchObject([{ refunded: 3000 }])
    expect(await one.attention()).toBeUndefined()
  })

  it('of a dispute flags the request and moves no money', async () => {
    const one = await confirmed()
    const dispute = account().dispute(one.checkoutId, 'fraudulent')
    const event = eventAbout('charge.dispute.created', dispute)
    const answers = await Promise.all(Array.from({ length: 5 }, (_, index) => tell(house, event, { to: index })))
    expect(answers).toEqual(Array(5).fill('200'))
    await house.world.settle()
    expect(await one.booking()).toMatchObject({
      paymentStatus: 'paid',
      refunds: [],
      disputes: [
        {
          amount: { amount: 9000, currency: 'USD' },
          status: 'open',
          reason: 'The customer says that they did not make the payment',
          respondBy: '2026-11-30T15:00:00.000Z',
        },
      ],
    })
    expect(await one.attention()).toBe('payment_disputed')
    expect(
      mailsOf(house.world, one.scene.admin.email, 'Needs attention: a payment of $90.00 is disputed'),
    ).toHaveLength(1)
    expect(one.captured()).toMatchObject([{ refunded: 0 }])
  })

  it('of a bank that only asks is known as an inquiry', async () => {
    const one = await confirmed()
    const inquiry = Object.assign(account().dispute(one.checkoutId, 'fraudulent'), { status: 'warning_needs_response' })
    expect(await tell(house, eventAbout('charge.dispute.created', inquiry))).toBe('200')
    expect((await one.booking()).disputes).toMatchObject([{ status: 'open', isInquiry: true }])
    Object.assign(inquiry, { status: 'warning_closed' })
    expect(await tell(house, eventAbout('charge.dispute.closed', inquiry))).toBe('200')
    expect((await one.booking()).disputes).toMatchObject([{ status: 'won', isInquiry: true }])
  })

  it('of a dispute, lost on the way, is asked for: that it was opened and, within the hour, that it was decided', async () => {
    const one = await confirmed()
    const dispute = account().dispute(one.checkoutId, 'fraudulent')
    house.world.clock.advanceMinutes(9)
    await house.world.settle()
    expect(await one.attention()).toBeUndefined()
    house.world.clock.advanceMinutes(1)
    await house.world.settle()
    expect(await one.booking()).toMatchObject({ disputes: [{ status: 'open' }] })
    expect(await one.attention()).toBe('payment_disputed')
    expect(
      mailsOf(house.world, one.scene.admin.email, 'Needs attention: a payment of $90.00 is disputed'),
    ).toHaveLength(1)
    // A year later: nobody lists the refunds of a payment that old, but this one is undecided.
    house.world.clock.moveTo('2027-11-23T15:00:00.000Z')
    await house.world.settle()
    account().closeDispute(dispute.id, 'lost')
    house.world.clock.moveTo('2027-11-23T15:59:59.999Z')
    await house.world.settle()
    expect(await one.booking()).toMatchObject({ disputes: [{ status: 'open' }] })
    house.world.clock.moveTo('2027-11-23T16:00:00.000Z')
    await house.world.settle()
    expect(await one.booking()).toMatchObject({ disputes: [{ status: 'lost' }] })
    expect(await one.attention()).not.toBe('payment_disputed')
  })
})
