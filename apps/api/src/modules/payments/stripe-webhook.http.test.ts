import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bookingUrl, eventNames, everythingOf, latest, requestUrl } from '../../../test/booking-scene.ts'
import { openDatabaseLine } from '../../../test/database-line.ts'
import { mailOf } from '../../../test/notification-scene.ts'
import {
  choose,
  createLinked,
  createScene,
  type SchedulingScene,
  sendLink,
  slotsOf,
} from '../../../test/scheduling-scene.ts'
import {
  connectOwnAccount,
  createStripeWorld,
  eventAbout,
  holdAtStripe,
  OLDER_WEBHOOK_SECRET,
  type SignedBy,
  type StripeWorld,
  tell,
} from '../../../test/stripe-scene.ts'
import { buildApp } from '../../app.ts'
import { openDatabase } from '../../db/client.ts'
import { mails } from '../../db/schema/notifications.ts'
import { payments } from '../../db/schema/payments.ts'
import { receivedEvents } from '../../db/schema/received-events.ts'
import { doDueWork } from '../../due-work.ts'
import { forgetReceivedEvents } from './received-events.ts'

// A Monday, 09:00 in Chicago (UTC-6); the slot is on the Tuesday at 10:30 there.
const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
/** The hold of an hour is over by two minutes. */
const AFTER_HOLD = '2026-11-23T16:02:00.000Z'

let house: StripeWorld

beforeAll(async () => {
  house = await createStripeWorld({ now: NOW })
})
beforeEach(() => {
  house.world.clock.moveTo(NOW)
  house.world.clock.stopUnmovedAt(null)
  house.stripe.faults.clear()
})
afterEach(() => {
  // Whatever the product asked for, it asked as Stripe's contract says.
  expect(house.stripe.violations.splice(0)).toEqual([])
})
afterAll(() => house.close())

const world = () => house.world
const account = () => house.stripe.account
type Held = Awaited<ReturnType<typeof holdAtStripe>>

const everything = (held: Pick<Held, 'requestId'>) => everythingOf(world(), held.requestId)
const holdSlot = (scene: SchedulingScene, start = SLOT) => holdAtStripe(house, scene, start)
const told = (event: object, options: SignedBy & { to?: number } = {}) => tell(house, event, options)

/** An event of that kind about a checkout as it stands at Stripe now. */
function about(held: Pick<Held, 'checkoutId'>, type = 'checkout.session.completed') {
  return eventAbout(type, account().session(held.checkoutId))
}

/** What Stripe itself has made known of a payment so far, by kind. */
function eventsOf(held: Pick<Held, 'checkoutId'>) {
  const session = account().session(held.checkoutId)
  return account()
    .events()
    .filter(({ data: { object } }) => object.id === session.id || object.payment_intent === session.payment_intent)
}

/** The mails that a request led to: template, recipient and what became of each. */
async function mailsOf(held: Pick<Held, 'requestId'>): Promise<string[]> {
  const rows = await world()
    .database.db.select({ template: mails.template, recipient: mails.recipient, state: mails.state })
    .from(mails)
    .where(eq(mails.trainingRequestId, held.requestId))
  return rows.map((row) => `${row.template} to ${row.recipient}: ${row.state}`).toSorted()
}

async function receivedIds(account = 'deployment'): Promise<string[]> {
  const rows = await world()
    .database.db.select({ id: receivedEvents.eventId })
    .from(receivedEvents)
    .where(eq(receivedEvents.account, account))
  return rows.map((row) => row.id).toSorted()
}

const linked = (scene: SchedulingScene) => createLinked(world(), scene)

async function confirmPayment(scene: SchedulingScene, held: Held) {
  return world().call({
    method: 'POST',
    url: bookingUrl(scene, held.bookingId, 'confirm-payment'),
    as: scene.trainer.accessToken,
  })
}

async function attentionOf(scene: SchedulingScene, held: Held): Promise<string | undefined> {
  const answer = await world().call({ url: requestUrl(scene, held.requestId), as: scene.trainer.accessToken })
  return answer.json<{ attention: { reason: string } | null }>().attention?.reason
}

/** The customer's browser, back from the checkout. */
async function returnPage(held: Held) {
  const { success_url: address } = account().session(held.checkoutId)
  const answer = await world().call({
    method: 'POST',
    url: '/v1/scheduling/booking/check-payment',
    as: address.slice(address.lastIndexOf('/') + 1),
    body: {},
  })
  return answer.json<{ status: string; paymentStatus: string }>()
}

function permutationsOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) => permutationsOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

const MAILS_OF_A_CONFIRMATION = [
  'booking_confirmed to customer: done',
  'scheduling_link to customer: done',
  'trainer_booking_confirmed to user: done',
]

/** A scene whose bookings are confirmed as soon as they are paid, and whose trainer wants to hear of it. */
async function createConfirmingScene(): Promise<SchedulingScene> {
  const scene = await createScene(world(), { settings: { confirmAutomaticallyWhenPaid: true } })
  await world().call({
    method: 'PATCH',
    url: '/v1/me',
    as: scene.trainer.accessToken,
    body: { notificationPreferences: { bookingConfirmed: true } },
  })
  return scene
}

/** A delayed payment that has arrived: what Stripe has told of it, its copies older and newer. */
async function payDelayed(scene: SchedulingScene): Promise<Held> {
  const held = await holdSlot(scene)
  await world().settle()
  account().payLater(held.checkoutId)
  account().settle(held.checkoutId)
  return held
}

