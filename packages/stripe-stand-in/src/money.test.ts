import { describe, expect, test } from 'vitest'
import { refusalOf, sdkFor, sessionFor, startForTest } from './testing.ts'

async function openSession(change: Parameters<typeof sessionFor>[1] = {}) {
  let now = new Date('2026-12-01T09:00:00.000Z')
  const standIn = await startForTest({ clock: () => now })
  const stripe = sdkFor(standIn)
  const { id } = await stripe.checkout.sessions.create(sessionFor(standIn, change))
  const moveTo = (instant: string) => {
    now = new Date(instant)
  }
  return { standIn, stripe, id, moveTo, account: standIn.account }
}

describe('Paying', () => {
  test('completes a session once', async () => {
    const { account, stripe, id } = await openSession()
    expect(account.pay(id)).toEqual({
      outcome: 'moved',
      leadsTo: `https://product.test/book/return/secret?session=${id}`,
    })
    expect(account.pay(id).outcome).toBe('already_paid')
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'complete', payment_status: 'paid' })
    expect(account.captured()).toMatchObject([{ sessionId: id, reference: 'booking-1', amount: 9000, refunded: 0 }])
    expect(account.events().map((event) => event.type)).toEqual([
      'payment_intent.succeeded',
      'charge.succeeded',
      'checkout.session.completed',
    ])
  })

  test('goes on until the instant of the deadline, and not at it', async () => {
    const { account, id, moveTo } = await openSession()
    moveTo('2026-12-01T09:59:59.999Z')
    expect(account.decline(id).outcome).toBe('moved')
    moveTo('2026-12-01T10:00:00.000Z')
    expect(account.pay(id).outcome).toBe('expired')
    expect(account.session(id)).toMatchObject({ status: 'expired', url: null, payment_status: 'unpaid' })
    expect(account.events('checkout.session.expired')).toHaveLength(1)
  })

  test('begun before the deadline it is finished after it', async () => {
    const { account, id, moveTo } = await openSession()
    account.beginPaying(id)
    moveTo('2026-12-01T10:01:00.000Z')
    account.expireDue()
    expect(account.session(id).status).toBe('open')
    expect(account.finishPaying(id).outcome).toBe('moved')
    expect(account.captured()[0]?.capturedAt).toEqual(new Date('2026-12-01T10:01:00.000Z'))
  })

  test('a session that was ended by call can be paid no more, and one that was paid can not be ended', async () => {
    const { account, stripe, id } = await openSession()
    account.beginPaying(id)
    expect((await stripe.checkout.sessions.expire(id)).status).toBe('expired')
    expect(account.finishPaying(id).outcome).toBe('expired')
    expect((await refusalOf(stripe.checkout.sessions.expire(id))).statusCode).toBe(400)
    expect(account.captured()).toEqual([])
  })

  test('later: complete and unpaid at once, paid or failed days after', async () => {
    for (const outcome of ['settle', 'fail'] as const) {
      const { account, stripe, id } = await openSession()
      account.payLater(id)
      const expand = { expand: ['payment_intent'] }
      expect(await stripe.checkout.sessions.retrieve(id, expand)).toMatchObject({
        status: 'complete',
        payment_status: 'unpaid',
        payment_intent: { status: 'processing' },
      })
      expect(account[outcome](id)).toBe(true)
      expect(account[outcome](id)).toBe(false)
      const after = await stripe.checkout.sessions.retrieve(id, expand)
      expect(after.payment_status).toBe(outcome === 'settle' ? 'paid' : 'unpaid')
      expect(account.captured()).toHaveLength(outcome === 'settle' ? 1 : 0)
      expect(account.events().at(-1)?.type).toBe(
        `checkout.session.async_payment_${outcome === 'settle' ? 'succeeded' : 'failed'}`,
      )
    }
  })
})

