import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'
import { afterEach, describe, expect, test } from 'vitest'
import { sdkFor, sessionFor, startForTest } from './testing.ts'

interface Received {
  body: string
  signature: string
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A product that notes what it is told and answers as asked. */
async function startListener(answer: () => number = () => 200): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      received.push({ body, signature: String(request.headers['stripe-signature']) })
      response.writeHead(answer()).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`, received }
}

const typeOf = ({ body }: Received) => (JSON.parse(body) as Stripe.Event).type

async function paidSession(options: { answer?: () => number } = {}) {
  const listener = await startListener(options.answer)
  const standIn = await startForTest({ webhookUrl: listener.url })
  const stripe = sdkFor(standIn)
  const pay = async () => {
    const made = await stripe.checkout.sessions.create(sessionFor(standIn))
    standIn.account.pay(made.id)
    return made.id
  }
  return { ...listener, standIn, stripe, pay }
}

describe('A webhook', () => {
  test('is signed so that Stripe’s SDK takes it, and refuses it with a byte changed, another secret, or 301 seconds late', async () => {
    const { standIn, stripe, received, pay } = await paidSession()
    await pay()
    await standIn.webhooks.settled()
    const [{ body, signature }] = received as [Received]
    const verify = (text: string, secret: string, receivedAt: Date) =>
      stripe.webhooks.constructEvent(text, signature, secret, undefined, undefined, receivedAt.getTime())
    const now = new Date(Number(/t=(\d+)/.exec(signature)?.[1]) * 1000)
    const event = verify(body, standIn.webhookSecret, now)
    expect(event).toMatchObject({ type: 'checkout.session.completed', api_version: '2026-10-28.endive' })
    expect(() => verify(body.replace('paid', 'laid'), standIn.webhookSecret, now)).toThrow(/signature/)
    expect(() => verify(body, 'whsec_another', now)).toThrow(/signature/)
    verify(body, standIn.webhookSecret, new Date(now.getTime() + 300_000))
    expect(() => verify(body, standIn.webhookSecret, new Date(now.getTime() + 301_000))).toThrow(/tolerance/)
  })

  test('is signed with each secret while one is being rotated', async () => {
    const { standIn, stripe, received, pay } = await paidSession()
    standIn.account.signWith(['whsec_old', 'whsec_new'])
    await pay()
    await standIn.webhooks.settled()
    const [{ body, signature }] = received as [Received]
    for (const secret of ['whsec_old', 'whsec_new'])
      expect(stripe.webhooks.constructEvent(body, signature, secret).type).toBe('checkout.session.completed')
  })

  test('comes again until it is answered with success', async () => {
    const statuses = [500, 503, 200, 200]
    const { standIn, received, pay } = await paidSession({ answer: () => statuses.shift() ?? 200 })
    await pay()
    await standIn.webhooks.settled()
    expect(received).toHaveLength(3)
    expect(standIn.webhooks.log.map((one) => one.status)).toEqual([500, 503, 200])
  })

  test('can be lost for good, come twice, and be told again by hand', async () => {
    const { standIn, received, pay } = await paidSession()
    standIn.webhooks.plan(() => ({ times: 0 }))
    await pay()
    await standIn.webhooks.settled()
    expect(received).toEqual([])
    standIn.webhooks.plan(() => ({ times: 2 }))
    await pay()
    await standIn.webhooks.settled()
    expect(received).toHaveLength(2)
    expect(received[0]?.body).toBe(received[1]?.body)
    const [lost] = standIn.account.events('checkout.session.completed')
    expect(await standIn.account.deliver(lost?.id ?? '', { times: 5, together: true })).toEqual([
      200, 200, 200, 200, 200,
    ])
    expect(received).toHaveLength(7)
  })

  test('waits while held, and comes in the order that is asked for', async () => {
    const { standIn, stripe, received, pay } = await paidSession()
    standIn.webhooks.hold()
    const id = await pay()
    const { payment_intent } = await stripe.checkout.sessions.retrieve(id)
    await stripe.refunds.create({ payment_intent: String(payment_intent) })
    expect(standIn.webhooks.waiting.map((event) => event.type)).toEqual([
      'checkout.session.completed',
      'charge.refunded',
    ])
    await standIn.webhooks.release((events) => events.toReversed())
    expect(received.map(typeOf)).toEqual(['charge.refunded', 'checkout.session.completed'])
  })

  test('can be tampered with', async () => {
    const { standIn, received, pay } = await paidSession()
    await pay()
    await standIn.webhooks.settled()
    const [event] = standIn.account.events('checkout.session.completed')
    await standIn.account.deliver(event?.id ?? '', { tampering: { body: (body) => body.replace('9000', '9001') } })
    expect(received[1]?.body).not.toBe(received[0]?.body)
    expect(received[1]?.body).toContain('9001')
  })

  test('tells only what an endpoint asked for, and is the account’s own', async () => {
    const { standIn, received } = await paidSession()
    const other = standIn.addAccount({ displayName: 'Another' })
    const elsewhere = await startListener()
    other.addWebhook({ url: elsewhere.url, secrets: ['whsec_other'] })
    const made = await sdkFor(standIn, { secretKey: other.secretKey }).checkout.sessions.create(sessionFor(standIn))
    other.pay(made.id)
    await standIn.webhooks.settled()
    expect(received).toEqual([])
    expect(elsewhere.received.map(typeOf)).toContain('charge.succeeded')
  })
})