async function expectOneConfirmedBooking(held: Held, sentBefore: number): Promise<void> {
  const after = await everything(held)
  expect(latest(after)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid', paidMinor: 9000, refundedMinor: 0 })
  expect(after.trainingRequest.status).toBe('confirmed')
  expect(after.payments).toMatchObject([{ state: 'paid', attempt: 1 }])
  expect(after.refunds).toEqual([])
  expect(eventNames(after)).toEqual(['scheduling_link_sent', 'booking_held', 'payment_received', 'booking_confirmed'])
  expect(after.history.filter((row) => row.occasion === 'payment_verified')).toHaveLength(1)
  expect(await mailsOf(held)).toEqual(MAILS_OF_A_CONFIRMATION)
  // Confirmation to the customer and to the trainer; the link went out before.
  expect(
    world()
      .mailer.sent.slice(sentBefore)
      .map((mail) => mail.subject)
      .toSorted(),
  ).toEqual(['A session is confirmed', 'Your session is confirmed'])
  expect(account().sessionsFor(held.bookingId)).toHaveLength(1)
  expect(account().chargeOf(held.checkoutId).amount_refunded).toBe(0)
}

describe('the events of one payment, each told five times at once to two instances', () => {
  // The first two are Stripe's own, the copy in the first says unpaid. The other two Stripe sends only of a checkout that
  // was not paid: a first try that failed and a deadline that crossed with the payment, told after the fact.
  const KINDS = ['completed', 'async_payment_succeeded', 'async_payment_failed', 'expired'] as const

  it.each(permutationsOf(KINDS).map((order) => [order.join(', ')]))(
    'end in one payment, one confirmation and one mail each: %s',
    async (order) => {
      const scene = await createConfirmingScene()
      const held = await payDelayed(scene)
      const real = new Map<string, object>(eventsOf(held).map((event) => [event.type, event]))
      const sentBefore = world().mailer.sent.length
      for (const kind of order.split(', ')) {
        const type = `checkout.session.${kind}`
        const event = real.get(type) ?? about(held, type)
        const answers = await Promise.all([0, 1, 2, 3, 4].map((to) => told(event, { to })))
        expect(answers).toEqual(Array(5).fill('200'))
      }
      await world().settle()
      await expectOneConfirmedBooking(held, sentBefore)
    },
  )

  // Without the locks of `settle` (sync-payment.ts) 15 of the 20 were answered with 500: each saw the booking unpaid, and all
  // but one found it moved. The event's id alone does not settle this: these are four different events.
  it('end the same way when all twenty are told at the very same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      world().clock.moveTo(NOW)
      const scene = await createConfirmingScene()
      const held = await payDelayed(scene)
      const sentBefore = world().mailer.sent.length
      const events = KINDS.map((kind) => about(held, `checkout.session.${kind}`))
      const answers = await Promise.all(
        [0, 1, 2, 3, 4].flatMap((to) => events.map((event, index) => told(event, { to: to + index }))),
      )
      expect(answers).toEqual(Array(20).fill('200'))
      await world().settle()
      await expectOneConfirmedBooking(held, sentBefore)
    }
  })

  it.each(
    permutationsOf(['completed', 'async_payment_succeeded', 'refund.created', 'charge.refunded']).map((order) => [
      order.join(', '),
    ]),
  )('end in one payment of which a part went back, told once: %s', async (order) => {
    const scene = await createConfirmingScene()
    const held = await payDelayed(scene)
    account().refundInDashboard(held.checkoutId, 2500)
    const real = new Map<string, object>(
      eventsOf(held).map((event) => [event.type.replace('checkout.session.', ''), event]),
    )
    for (const kind of order.split(', ')) {
      const event = real.get(kind)
      if (event === undefined) throw new Error(`Stripe has told nothing of ${kind}.`)
      const answers = await Promise.all([0, 1, 2, 3, 4].map((to) => told(event, { to })))
      expect(answers).toEqual(Array(5).fill('200'))
    }
    await world().settle()
    const after = await everything(held)
    expect(latest(after)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'partially_refunded',
      paidMinor: 9000,
      refundedMinor: 2500,
    })
    expect(after.payments).toMatchObject([{ state: 'paid', attempt: 1 }])
    expect(after.refunds).toMatchObject([{ amountMinor: 2500, status: 'succeeded', reason: 'refunded_at_provider' }])
    expect(eventNames(after).filter((name) => name === 'booking_confirmed')).toHaveLength(1)
    const mailed = await mailsOf(held)
    expect(mailed).toEqual([...new Set(mailed)])
    expect(account().chargeOf(held.checkoutId).amount_refunded).toBe(2500)
  })
})