describe('Paying back', () => {
  test('in parts until nothing is left, and never more', async () => {
    const { account, stripe, id } = await openSession()
    account.pay(id)
    const payment_intent = String((await stripe.checkout.sessions.retrieve(id)).payment_intent)
    await stripe.refunds.create({ payment_intent, amount: 4000 })
    expect((await refusalOf(stripe.refunds.create({ payment_intent, amount: 5001 }))).param).toBe('amount')
    expect(await stripe.refunds.create({ payment_intent })).toMatchObject({ amount: 5000, status: 'succeeded' })
    expect((await refusalOf(stripe.refunds.create({ payment_intent }))).code).toBe('charge_already_refunded')
    expect(account.chargeOf(id)).toMatchObject({ amount_refunded: 9000, refunded: true })
    expect((await stripe.refunds.list({ payment_intent })).data.map((refund) => refund.amount)).toEqual([5000, 4000])
  })

  test('a pending refund arrives or comes back, and one that came back can be made again', async () => {
    const { account, stripe, id } = await openSession()
    account.pay(id)
    account.startRefundsAs('pending')
    const payment_intent = String((await stripe.checkout.sessions.retrieve(id)).payment_intent)
    const refund = await stripe.refunds.create({ payment_intent })
    expect(refund.status).toBe('pending')
    account.settleRefund(refund.id)
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded' })
    account.failRefund(refund.id)
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'failed' })
    expect(account.captured()).toMatchObject([{ amount: 9000, refunded: 0 }])
    expect((await stripe.refunds.create({ payment_intent })).amount).toBe(9000)
  })

  test('at the dashboard, and a disputed charge not at all', async () => {
    const { account, stripe, id } = await openSession()
    account.pay(id)
    account.refundInDashboard(id, 1000)
    expect(account.events('charge.refunded').at(-1)?.request).toEqual({ id: null, idempotency_key: null })
    account.dispute(id)
    expect(account.events('charge.dispute.created')).toHaveLength(1)
    const payment_intent = String((await stripe.checkout.sessions.retrieve(id)).payment_intent)
    expect((await refusalOf(stripe.refunds.create({ payment_intent }))).code).toBe('charge_disputed')
  })

  test('by the bank: a dispute is listed with its payment, and decided once', async () => {
    const { account, stripe, id } = await openSession()
    account.pay(id)
    const { id: disputeId } = account.dispute(id)
    const payment_intent = String((await stripe.checkout.sessions.retrieve(id)).payment_intent)
    expect((await stripe.disputes.list({ payment_intent })).data).toMatchObject([{ id: disputeId }])
    expect((await stripe.disputes.list({ payment_intent: 'pi_other' })).data).toEqual([])
    expect([account.closeDispute(disputeId, 'lost'), account.closeDispute(disputeId, 'won')]).toEqual([true, false])
    expect(await stripe.disputes.retrieve(disputeId)).toMatchObject({ status: 'lost' })
    expect(account.events('charge.dispute.closed')).toHaveLength(1)
  })
})

describe('The page', () => {
  const press = (address: string, action: string) =>
    fetch(address, { method: 'POST', body: new URLSearchParams({ action }), redirect: 'manual' })

  test('shows what is asked for in the currency’s own decimals, and leads back', async () => {
    const standIn = await startForTest()
    const made = await sdkFor(standIn).checkout.sessions.create(
      sessionFor(standIn, {}, { amount: 12340, currency: 'kwd' }),
    )
    const page = await (await fetch(made.url ?? '')).text()
    expect(page).toContain('KWD&nbsp;12.340'.replace('&nbsp;', '\u00a0'))
    expect(page).toContain('60-minute session')
    const declined = await press(made.url ?? '', 'decline')
    expect([declined.status, await declined.text()]).toEqual([402, expect.stringContaining('declined')])
    expect((await press(made.url ?? '', 'cancel')).headers.get('location')).toBe(
      'https://product.test/book/return/secret',
    )
    const paid = await press(made.url ?? '', 'pay')
    expect([paid.status, paid.headers.get('location')]).toEqual([
      303,
      `https://product.test/book/return/secret?session=${made.id}`,
    ])
  })

  test('says when a session has expired, and takes nothing for it', async () => {
    const standIn = await startForTest()
    const made = await sdkFor(standIn).checkout.sessions.create(sessionFor(standIn))
    standIn.moveClock(new Date(Date.now() + 60 * 60 * 1000))
    expect(await (await fetch(made.url ?? '')).text()).toContain('has expired')
    expect((await press(made.url ?? '', 'pay')).status).toBe(410)
    expect(standIn.account.captured()).toEqual([])
  })
})
