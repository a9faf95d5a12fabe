import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { isSignatureHeader, readStripeEvent } from './stripe-webhook.ts'
import { STRIPE_WEBHOOK_EVENTS } from './stripe-webhook-events.ts'

const SECRET = 'whsec_the_present_one'
const SIGNED_AT = new Date('2026-11-23T15:00:00.000Z')
const BOOKING = '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07'

const CHECKOUT = {
  id: 'evt_1',
  object: 'event',
  type: 'checkout.session.completed',
  api_version: '2026-10-28.endive',
  data: {
    object: {
      id: 'cs_1',
      object: 'checkout.session',
      client_reference_id: BOOKING,
      metadata: { booking_id: BOOKING, attempt: `checkout:${BOOKING}:1` },
      payment_intent: 'pi_1',
    },
  },
}

function signatureOf(text: string, secret = SECRET, at = SIGNED_AT): string {
  return new Stripe('sk_test_unused').webhooks.generateTestHeaderString({
    payload: text,
    secret,
    timestamp: Math.floor(at.getTime() / 1000),
  })
}

function read(
  options: { event?: object; body?: Buffer; signature?: string; secrets?: readonly string[]; now?: Date } = {},
) {
  const text = JSON.stringify(options.event ?? CHECKOUT)
  return readStripeEvent({
    body: options.body ?? Buffer.from(text),
    signature: options.signature ?? signatureOf(text),
    secrets: options.secrets ?? [SECRET],
    now: options.now ?? SIGNED_AT,
  })
}

describe('a delivered event', () => {
  it('is read by its ids alone', () => {
    expect(read()).toEqual({
      id: 'evt_1',
      type: 'checkout.session.completed',
      checkoutId: 'cs_1',
      paymentId: 'pi_1',
      disputeId: null,
      bookingId: BOOKING,
      attempt: `checkout:${BOOKING}:1`,
    })
  })

  it('is understood from an endpoint of another API version, which calls the things around the ids otherwise', () => {
    for (const api_version of ['2023-08-16', null, undefined])
      expect(read({ event: { ...CHECKOUT, api_version, more: { than: ['is', 'known'] } } })).toEqual(read())
  })

  it('names the payment whether it is an id or written out', () => {
    for (const payment_intent of ['pi_9', { id: 'pi_9', object: 'payment_intent' }])
      expect(
        read({
          event: { id: 'evt_2', type: 'refund.updated', data: { object: { object: 'refund', payment_intent } } },
        }),
      ).toMatchObject({ type: 'refund.updated', paymentId: 'pi_9', checkoutId: null, bookingId: null })
  })

  it('names the dispute', () => {
    const object = { id: 'du_1', object: 'dispute', payment_intent: 'pi_1', metadata: {} }
    expect(read({ event: { id: 'evt_3', type: 'charge.dispute.created', data: { object } } })).toMatchObject({
      disputeId: 'du_1',
      paymentId: 'pi_1',
    })
  })

  it('of a kind that nothing follows from, or of no kind at all, is nothing to act upon', () => {
    const ofType = (type: unknown) => read({ event: { ...CHECKOUT, type } })?.type
    expect(STRIPE_WEBHOOK_EVENTS.map(ofType)).toEqual(STRIPE_WEBHOOK_EVENTS)
    for (const type of ['charge.succeeded', 'toString', '', 7, null, undefined]) expect(ofType(type)).toBeNull()
    for (const event of [{}, { type: 'charge.refunded' }, { ...CHECKOUT, id: 7 }, [], { ...CHECKOUT, id: 'a\u0000b' }])
      expect(read({ event })?.type).toBeNull()
    const noJson = Buffer.from('not JSON')
    expect(read({ body: noJson, signature: signatureOf('not JSON') })?.type).toBeNull()
  })

  it('is not believed when something else than an id stands where an id belongs', () => {
    const object = { id: 'x'.repeat(256), object: 'checkout.session', payment_intent: 'pi 1', client_reference_id: '' }
    expect(read({ event: { ...CHECKOUT, data: { object } } })).toMatchObject({
      checkoutId: null,
      paymentId: null,
      bookingId: null,
    })
  })
})