describe('a delivery that Stripe did not sign', () => {
  it('is refused with 400 and leaves nothing behind, whatever is wrong with it', async () => {
    const scene = await createConfirmingScene()
    const held = await holdSlot(scene)
    account().pay(held.checkoutId)
    const event = about(held)
    const before = { all: await everything(held), received: await receivedIds() }
    const calls = house.stripe.calls.length
    const wrong: Record<string, SignedBy> = {
      'another secret': { secret: 'whsec_of_somebody_else' },
      'a changed byte': { changed: (body) => body.replace('"paid"', '"Paid"') },
      'one byte more': { changed: (body) => `${body}\n` },
      'the same event, written again': { changed: (body) => JSON.stringify(JSON.parse(body)) },
      'a byte order mark': { changed: (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(body)]) },
      'nothing at all': { changed: () => '' },
      'another endpoint': { path: `/v1/webhooks/stripe/${world().deps.ids.next()}` },
    }
    for (const [what, options] of Object.entries(wrong))
      expect([what, await told(event, options)]).toEqual([what, '400 invalid_signature'])
    for (const signature of [undefined, '', 'nonsense', `t=1,v1=${'0'.repeat(64)}`]) {
      const answer = await world().call({
        method: 'POST',
        url: '/v1/webhooks/stripe',
        body: event,
        headers: signature === undefined ? {} : { 'stripe-signature': signature },
      })
      expect([signature, answer.statusCode, answer.json().code]).toEqual([signature, 400, 'invalid_signature'])
    }
    expect({ all: await everything(held), received: await receivedIds() }).toEqual(before)
    expect(house.stripe.calls).toHaveLength(calls)
    expect(await told(event)).toBe('200')
    expect(latest(await everything(held)).status).toBe('confirmed')
  })

  it('counts for 300 seconds, and not for 301', async () => {
    const scene = await createConfirmingScene()
    const held = await holdSlot(scene)
    account().pay(held.checkoutId)
    const signedAt = new Date('2026-11-23T15:00:00.000Z')
    const event = about(held)
    world().clock.stopUnmovedAt(new Date(signedAt.getTime() + 301_000))
    expect(await told(event, { at: signedAt })).toBe('400 invalid_signature')
    expect(latest(await everything(held)).paymentStatus).toBe('unpaid')
    world().clock.stopUnmovedAt(new Date(signedAt.getTime() + 300_999))
    expect(await told(event, { at: signedAt })).toBe('200')
    expect(latest(await everything(held)).paymentStatus).toBe('paid')
  })

  it('is judged by the true time, also while the product’s clock was moved to try tomorrow today', async () => {
    const scene = await createConfirmingScene()
    const held = await holdSlot(scene)
    account().pay(held.checkoutId)
    world().clock.moveTo('2026-11-23T15:40:00.000Z')
    expect(await told(about(held))).toBe('200')
    expect(latest(await everything(held)).status).toBe('confirmed')
  })

  it('with the secret that is being changed counts beside the new one', async () => {
    const held = await holdSlot(await createConfirmingScene())
    account().pay(held.checkoutId)
    expect(await told(about(held), { secret: OLDER_WEBHOOK_SECRET })).toBe('200')
    expect(latest(await everything(held)).status).toBe('confirmed')
  })

  it('is not read to its end when it is larger than any event', async () => {
    const padded = { ...about({ checkoutId: (await holdSlot(await createScene(world()))).checkoutId }), padding: '' }
    const size = JSON.stringify(padded, null, 2).length
    const of = (bytes: number) => ({ ...padded, padding: 'x'.repeat(bytes - size) })
    expect(await told(of(256 * 1024))).toBe('200')
    expect(await told(of(256 * 1024 + 1))).toBe('413 body_too_large')
  })
})

describe('an event about nothing that follows', () => {
  it('is acknowledged, and kept in mind when it is of a kind that is listened to', async () => {
    const before = await receivedIds()
    const foreign = { id: 'cs_test_of_another_program', object: 'checkout.session', client_reference_id: 'order-17' }
    const refund = { id: 're_1', object: 'refund', payment_intent: 'pi_of_another_program' }
    const dispute = { id: 'du_1', object: 'dispute', payment_intent: 'pi_of_another_program' }
    const events = [
      eventAbout('checkout.session.completed', foreign),
      eventAbout('refund.created', refund),
      eventAbout('charge.dispute.created', dispute),
      eventAbout('checkout.session.expired', { object: 'checkout.session' }),
    ]
    for (const event of [...events, ...events]) expect(await told(event)).toBe('200')
    for (const type of ['charge.succeeded', 'payment_intent.succeeded', 'v2.core.something', ''])
      expect(await told(eventAbout(type, foreign))).toBe('200')
    expect(await told({ id: 'evt_x', object: 'v2.core.event', type: 'checkout.session.completed' })).toBe('200')
    expect(await receivedIds()).toEqual([...before, ...events.map(({ id }) => id), 'evt_x'].toSorted())
  })

  it('is forgotten after ninety days, by the true clock', async () => {
    const at = new Date('2026-11-23T15:00:00.000Z')
    const day = 86_400_000
    await world()
      .database.db.insert(receivedEvents)
      .values(
        [90 * day, 90 * day + 1].map((age) => ({
          provider: 'stripe' as const,
          account: 'an old account',
          eventId: `evt_${age}`,
          type: 'charge.refunded',
          receivedAt: new Date(at.getTime() - age),
        })),
      )
    world().clock.stopUnmovedAt(at)
    expect(await forgetReceivedEvents(world().deps)).toBe(1)
    expect(await receivedIds('an old account')).toEqual([`evt_${90 * day}`])
  })
})

describe('an event that cannot be followed up now', () => {
  it('is answered with 503 and not kept, so that Stripe’s next telling finds everything to do', async () => {
    const held = await holdSlot(await createConfirmingScene())
    account().pay(held.checkoutId)
    const event = about(held)
    house.stripe.faults.outage(true)
    const before = await everything(held)
    expect(await told(event)).toBe('503 payment_provider_unavailable')
    expect(await everything(held)).toEqual(before)
    expect(await receivedIds()).not.toContain(event.id)
    house.stripe.faults.outage(false)
    expect(await told(event)).toBe('200')
    expect(latest(await everything(held)).status).toBe('confirmed')
    expect(await receivedIds()).toContain(event.id)
  })

  it('is not acknowledged while the database is away, and has its effect once it is back', async () => {
    const held = await holdSlot(await createConfirmingScene())
    account().pay(held.checkoutId)
    const event = about(held)
    const line = await openDatabaseLine(world().testDatabase.url)
    const database = openDatabase({ url: line.url, poolSize: 3 })
    const instance = await buildApp({ ...world().deps, db: database.db })
    await instance.listen({ port: 0, host: '127.0.0.1' })
    const { port } = instance.server.address() as AddressInfo
    const there = { ...house, origins: [`http://127.0.0.1:${port}`] }
    try {
      line.cut()
      const answering = tell(there, event)
      // Refused by a reset the call is answered at once, by a mere end it waits: which of the two is the network's choice.
      await expect.poll(line.refused, { timeout: 60_000 }).toBeGreaterThan(0)
      expect(latest(await everything(held)).paymentStatus).toBe('unpaid')
      line.mend()
      // It waits for the database, and is told to come again when that takes too long.
      expect(['200', '503 service_unavailable']).toContain(await answering)
      expect(await tell(there, event)).toBe('200')
      expect(latest(await everything(held)).status).toBe('confirmed')
    } finally {
      await instance.close()
      await database.close()
      await line.close()
    }
  })

  // With every event taken for a new one, Stripe was asked five times more; the state stayed the same, which the locks see to.
  it('told again after it had its effect asks Stripe nothing more', async () => {
    const held = await holdSlot(await createConfirmingScene())
    account().pay(held.checkoutId)
    const event = about(held)
    expect(await told(event)).toBe('200')
    const after = await everything(held)
    const calls = house.stripe.calls.length
    for (let time = 0; time < 5; time += 1) expect(await told(event, { to: time })).toBe('200')
    expect(house.stripe.calls).toHaveLength(calls)
    expect(await everything(held)).toEqual(after)
  })
})

