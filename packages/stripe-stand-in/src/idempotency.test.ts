import { describe, expect, test } from 'vitest'
import { refusalOf, sdkFor, sessionFor, startForTest } from './testing.ts'

const key = { idempotencyKey: 'checkout:booking-1:1' }

describe('Under one idempotency key', () => {
  test('the same call gives the same session, and says that it is a replay', async () => {
    const standIn = await startForTest()
    const { sessions } = sdkFor(standIn).checkout
    const params = sessionFor(standIn)
    const first = await sessions.create(params, key)
    const again = await sessions.create(params, key)
    expect(again.id).toBe(first.id)
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined()
    expect(standIn.account.sessions()).toHaveLength(1)
  })

  test('other parameters are refused', async () => {
    const standIn = await startForTest()
    const { sessions } = sdkFor(standIn).checkout
    await sessions.create(sessionFor(standIn), key)
    const refusal = await refusalOf(sessions.create(sessionFor(standIn, { client_reference_id: 'booking-2' }), key))
    expect(refusal).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' })
    expect(standIn.violations).toHaveLength(1)
  })

  test('two at once: the second is told that the first is still under way', async () => {
    const standIn = await startForTest()
    const { sessions } = sdkFor(standIn).checkout
    const params = sessionFor(standIn)
    // Long enough for the second to come in the meantime, also on a busy machine.
    standIn.faults.next('createCheckoutSession', { kind: 'delay_before', milliseconds: 2_500 })
    const first = sessions.create(params, key)
    await expect.poll(() => standIn.calls.length).toBe(1)
    const refusal = await refusalOf(sessions.create(params, key))
    expect(refusal.statusCode).toBe(409)
    expect((await sessions.create(params, { idempotencyKey: 'another' })).id).not.toBe((await first).id)
    expect(standIn.violations).toEqual([])
  })

  test('a 500 is kept, whether the thing was done or not', async () => {
    const standIn = await startForTest()
    const { sessions } = sdkFor(standIn).checkout
    const params = sessionFor(standIn)
    for (const executed of [true, false]) {
      standIn.faults.next('createCheckoutSession', { kind: 'server_error', executed })
      const own = { idempotencyKey: `executed:${executed}` }
      expect((await refusalOf(sessions.create(params, own))).statusCode).toBe(500)
      expect((await refusalOf(sessions.create(params, own))).statusCode).toBe(500)
    }
    expect(standIn.account.sessions()).toHaveLength(1)
  })

  test('a refused parameter is not kept: the corrected call goes through under the same key', async () => {
    const standIn = await startForTest()
    const { sessions } = sdkFor(standIn).checkout
    await refusalOf(sessions.create(sessionFor(standIn, { expires_at: 1 }), key))
    await sessions.create(sessionFor(standIn), key)
    expect(standIn.account.sessions()).toHaveLength(1)
  })

  test('a day later the key is forgotten, a second before it is not', async () => {
    let now = new Date('2026-12-01T09:00:00.000Z')
    const standIn = await startForTest({ clock: () => now })
    const { sessions } = sdkFor(standIn).checkout
    const params = sessionFor(standIn, { expires_at: Math.floor(now.getTime() / 1000) + 24 * 60 * 60 })
    const first = await sessions.create(params, key)
    now = new Date('2026-12-02T08:59:59.000Z')
    expect((await sessions.create(params, key)).id).toBe(first.id)
    now = new Date('2026-12-02T09:00:00.000Z')
    expect((await refusalOf(sessions.create(params, key))).param).toBe('expires_at')
  })

  test('a key has at most 255 characters', async () => {
    const standIn = await startForTest()
    const { sessions } = sdkFor(standIn).checkout
    await sessions.create(sessionFor(standIn), { idempotencyKey: 'k'.repeat(255) })
    await refusalOf(sessions.create(sessionFor(standIn), { idempotencyKey: 'k'.repeat(256) }))
    expect(standIn.violations).toHaveLength(1)
  })
})

describe('What goes wrong', () => {
  test('an answer lost after the work: the SDK’s own repeat finds the session that was made', async () => {
    const standIn = await startForTest()
    standIn.faults.next('createCheckoutSession', { kind: 'lose_after' })
    const made = await sdkFor(standIn, { maxNetworkRetries: 1 }).checkout.sessions.create(sessionFor(standIn), key)
    expect(standIn.account.sessions().map((session) => session.id)).toEqual([made.id])
    expect(standIn.calls.map((call) => [call.status, call.replayed])).toEqual([
      [null, false],
      [200, true],
    ])
  })

  test('a call lost before the work has done nothing', async () => {
    const standIn = await startForTest()
    // Twice: a connection that breaks at once, the SDK takes for an old one and tries a new one.
    standIn.faults.next('any', { kind: 'lose_before' }, 2)
    const refusal = await refusalOf(sdkFor(standIn).checkout.sessions.create(sessionFor(standIn), key))
    expect(refusal.type).toBe('StripeConnectionError')
    expect(standIn.account.sessions()).toEqual([])
  })

  test('too many requests: nothing was done and nothing is kept', async () => {
    const standIn = await startForTest()
    standIn.faults.next('createRefund', { kind: 'rate_limited' })
    const stripe = sdkFor(standIn)
    const made = await stripe.checkout.sessions.create(sessionFor(standIn))
    standIn.account.pay(made.id)
    const { payment_intent } = await stripe.checkout.sessions.retrieve(made.id)
    const refund = () =>
      stripe.refunds.create({ payment_intent: String(payment_intent) }, { idempotencyKey: 'refund:1' })
    expect((await refusalOf(refund())).type).toBe('StripeRateLimitError')
    expect((await refund()).status).toBe('succeeded')
  })

  test('an outage: nobody gets an answer, yet customers go on paying', async () => {
    const standIn = await startForTest()
    const stripe = sdkFor(standIn)
    const made = await stripe.checkout.sessions.create(sessionFor(standIn))
    standIn.faults.outage(true)
    expect((await refusalOf(stripe.checkout.sessions.retrieve(made.id))).type).toBe('StripeConnectionError')
    expect(standIn.account.pay(made.id).outcome).toBe('moved')
    standIn.faults.outage(true, ['createRefund'])
    const { payment_status, payment_intent } = await stripe.checkout.sessions.retrieve(made.id)
    expect(payment_status).toBe('paid')
    const refunding = stripe.refunds.create({ payment_intent: String(payment_intent) })
    expect((await refusalOf(refunding)).type).toBe('StripeConnectionError')
    standIn.faults.clear()
    expect((await stripe.refunds.create({ payment_intent: String(payment_intent) })).status).toBe('succeeded')
  })
})