describe('its signature', () => {
  it('counts for 300 seconds and not for 301', () => {
    const readLater = (seconds: number) => read({ now: new Date(SIGNED_AT.getTime() + seconds * 1000) })
    expect(readLater(300)).not.toBeNull()
    expect(readLater(300.999)).not.toBeNull()
    expect(readLater(301)).toBeNull()
  })

  it('counts from a server whose clock is a little ahead of ours', () => {
    expect(read({ now: new Date(SIGNED_AT.getTime() - 5_000) })).not.toBeNull()
  })

  it('is of every byte: one changed, added or left out is refused', () => {
    const body = Buffer.from(JSON.stringify(CHECKOUT))
    for (let at = 0; at < body.length; at += 1) {
      const changed = Buffer.from(body)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(read({ body: changed })).toBeNull()
    }
    expect(read({ body: Buffer.concat([body, Buffer.from('\n')]) })).toBeNull()
    expect(read({ body: body.subarray(1) })).toBeNull()
    expect(read({ body: Buffer.alloc(0) })).toBeNull()
    expect(read({ body: Buffer.from(JSON.stringify(CHECKOUT, null, 2)) })).toBeNull()
  })

  it('is of the bytes and not of what a lenient reader makes of them', () => {
    // Read leniently, both differ from what was signed in nothing.
    const body = Buffer.from(JSON.stringify(CHECKOUT))
    expect(read({ body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]) })).toBeNull()
    const replaced = JSON.stringify({ ...CHECKOUT, id: 'evt_\ufffd' })
    const broken = Buffer.from(replaced)
    const at = broken.indexOf(Buffer.from('\ufffd'))
    const bytes = Buffer.concat([broken.subarray(0, at), Buffer.from([0xff]), broken.subarray(at + 3)])
    expect(read({ body: bytes, signature: signatureOf(replaced) })).toBeNull()
  })

  it('of any of the secrets is good, and of none when there is none', () => {
    const signature = signatureOf(JSON.stringify(CHECKOUT), 'whsec_the_one_before')
    expect(read({ signature, secrets: [SECRET, 'whsec_the_one_before'] })).not.toBeNull()
    expect(read({ signature, secrets: [SECRET] })).toBeNull()
    for (const secrets of [[], [''], ['  ']]) {
      const blank = signatureOf(JSON.stringify(CHECKOUT), secrets[0] ?? 'x')
      expect(read({ signature: blank, secrets })).toBeNull()
    }
  })

  it('beside others in one header is found', () => {
    const text = JSON.stringify(CHECKOUT)
    const [t, v1] = signatureOf(text).split(',')
    const other = signatureOf(text, 'whsec_other').split(',')[1]
    expect(read({ signature: `${t},${other},${v1},v0=${'0'.repeat(64)}` })).not.toBeNull()
    expect(read({ signature: `${t},${other}` })).toBeNull()
  })

  it('that does not look like one is refused before anything is read', () => {
    const good = signatureOf('{}')
    expect(isSignatureHeader(good)).toBe(true)
    const v1 = `v1=${'a'.repeat(64)}`
    for (const header of [
      undefined,
      '',
      'nonsense',
      't=1795446000',
      v1,
      `t=,${v1}`,
      `t=abc,${v1}`,
      `t=1795446000,v1=${'a'.repeat(63)}`,
      `t=1795446000,v0=${'a'.repeat(64)}`,
      `t=1795446000,v1=${'G'.repeat(64)}`,
      `t=1795446000,${v1},${'x'.repeat(2000)}`,
      [good, good],
    ])
      expect(isSignatureHeader(header)).toBe(false)
  })
})