describe('an organization with a Stripe account of its own', () => {
  /** A scene that takes its money in another account of the stand-in, and what is needed to speak for it. */
  async function createOwnScene() {
    const scene = await createConfirmingScene()
    const { account: own, ...rest } = await connectOwnAccount(house, scene)
    return { scene, own, ...rest }
  }
  const holdThere = ({ scene, own }: Awaited<ReturnType<typeof createOwnScene>>) =>
    holdAtStripe(house, scene, SLOT, own)

  it('is told of its payments at its own address, signed with its own secret', async () => {
    const house = await createOwnScene()
    const held = await holdThere(house)
    house.own.pay(held.checkoutId)
    const event = eventAbout('checkout.session.completed', house.own.session(held.checkoutId))
    expect(await told(event, { path: house.path })).toBe('400 invalid_signature')
    expect(await told(event, { secret: house.secret })).toBe('400 invalid_signature')
    expect(latest(await everything(held)).paymentStatus).toBe('unpaid')
    const answers = await Promise.all(
      [0, 1, 2, 3, 4].map((to) => told(event, { path: house.path, secret: house.secret, to })),
    )
    expect(answers).toEqual(Array(5).fill('200'))
    await world().settle()
    const after = await everything(held)
    expect(latest(after)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' })
    expect(await receivedIds(house.path.split('/').at(-1))).toEqual([event.id])
  })

  it('cannot speak of anybody else’s money, nor anybody else of its', async () => {
    const mine = await createOwnScene()
    const theirs = await createOwnScene()
    const atDeployment = await holdSlot(await createConfirmingScene())
    const atMine = await holdThere(mine)
    account().pay(atDeployment.checkoutId)
    mine.own.pay(atMine.checkoutId)
    const ofDeployment = about(atDeployment)
    const ofMine = eventAbout('checkout.session.completed', mine.own.session(atMine.checkoutId))
    const before = [await everything(atDeployment), await everything(atMine)]
    // Each is rightly signed, for an account that the payment was not made with.
    for (const [event, options] of [
      [ofDeployment, { path: mine.path, secret: mine.secret }],
      [ofMine, { path: theirs.path, secret: theirs.secret }],
      [ofMine, {}],
    ] as const)
      expect(await told(event, options)).toBe('200')
    expect([await everything(atDeployment), await everything(atMine)]).toEqual(before)
    // And none of it keeps the right account from being heard.
    expect(await told(ofDeployment)).toBe('200')
    expect(await told(ofMine, { path: mine.path, secret: mine.secret })).toBe('200')
    for (const held of [atDeployment, atMine]) expect(latest(await everything(held)).status).toBe('confirmed')
  })

  it('is heard with the secret before for as long as it was said, and not a millisecond longer', async () => {
    const own = await createOwnScene()
    const held = await holdThere(own)
    own.own.pay(held.checkoutId)
    const event = eventAbout('charge.succeeded', own.own.session(held.checkoutId))
    const changed = await own.connect({ webhookSecret: 'whsec_the_new_one' })
    const until = new Date(changed.previousWebhookSecretUntil ?? '')
    expect(await told(event, { path: own.path, secret: 'whsec_the_new_one' })).toBe('200')
    world().clock.moveTo(new Date(until.getTime() - 1))
    expect(await told(event, { path: own.path, secret: own.secret })).toBe('200')
    world().clock.moveTo(until)
    expect(await told(event, { path: own.path, secret: own.secret })).toBe('400 invalid_signature')
    expect(await told(event, { path: own.path, secret: 'whsec_the_new_one' })).toBe('200')
  })

  it('is heard of payments under way after it has disconnected the account', async () => {
    const own = await createOwnScene()
    const held = await holdThere(own)
    own.own.pay(held.checkoutId)
    const gone = await world().call({
      method: 'DELETE',
      url: `/v1/organizations/${own.scene.organization.slug}/integrations/stripe`,
      as: own.scene.admin.accessToken,
    })
    expect(gone.statusCode).toBe(204)
    const event = eventAbout('checkout.session.completed', own.own.session(held.checkoutId))
    expect(await told(event, { path: own.path, secret: own.secret })).toBe('200')
    expect(latest(await everything(held)).status).toBe('confirmed')
  })
})

describe('with every event lost for good', () => {
  async function payUnheard(settings: Parameters<typeof createScene>[1] = {}) {
    const scene = await createScene(world(), settings)
    const held = await holdSlot(scene)
    account().pay(held.checkoutId)
    return { scene, held }
  }

  it('the reconciler finds the truth within three minutes', async () => {
    const { held } = await payUnheard({ settings: { confirmAutomaticallyWhenPaid: true } })
    world().clock.moveTo('2026-11-23T15:02:59.999Z')
    await world().settle()
    expect(latest(await everything(held)).paymentStatus).toBe('unpaid')
    world().clock.moveTo('2026-11-23T15:03:00.000Z')
    await world().settle()
    expect(latest(await everything(held))).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' })
  })

  it('Confirm Payment finds it, and the event that comes after all changes nothing', async () => {
    const { scene, held } = await payUnheard()
    expect((await confirmPayment(scene, held)).json()).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' })
    await world().settle()
    const after = await everything(held)
    expect(await told(about(held))).toBe('200')
    await world().settle()
    expect({ ...(await everything(held)), payments: [] }).toEqual({ ...after, payments: [] })
  })

  it('the customer’s return page finds it: it asks Stripe, and never believes the address', async () => {
    const scene = await createScene(world())
    const held = await holdSlot(scene)
    // Back without having paid: the address alone says nothing.
    expect(await returnPage(held)).toMatchObject({ status: 'pending_payment', paymentStatus: 'unpaid' })
    account().pay(held.checkoutId)
    // Asked a moment ago: not again within three seconds, however often the page looks.
    const calls = house.stripe.calls.length
    for (let look = 0; look < 3; look += 1) expect(await returnPage(held)).toMatchObject({ paymentStatus: 'unpaid' })
    expect(house.stripe.calls).toHaveLength(calls)
    world().clock.moveTo('2026-11-23T15:00:03.000Z')
    const pages = await Promise.all([0, 1, 2, 3].map(() => returnPage(held)))
    expect(pages.filter((page) => page.paymentStatus === 'paid').length).toBeGreaterThan(0)
    expect(await returnPage(held)).toMatchObject({ status: 'pending_payment', paymentStatus: 'paid' })
    const after = await everything(held)
    expect(eventNames(after).filter((name) => name === 'payment_received')).toHaveLength(1)
    // Of four pages at once, one has asked.
    expect(house.stripe.calls).toHaveLength(calls + 1)
  })

  it('the return page shows what is known when Stripe does not answer', async () => {
    const held = await holdSlot(await createScene(world()))
    account().pay(held.checkoutId)
    house.stripe.faults.outage(true)
    expect(await returnPage(held)).toMatchObject({ status: 'pending_payment', paymentStatus: 'unpaid' })
  })
})

describe('a checkout whose making was interrupted', () => {
  it('is found again when the customer tries again: one session, however often the answer is lost', async () => {
    const scene = await createConfirmingScene()
    const { id, link } = await linked(scene)
    house.stripe.faults.next('createCheckoutSession', { kind: 'lose_after' }, 3)
    expect((await choose(world(), link, SLOT)).statusCode).toBe(503)
    const [held] = (await everythingOf(world(), id)).bookings
    if (held === undefined) throw new Error('The time is not held.')
    expect(account().sessionsFor(held.id)).toHaveLength(1)
    const again = await choose(world(), link, SLOT)
    expect(again.statusCode).toBe(200)
    const sessions = account().sessionsFor(held.id)
    expect(sessions).toHaveLength(1)
    expect(again.json()).toMatchObject({ checkoutUrl: sessions[0]?.url })
  })

  it('is found by the reconciler when the customer does not come back', async () => {
    const { id, link } = await linked(await createConfirmingScene())
    house.stripe.faults.next('createCheckoutSession', { kind: 'lose_after' }, 3)
    expect((await choose(world(), link, SLOT)).statusCode).toBe(503)
    expect((await everythingOf(world(), id)).payments).toMatchObject([{ state: 'creating', providerCheckoutId: null }])
    world().clock.advanceMinutes(3)
    await doDueWork(world().deps)
    const after = await everythingOf(world(), id)
    expect(after.payments).toMatchObject([{ state: 'open', providerCheckoutId: expect.any(String) }])
    expect(account().sessionsFor(latest(after).id)).toHaveLength(1)
  })

  it('never began, as nobody could be asked, is none when its time is over', async () => {
    const { id, link } = await linked(await createConfirmingScene())
    house.stripe.faults.outage(true)
    expect((await choose(world(), link, SLOT)).statusCode).toBe(503)
    house.stripe.faults.clear()
    world().clock.moveTo(AFTER_HOLD)
    await world().settle()
    const after = await everythingOf(world(), id)
    expect(latest(after)).toMatchObject({ status: 'expired', paymentStatus: 'unpaid' })
    expect(account().sessionsFor(latest(after).id)).toEqual([])
    expect(after.payments).toMatchObject([{ state: 'expired', providerCheckoutId: null }])
  })

  it('is looked for and not made anew when its deadline is near: it is found, or there is none', async () => {
    for (const [fault, state] of [
      ['lose_after', 'paid'],
      ['lose_before', 'expired'],
    ] as const) {
      world().clock.moveTo(NOW)
      const { id, link } = await linked(await createConfirmingScene())
      house.stripe.faults.next('createCheckoutSession', { kind: fault }, 3)
      expect((await choose(world(), link, SLOT)).statusCode).toBe(503)
      const bookingId = latest(await everythingOf(world(), id)).id
      const [session] = account().sessionsFor(bookingId)
      if (session !== undefined) account().pay(session.id)
      // Of the hold of an hour half an hour is left, less a millisecond.
      world().clock.moveTo('2026-11-23T15:30:00.001Z')
      const callsBefore = house.stripe.calls.length
      await world().settle()
      expect(house.stripe.calls.slice(callsBefore).map((call) => call.operation)).not.toContain('createCheckoutSession')
      expect((await everythingOf(world(), id)).payments).toMatchObject([{ state }])
      expect(account().sessionsFor(bookingId)).toHaveLength(session === undefined ? 0 : 1)
    }
  })

  it('is taken over when its event is faster than the answer, and the answer changes nothing after', async () => {
    const scene = await createConfirmingScene()
    const { id, link } = await linked(scene)
    house.stripe.faults.next('createCheckoutSession', { kind: 'delay_after', milliseconds: 4_000 })
    const choosing = choose(world(), link, SLOT)
    const session = await until(() =>
      account()
        .sessions()
        .find((one) => !known.has(one.id)),
    )
    account().pay(session.id)
    const event = eventAbout('checkout.session.completed', account().session(session.id))
    expect(await Promise.all([0, 1].map((to) => told(event, { to })))).toEqual(['200', '200'])
    expect(latest(await everythingOf(world(), id))).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' })
    const before = await everythingOf(world(), id)
    expect((await choosing).statusCode).toBe(201)
    expect(await everythingOf(world(), id)).toEqual(before)
    expect(before.payments).toMatchObject([{ providerCheckoutId: session.id, state: 'paid' }])
  })

  let known = new Set<string>()
  beforeEach(() => {
    known = new Set(
      account()
        .sessions()
        .map(({ id }) => id),
    )
  })
  it('is found by its event when the answer is lost for good', async () => {
    const { id, link } = await linked(await createConfirmingScene())
    house.stripe.faults.next('createCheckoutSession', { kind: 'lose_after' }, 3)
    expect((await choose(world(), link, SLOT)).statusCode).toBe(503)
    const bookingId = latest(await everythingOf(world(), id)).id
    const [session] = account().sessionsFor(bookingId)
    if (session === undefined) throw new Error('Stripe has no session.')
    account().pay(session.id)
    expect(await told(about({ checkoutId: session.id }))).toBe('200')
    expect(latest(await everythingOf(world(), id))).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' })
    expect(account().sessionsFor(bookingId)).toHaveLength(1)
  })

  it('is not taken over by an event that only names its booking', async () => {
    const { id, link } = await linked(await createConfirmingScene())
    house.stripe.faults.next('createCheckoutSession', { kind: 'lose_after' }, 3)
    await choose(world(), link, SLOT)
    const bookingId = latest(await everythingOf(world(), id)).id
    const other = await holdSlot(await createConfirmingScene())
    account().pay(other.checkoutId)
    // Another booking's paid session, said to be this one's: Stripe is asked, and says whose it is.
    const session = account().session(other.checkoutId)
    const metadata = { booking_id: bookingId, attempt: `checkout:${bookingId}:1` }
    const event = eventAbout('checkout.session.completed', { ...session, id: `${session.id}`, metadata })
    expect(await told(event)).toBe('200')
    expect(latest(await everythingOf(world(), id))).toMatchObject({ paymentStatus: 'unpaid' })
    expect((await everythingOf(world(), id)).payments).toMatchObject([{ providerCheckoutId: null }])
  })
})

async function until<Found>(look: () => Found | undefined): Promise<Found> {
  return expect
    .poll(look, { timeout: 60_000, interval: 20 })
    .toBeDefined()
    .then(() => {
      const found = look()
      if (found === undefined) throw new Error('It was there a moment ago.')
      return found
    })
}

describe('money that takes days', () => {
  async function payLater() {
    const held = await holdSlot(await createConfirmingScene())
    account().payLater(held.checkoutId)
    const completed = eventsOf(held).find((event) => event.type === 'checkout.session.completed')
    expect(await told(completed ?? {})).toBe('200')
    expect(latest(await everything(held))).toMatchObject({
      status: 'pending_payment',
      paymentStatus: 'processing',
      holdExpiresAt: null,
    })
    // The hold's deadline has no hold on it any more.
    world().clock.moveTo('2026-11-23T20:00:00.000Z')
    await world().settle()
    expect(latest(await everything(held)).status).toBe('pending_payment')
    return held
  }

  it('keeps the time until it arrives', async () => {
    const held = await payLater()
    account().settle(held.checkoutId)
    const arrived = eventsOf(held).find((event) => event.type === 'checkout.session.async_payment_succeeded')
    expect(await told(arrived ?? {})).toBe('200')
    expect(latest(await everything(held))).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'paid',
      paidMinor: 9000,
    })
  })

  it('gives the time up when it does not arrive, and is noticed also when nobody tells', async () => {
    for (const isTold of [true, false]) {
      world().clock.moveTo(NOW)
      const held = await payLater()
      account().fail(held.checkoutId)
      const failed = eventsOf(held).find((event) => event.type === 'checkout.session.async_payment_failed')
      if (isTold) expect(await told(failed ?? {})).toBe('200')
      else {
        world().clock.advanceMinutes(3)
        await world().settle()
      }
      expect(latest(await everything(held))).toMatchObject({ status: 'expired', paymentStatus: 'failed', paidMinor: 0 })
      await world().settle()
      expect(await mailsOf(held)).toEqual([
        'payment_failed to customer: done',
        'scheduling_link to customer: done',
        'trainer_payment_failed to user: done',
      ])
    }
  })

  it('that does not arrive is told to the customer, with the link while it works and with how to go on after that', async () => {
    for (const isLinkAlive of [true, false]) {
      world().clock.moveTo(NOW)
      const held = await payLater()
      account().fail(held.checkoutId)
      const failed = eventsOf(held).find((event) => event.type === 'checkout.session.async_payment_failed')
      world().mailer.sent.length = 0
      if (!isLinkAlive) world().clock.moveTo('2026-12-23T15:00:00.000Z')
      expect(await told(failed ?? {})).toBe('200')
      await world().settle()
      const mail = mailOf(world(), 'casey@example.test', 'Your payment did not go through')
      expect(mail.text).toContain('We did not receive the $90.00, and the time is free again.')
      expect(mail.text).toContain(isLinkAlive ? 'with the same link' : 'you can ask for a new one there')
      const secret = /\/book\/(\S+)/.exec(mail.text)?.[1] ?? ''
      const opened = await world().call({ url: '/v1/scheduling', as: secret })
      expect(opened.statusCode).toBe(isLinkAlive ? 200 : 410)
      if (!isLinkAlive) expect(opened.json()).toMatchObject({ code: 'link_expired' })
    }
  })
})

describe('money that comes late, wrong or twice', () => {
  /** The customer pressed Pay in time, their bank took until after the hold had ended, and nobody could close the checkout. */
  async function payLate(settings: Parameters<typeof createScene>[1] = {}) {
    const scene = await createScene(world(), settings)
    const held = await holdSlot(scene)
    account().beginPaying(held.checkoutId)
    world().clock.moveTo(AFTER_HOLD)
    house.stripe.faults.outage(true)
    await world().settle()
    house.stripe.faults.outage(false)
    expect(latest(await everything(held))).toMatchObject({ status: 'expired' })
    return { scene, held }
  }

  it('late, while the time is still free: honoured', async () => {
    const { held } = await payLate()
    account().finishPaying(held.checkoutId)
    for (const event of eventsOf(held)) expect(await told(event)).toBe('200')
    await world().settle()
    const after = await everything(held)
    expect(latest(after)).toMatchObject({ status: 'pending_payment', paymentStatus: 'paid', paidMinor: 9000 })
    expect(after.history.slice(-2).map((row) => row.occasion)).toEqual(['hold_ran_out', 'late_payment_honoured'])
    expect(after.refunds).toEqual([])
  })

  it('late, when somebody else has taken the time: back in full, with a reason, a mail and the flag', async () => {
    const { scene, held } = await payLate()
    const other = await holdSlot(scene)
    account().finishPaying(held.checkoutId)
    for (const event of eventsOf(held)) expect(await told(event)).toBe('200')
    await world().settle()
    const after = await everything(held)
    expect(latest(after)).toMatchObject({ status: 'expired', paymentStatus: 'refunded', refundedMinor: 9000 })
    expect(after.refunds).toMatchObject([{ reason: 'slot_taken', amountMinor: 9000, status: 'succeeded' }])
    expect(await attentionOf(scene, held)).toBe('payment_not_honoured')
    expect((await mailsOf(held)).filter((mail) => mail.includes('refund')).length).toBeGreaterThan(0)
    expect(account().chargeOf(held.checkoutId)).toMatchObject({ amount_refunded: 9000, refunded: true })
    expect(latest(await everything(other)).status).toBe('pending_payment')
    // Stripe tells of our own refund too; that changes nothing.
    for (const event of eventsOf(held)) expect(await told(event)).toBe('200')
    await world().settle()
    expect((await everything(held)).refunds).toEqual(after.refunds)
  })

  it('never, since it was abandoned: the time is offered again at its deadline, and the checkout cannot be paid', async () => {
    const scene = await createScene(world())
    const held = await holdSlot(scene)
    const { link } = await linked(scene)
    const isOffered = async () =>
      (await slotsOf(world(), link, 'durationMinutes=60')).slots.some((one) => one.start === SLOT)
    world().clock.moveTo('2026-11-23T15:59:59.999Z')
    await world().settle()
    expect(await isOffered()).toBe(false)
    world().clock.moveTo('2026-11-23T16:00:00.000Z')
    // By the deadline itself, before anything has swept.
    expect(await isOffered()).toBe(true)
    await world().settle()
    expect(latest(await everything(held))).toMatchObject({ status: 'expired', paymentStatus: 'unpaid' })
    // A hold that ran out is nobody's mail.
    expect(await mailsOf(held)).toEqual(['scheduling_link to customer: done'])
    expect(account().pay(held.checkoutId)).toEqual({ outcome: 'expired' })
    expect(await told(about(held, 'checkout.session.expired'))).toBe('200')
    expect((await choose(world(), held.link, SLOT)).statusCode).toBe(201)
  })

  it('for a link that was sent again in mid-checkout: the old checkout cannot be paid', async () => {
    const scene = await createScene(world())
    const held = await holdSlot(scene)
    await sendLink(world(), scene, held.requestId)
    expect(account().session(held.checkoutId).status).toBe('expired')
    expect(account().pay(held.checkoutId)).toEqual({ outcome: 'expired' })
    const after = await everything(held)
    expect(latest(after)).toMatchObject({ status: 'canceled' })
    expect(await told(about(held, 'checkout.session.expired'))).toBe('200')
    expect(await everything(held)).toMatchObject({ bookings: after.bookings, trainingRequest: after.trainingRequest })
  })

  it('in the moment in which the link was to be sent again: the resend is refused', async () => {
    const scene = await createScene(world())
    const held = await holdSlot(scene)
    account().pay(held.checkoutId)
    const answer = await world().call({
      method: 'POST',
      url: `/v1/organizations/${scene.organization.slug}/requests/${held.requestId}/scheduling-tokens`,
      as: scene.trainer.accessToken,
    })
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'payment_already_received'])
    expect(await told(about(held))).toBe('200')
    expect(latest(await everything(held))).toMatchObject({ status: 'pending_payment', paymentStatus: 'paid' })
  })

  it.each([
    ['amount', { amount: 8999 }, 'amount_mismatch', { amountMinor: 8999, currency: 'USD' }],
    ['currency', { currency: 'eur' }, 'currency_mismatch', { amountMinor: 9000, currency: 'EUR' }],
  ] as const)('in another %s: back as it came, and the hold runs on', async (_what, other, reason, back) => {
    const scene = await createConfirmingScene()
    const held = await holdSlot(scene)
    account().pay(held.checkoutId, other)
    expect(await told(about(held))).toBe('200')
    await world().settle()
    const after = await everything(held)
    expect(latest(after)).toMatchObject({ status: 'pending_payment', paymentStatus: 'unpaid', paidMinor: 0 })
    expect(after.refunds).toMatchObject([{ reason, status: 'succeeded', ...back }])
    expect(await attentionOf(scene, held)).toBe('payment_not_honoured')
    expect(account().chargeOf(held.checkoutId)).toMatchObject({ refunded: true })
    expect((await confirmPayment(scene, held)).statusCode).toBe(409)
    // And within the hold the same choice opens another checkout, which is paid as it should be.
    const again = await choose(world(), held.link, latest(after).startAt.toISOString())
    expect(again.statusCode, again.body).toBe(200)
    const [, second, ...more] = account().sessionsFor(held.bookingId)
    expect(more).toEqual([])
    expect(again.json().checkoutUrl).toBe(second?.url)
    account().pay(second?.id ?? '')
    expect(await told(about({ ...held, checkoutId: second?.id ?? '' }))).toBe('200')
    await world().settle()
    const paid = await everything(held)
    expect(latest(paid)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid', paidMinor: 9000 })
    expect(paid.refunds).toHaveLength(1)
  })

  it('in two sessions for one booking: the first counts, the second goes back', async () => {
    const scene = await createConfirmingScene()
    const held = await holdSlot(scene)
    // The answer to the first try was taken for a refusal, so that a second session was made; both are paid.
    const second = await anotherCheckout(held)
    account().pay(held.checkoutId)
    account().pay(second.checkoutId)
    const answers = await Promise.all(
      [held, second].flatMap((one) => [0, 1, 2].map((to) => told(about(one, 'checkout.session.completed'), { to }))),
    )
    expect(answers).toEqual(Array(6).fill('200'))
    await world().settle()
    const after = await everything(held)
    expect(latest(after)).toMatchObject({ status: 'confirmed', paidMinor: 9000, refundedMinor: 0 })
    expect(after.refunds).toMatchObject([{ amountMinor: 9000, status: 'succeeded' }])
    expect(['paid_twice', 'not_due']).toContain(after.refunds[0]?.reason)
    const refunded = [held, second].map((one) => account().chargeOf(one.checkoutId).amount_refunded)
    expect(refunded.toSorted((a, b) => a - b)).toEqual([0, 9000])
    expect(eventNames(after).filter((name) => name === 'booking_confirmed')).toHaveLength(1)
  })

  async function anotherCheckout(held: Held): Promise<Held> {
    const [first] = (await everything(held)).payments
    if (first === undefined) throw new Error('There is no payment.')
    const gateway = await world().deps.paymentGateways.of(first)
    const key = `checkout:${held.bookingId}:2`
    const made = await gateway?.createCheckout({
      organizationId: first.organizationId,
      bookingId: held.bookingId,
      idempotencyKey: key,
      amount: { amount: 9000, currency: 'USD' },
      description: 'The same again',
      customerEmail: 'casey@example.test',
      expiresAt: first.expiresAt,
      returnUrl: 'http://ordinatus.test/book/return/x',
    })
    if (made === undefined) throw new Error('No second checkout was made.')
    await world()
      .database.db.insert(payments)
      .values({ ...first, id: world().deps.ids.next(), attempt: 2, idempotencyKey: key, providerCheckoutId: made.id })
    return { ...held, checkoutId: made.id }
  }
})

describe('a refund or a dispute at Stripe', () => {
  it('of a payment that nobody has heard of yet brings the payment with it', async () => {
    const held = await holdSlot(await createConfirmingScene())
    account().pay(held.checkoutId)
    account().refundInDashboard(held.checkoutId, 1000)
    const refunded = eventsOf(held).find((event) => event.type === 'charge.refunded')
    expect(await told(refunded ?? {})).toBe('200')
    await world().settle()
    const after = await everything(held)
    expect(latest(after)).toMatchObject({ status: 'confirmed', paidMinor: 9000, refundedMinor: 1000 })
  })

  it('that names no booking, of a payment that nobody has heard of yet, brings the payment with it', async () => {
    const held = await holdSlot(await createConfirmingScene())
    account().pay(held.checkoutId)
    const dispute = account().dispute(held.checkoutId)
    expect(dispute.metadata).toEqual({})
    expect(await told(eventAbout('charge.dispute.created', dispute))).toBe('200')
    await world().settle()
    const after = await everything(held)
    expect(latest(after)).toMatchObject({ status: 'confirmed', paidMinor: 9000 })
    expect(eventNames(after).filter((name) => name === 'payment_disputed')).toHaveLength(1)
  })

  it('that Stripe cannot be asked about now is not taken for one of nobody’s', async () => {
    const held = await holdSlot(await createConfirmingScene())
    account().pay(held.checkoutId)
    const event = eventAbout('charge.dispute.created', account().dispute(held.checkoutId))
    house.stripe.faults.outage(true)
    expect(await told(event)).toBe('503 payment_provider_unavailable')
    house.stripe.faults.outage(false)
    expect(await told(event)).toBe('200')
    await world().settle()
    expect(eventNames(await everything(held)).filter((name) => name === 'payment_disputed')).toHaveLength(1)
  })

  it('is told again while the checkout that it may belong to is under way, and of another program’s never', async () => {
    const held = await holdSlot(await createConfirmingScene())
    const other = await holdSlot(await createConfirmingScene())
    account().pay(other.checkoutId)
    // A payment of the same account that names this booking, and is none of its checkouts.
    const stranger = { ...account().dispute(other.checkoutId), payment_intent: 'pi_unknown' }
    const naming = eventAbout('charge.dispute.created', { ...stranger, metadata: { booking_id: held.bookingId } })
    expect(await told(naming)).toBe('503 payment_provider_unavailable')
    expect(await told(eventAbout('charge.dispute.created', stranger))).toBe('200')
    world().clock.advanceMinutes(90)
    await world().settle()
    expect(await told(naming)).toBe('200')
  })

  it('is written down once, however often it is told', async () => {
    const held = await holdSlot(await createConfirmingScene())
    account().pay(held.checkoutId)
    expect(await told(about(held))).toBe('200')
    account().dispute(held.checkoutId)
    const disputed = eventsOf(held).find((event) => event.type === 'charge.dispute.created')
    const answers = await Promise.all([0, 1, 2, 3, 4].map((to) => told(disputed ?? {}, { to })))
    expect(answers).toEqual(Array(5).fill('200'))
    await world().settle()
    const after = await everything(held)
    expect(eventNames(after).filter((name) => name === 'payment_disputed')).toHaveLength(1)
    expect(latest(after)).toMatchObject({ status: 'confirmed', paidMinor: 9000, refundedMinor: 0 })
  })
})
