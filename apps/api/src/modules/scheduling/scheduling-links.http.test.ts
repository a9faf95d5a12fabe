import { asc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApiKey, createMember } from '../../../test/factories.ts'
import {
  choose,
  createClaimed,
  createLinked,
  createScene,
  type SchedulingScene,
  secretOf,
  sendLink,
} from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { events } from '../../db/schema/events.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import { trainingRequestHistory, trainingRequests } from '../../db/schema/training-requests.ts'
import type { RequestStatus } from '../../domain/training-request.ts'

const NOW = '2026-11-23T15:00:00.000Z'

let world: TestWorld
let scene: SchedulingScene

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
  scene = await createScene(world)
})
beforeEach(() => {
  world.clock.moveTo(NOW)
  world.testCheckout.simulateOutage(false)
})
afterAll(() => world.close())

const path = (trainingRequestId: string, what: string, of: SchedulingScene = scene) =>
  `/v1/organizations/${of.organization.slug}/requests/${trainingRequestId}/${what}`
const post = (url: string, as: string, body: unknown = {}) => world.call({ method: 'POST', url, as, body })
const send = (trainingRequestId: string, as: string, of: SchedulingScene = scene) =>
  post(path(trainingRequestId, 'scheduling-tokens', of), as)
const open = (link: string) => world.call({ url: '/v1/scheduling', as: link })
const codeOf = async (link: string) => (await open(link)).json().code ?? 'open'
const statusOf = async (id: string) =>
  (
    await world.database.db
      .select({ status: trainingRequests.status })
      .from(trainingRequests)
      .where(eq(trainingRequests.id, id))
  )[0]?.status
const tokensOf = (trainingRequestId: string) =>
  world.database.db
    .select()
    .from(schedulingTokens)
    .where(eq(schedulingTokens.trainingRequestId, trainingRequestId))
    .orderBy(asc(schedulingTokens.id))
const eventsOf = (trainingRequestId: string) =>
  world.database.db.select().from(events).where(eq(events.trainingRequestId, trainingRequestId)).orderBy(asc(events.id))
const force = (id: string, status: RequestStatus) =>
  world.database.db
    .update(trainingRequests)
    .set({ status, ...(status === 'new' || status === 'trainers_notified' ? { claimedByUserId: null } : {}) })
    .where(eq(trainingRequests.id, id))

/** Every call that a scheduling link makes possible, as status and code. */
async function everyAnswer(link: string): Promise<string[]> {
  const slots = { url: '/v1/scheduling/slots?durationMinutes=60', as: link }
  const answers = [
    await open(link),
    await world.call(slots),
    await world.call({ url: '/v1/scheduling/booking', as: link }),
    await choose(world, link, '2026-11-24T16:30:00Z'),
    await post('/v1/scheduling/time-requests', link),
  ]
  return answers.map((answer) => `${answer.statusCode} ${answer.json().code}`)
}

/** Everything that the product keeps, row by row, as text; the requests of the limiter and its like are in memory. */
async function contentOfEverything(): Promise<string> {
  const tables = await world.database.db.execute<{ name: string }>(sql`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema in ('public', 'test_vendors') and table_type = 'BASE TABLE' order by 1`)
  const contents: string[] = []
  for (const { name } of tables) {
    const rows = await world.database.db.execute<{ row: string }>(
      sql.raw(`select t::text as row from ${name} t order by 1`),
    )
    contents.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`)
  }
  return contents.join('\n')
}

describe('sending a scheduling link', () => {
  it('answers the address once, moves the request to Customer Scheduling and tells the mail by id only', async () => {
    const { id } = await createClaimed(world, scene)
    const answer = await send(id, scene.trainer.accessToken)
    expect(answer.statusCode).toBe(201)
    const sent = answer.json()
    expect(sent).toEqual({
      id: expect.any(String),
      url: expect.stringMatching(/^http:\/\/ordinatus\.test\/book\/[\w-]{43}$/),
      sentAt: NOW,
      expiresAt: '2026-11-30T15:00:00.000Z',
    })
    expect(await statusOf(id)).toBe('customer_scheduling')
    const [token] = await tokensOf(id)
    expect(token).toMatchObject({ id: sent.id, trainerUserId: scene.trainer.userId, endedAt: null })
    // The mail makes the same secret from row and key.
    expect(world.deps.secrets.linkSecret('scheduling', token as NonNullable<typeof token>)).toBe(secretOf(sent.url))
    expect(await eventsOf(id)).toMatchObject([
      {
        name: 'scheduling_link_sent',
        payload: { requestId: id, schedulingTokenId: sent.id, resent: false, status: 'customer_scheduling' },
      },
    ])
    const read = await open(secretOf(sent.url))
    expect(read.statusCode).toBe(200)
    expect(read.json()).toMatchObject({
      organization: { name: 'Demo Support', supportEmail: 'support@demo.test', timeZone: 'America/Chicago' },
      trainer: { firstName: 'Tina' },
      durations: [{ durationMinutes: 30 }, { durationMinutes: 60 }],
      cancellationPolicy: { kind: 'full', windowHours: 24 },
      slotHoldMinutes: 60,
      customerTimeZone: 'America/New_York',
      expiresAt: '2026-11-30T15:00:00.000Z',
      booking: null,
    })
    // Who reads the request afterwards learns that there is a link, not what it is.
    const shown = await world.call({ url: path(id, '').slice(0, -1), as: scene.trainer.accessToken })
    expect(shown.body).not.toContain(secretOf(sent.url))
    expect(shown.json()).toMatchObject({ schedulingLink: { id: sent.id, state: 'live' } })
  })

  it('resending makes the old link stop in the same moment, ten at once included', async () => {
    const { id } = await createClaimed(world, scene)
    const first = await sendLink(world, scene, id)
    const second = await sendLink(world, scene, id)
    expect(await codeOf(first)).toBe('link_replaced')
    expect(await codeOf(second)).toBe('open')
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(id, scene.admin.accessToken)))
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(10).fill(201))
    const codes = await Promise.all(answers.map((answer) => codeOf(secretOf(answer.json().url))))
    expect(codes.filter((code) => code === 'open')).toHaveLength(1)
    expect(codes.filter((code) => code === 'link_replaced')).toHaveLength(9)
    expect((await tokensOf(id)).filter((token) => token.endedAt === null)).toHaveLength(1)
    expect((await eventsOf(id)).map(({ payload }) => (payload as { resent: boolean }).resent)).toEqual([
      false,
      ...Array(11).fill(true),
    ])
  })

  it('is for its trainer and admins, once it is claimed and until it is over', async () => {
    const { id } = await createClaimed(world, scene)
    const other = await createMember(world, scene.organization)
    const elsewhere = await createScene(world)
    const key = await createApiKey(world, scene.organization, scene.admin.userId, ['requests:write'])
    const weakKey = await createApiKey(world, scene.organization, scene.admin.userId, ['requests:read'])
    expect((await send(id, other.accessToken)).json()).toMatchObject({ status: 404, code: 'not_found' })
    expect((await send(id, elsewhere.admin.accessToken)).json()).toMatchObject({ status: 404, code: 'not_found' })
    expect((await post(path(id, 'scheduling-tokens', elsewhere), elsewhere.admin.accessToken)).json()).toMatchObject({
      code: 'not_found',
    })
    expect((await send(id, weakKey)).json()).toMatchObject({ code: 'insufficient_scope' })
    expect((await send(id, key)).statusCode).toBe(201)
    for (const status of ['new', 'trainers_notified', 'confirmed', 'completed', 'canceled'] as const) {
      const { id: closed } = await createClaimed(world, scene)
      await force(closed, status)
      expect((await send(closed, scene.admin.accessToken)).json(), status).toMatchObject({
        status: 409,
        code: 'invalid_state',
        currentStatus: status,
      })
      expect(await tokensOf(closed)).toEqual([])
    }
  })

  it('is refused when the session costs something and nobody could take the money', async () => {
    const { id } = await createClaimed(world, scene)
    await world.withoutPayments(async () => {
      expect((await send(id, scene.trainer.accessToken)).json()).toMatchObject({ code: 'payments_not_configured' })
      const free = await createScene(world, { prices: { 30: 0 } })
      const { id: freeId } = await createClaimed(world, free)
      expect((await post(path(freeId, 'scheduling-tokens', free), free.trainer.accessToken)).statusCode).toBe(201)
    })
  })

  it('in mid-checkout closes the checkout and ends the hold, and the time is free again', async () => {
    const own = await createScene(world)
    const { id, link } = await createLinked(world, own)
    const chosen = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    const fresh = await sendLink(world, own, id)
    expect(await world.testCheckout.view(secretOf(chosen.checkoutUrl))).toMatchObject({ status: 'expired' })
    expect(await statusOf(id)).toBe('customer_scheduling')
    const [row] = await world.database.db.select().from(bookings).where(eq(bookings.id, chosen.booking.id))
    expect(row).toMatchObject({ status: 'canceled', cancelReason: 'link_resent', canceledBy: 'organization' })
    expect((await eventsOf(id)).map(({ name }) => name)).toEqual([
      'scheduling_link_sent',
      'booking_held',
      'booking_hold_replaced',
      'scheduling_link_sent',
    ])
    const moves = await world.database.db
      .select()
      .from(trainingRequestHistory)
      .where(eq(trainingRequestHistory.trainingRequestId, id))
      .orderBy(asc(trainingRequestHistory.id))
    expect(moves.at(-1)).toMatchObject({
      fromStatus: 'pending_payment',
      toStatus: 'customer_scheduling',
      occasion: 'link_sent',
    })
    expect(await codeOf(link)).toBe('link_replaced')
    expect((await world.call({ url: '/v1/scheduling/booking', as: link })).json()).toMatchObject({
      code: 'link_replaced',
    })
    expect((await open(fresh)).json()).toMatchObject({ booking: null })
    expect((await world.call({ url: '/v1/scheduling/booking', as: fresh })).json()).toMatchObject({
      status: 404,
      code: 'not_found',
    })
    expect((await choose(world, fresh, '2026-11-24T16:30:00Z')).statusCode).toBe(201)
  })

  it('in mid-checkout is refused once the customer has paid, and while nobody can say', async () => {
    const own = await createScene(world)
    const { id, link } = await createLinked(world, own)
    const chosen = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    world.testCheckout.simulateOutage(true)
    expect((await send(id, own.trainer.accessToken, own)).json()).toMatchObject({
      status: 503,
      code: 'payment_provider_unavailable',
    })
    world.testCheckout.simulateOutage(false)
    await world.testCheckout.pay(secretOf(chosen.checkoutUrl), 'lost')
    expect((await send(id, own.trainer.accessToken, own)).json()).toMatchObject({
      status: 409,
      code: 'payment_already_received',
    })
    expect(await codeOf(link)).toBe('open')
    expect(await statusOf(id)).toBe('pending_payment')
    expect((await tokensOf(id)).length).toBe(1)
  })

  it('after a hold that ran out records that first', async () => {
    const own = await createScene(world)
    const { id, link } = await createLinked(world, own)
    const chosen = (await choose(world, link, '2026-11-24T16:30:00Z')).json()
    world.clock.moveTo('2026-11-23T16:00:00.000Z')
    await sendLink(world, own, id)
    const [row] = await world.database.db.select().from(bookings).where(eq(bookings.id, chosen.booking.id))
    expect(row).toMatchObject({ status: 'expired' })
    expect(await statusOf(id)).toBe('customer_scheduling')
  })
})

describe('a link that no longer opens', () => {
  it('has expired from the very instant, not a millisecond before', async () => {
    const { link } = await createLinked(world, scene)
    world.clock.moveTo('2026-11-30T14:59:59.999Z')
    expect(await codeOf(link)).toBe('open')
    world.clock.moveTo('2026-11-30T15:00:00.000Z')
    expect(await everyAnswer(link)).toEqual(Array(5).fill('410 link_expired'))
    expect((await open(link)).json()).toMatchObject({
      organization: { name: 'Demo Support', supportEmail: 'support@demo.test', supportPhone: null },
    })
  })

  it('says so in one order: closed, used, replaced, expired', async () => {
    const { id } = await createClaimed(world, scene)
    const old = await sendLink(world, scene, id)
    await sendLink(world, scene, id)
    world.clock.moveTo('2026-12-24T15:00:00.000Z')
    expect(await everyAnswer(old)).toEqual(Array(5).fill('410 link_replaced'))
    await force(id, 'completed')
    expect(await everyAnswer(old)).toEqual(Array(5).fill('410 link_used'))
    await force(id, 'confirmed')
    expect(await everyAnswer(old)).toEqual(Array(5).fill('410 link_used'))
    await force(id, 'canceled')
    expect(await everyAnswer(old)).toEqual(Array(5).fill('410 request_closed'))
  })

  it('is replaced by a release, an assignment and a claim by another, and closed by a cancellation', async () => {
    const other = await createMember(world, scene.organization)
    const released = await createLinked(world, scene)
    expect((await post(path(released.id, 'release'), scene.trainer.accessToken, {})).statusCode).toBe(200)
    expect(await everyAnswer(released.link)).toEqual(Array(5).fill('410 link_replaced'))
    expect((await post(path(released.id, 'claim'), other.accessToken)).statusCode).toBe(200)
    expect(await codeOf(released.link)).toBe('link_replaced')
    expect(await codeOf(await sendLink(world, scene, released.id, other))).toBe('open')
    expect(await codeOf(released.link)).toBe('link_replaced')

    const assigned = await createLinked(world, scene)
    const assignment = { trainerId: other.userId }
    expect((await post(path(assigned.id, 'assign'), scene.admin.accessToken, assignment)).statusCode).toBe(200)
    expect(await everyAnswer(assigned.link)).toEqual(Array(5).fill('410 link_replaced'))

    const canceled = await createLinked(world, scene)
    expect((await post(path(canceled.id, 'cancel'), scene.admin.accessToken, {})).statusCode).toBe(200)
    expect(await everyAnswer(canceled.link)).toEqual(Array(5).fill('410 request_closed'))
  })

  it('is unknown when nobody ever made it, and so is another kind of credential', async () => {
    for (const as of ['x', 'A'.repeat(43), scene.trainer.accessToken])
      expect((await open(as)).json()).toMatchObject({ status: 404, code: 'link_not_found' })
    expect((await world.call({ url: '/v1/scheduling' })).json()).toMatchObject({ status: 401 })
  })
})

it('every answer is dated by the product’s own clock, so that a page can count down to the end of a hold', async () => {
  const { link } = await createLinked(world, scene)
  await choose(world, link, '2026-11-24T14:30:00Z')
  world.clock.moveTo('2026-11-23T15:20:00.999Z')
  for (const url of ['/v1/scheduling', '/v1/scheduling/booking', '/v1/scheduling/booking?unknown=1']) {
    expect((await world.call({ url, as: link })).headers.date).toBe('Mon, 23 Nov 2026 15:20:00 GMT')
  }
  const staff = await world.call({ url: '/v1/me', as: scene.trainer.accessToken })
  expect(staff.headers.date).toBe('Mon, 23 Nov 2026 15:20:00 GMT')
})

describe('a mail scanner that opens every link', () => {
  it('changes nothing by twenty GETs and HEADs', async () => {
    const own = await createScene(world)
    const live = await createLinked(world, own)
    const held = await createLinked(world, own)
    const { checkoutUrl } = (await choose(world, held.link, '2026-11-24T16:30:00Z')).json()
    const checkout = await world.testCheckout.view(secretOf(checkoutUrl))
    const old = (await createLinked(world, own)).link
    const links = [live.link, held.link, old, secretOf(checkout?.returnUrl ?? '')]
    const before = await contentOfEverything()
    for (let turn = 0; turn < 20; turn += 1) {
      for (const as of links) {
        for (const method of ['GET', 'HEAD'] as const) {
          for (const url of [
            '/v1/scheduling',
            '/v1/scheduling/slots?durationMinutes=60',
            '/v1/scheduling/booking',
            '/v1/scheduling/bookings',
            '/v1/scheduling/new-link-requests',
          ])
            await world.app.inject({ method, url, headers: { authorization: `Bearer ${as}` } })
        }
      }
    }
    expect(await contentOfEverything()).toBe(before)
  })
})

describe('the database', () => {
  it('holds no link that could be used', async () => {
    const own = await createScene(world)
    const { id, link } = await createLinked(world, own)
    // With an Idempotency-Key the answer, address included, is kept: sealed.
    const resent = await world.call({
      method: 'POST',
      url: path(id, 'scheduling-tokens', own),
      as: own.trainer.accessToken,
      headers: { 'idempotency-key': 'resend-1' },
      body: {},
    })
    const fresh = secretOf(resent.json().url)
    const chosen = await choose(world, fresh, '2026-11-24T16:30:00Z', { key: 'choose-1' })
    const checkout = await world.testCheckout.view(secretOf(chosen.json().checkoutUrl))
    const secrets = [link, fresh, secretOf(checkout?.returnUrl ?? '')]
    const columns = await world.database.db.execute<{ table: string; column: string; type: string }>(sql`
      select format('%I.%I', c.table_schema, c.table_name) as "table", format('%I', c.column_name) as "column",
        c.data_type as type
      from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where c.table_schema in ('public', 'test_vendors') and t.table_type = 'BASE TABLE'`)
    expect(columns.length).toBeGreaterThan(200)
    let looked = 0
    for (const { table, column, type } of columns) {
      const values = await world.database.db.execute<{ value: string | null }>(
        sql.raw(`select ${type === 'bytea' ? `encode(${column}, 'hex')` : `${column}::text`} as value from ${table}`),
      )
      for (const { value } of values) {
        if (value === null) continue
        looked += 1
        for (const secret of secrets) {
          expect(value, `${table}.${column}`).not.toContain(secret)
          expect(value, `${table}.${column}`).not.toContain(Buffer.from(secret).toString('hex'))
          expect(value, `${table}.${column}`).not.toContain(Buffer.from(secret, 'base64url').toString('hex'))
        }
      }
    }
    expect(looked).toBeGreaterThan(1000)
  })
})

describe('asking for a new link', () => {
  const ask = (link: string) => post('/v1/scheduling/new-link-requests', link)
  const asked = async (id: string) => (await eventsOf(id)).filter(({ name }) => name === 'new_link_requested')

  it('tells the trainer once an hour, through whichever dead link it is asked', async () => {
    const { id } = await createClaimed(world, scene)
    const first = await sendLink(world, scene, id)
    const second = await sendLink(world, scene, id)
    expect((await ask(second)).json()).toMatchObject({ status: 409, code: 'invalid_state' })
    expect((await ask(first)).statusCode).toBe(202)
    expect(await asked(id)).toMatchObject([{ payload: { trainerId: scene.trainer.userId, requestId: id } }])
    world.clock.moveTo('2026-11-30T15:00:00.000Z')
    const answers = await Promise.all([first, second, second, first].map(ask))
    expect(answers.map((answer) => answer.statusCode)).toEqual([202, 202, 202, 202])
    expect(await asked(id)).toHaveLength(2)
    world.clock.moveTo('2026-11-30T15:59:59.999Z')
    await ask(first)
    expect(await asked(id)).toHaveLength(2)
    world.clock.moveTo('2026-11-30T16:00:00.000Z')
    await ask(second)
    expect(await asked(id)).toHaveLength(3)
  })

  it('is told to nobody while nobody has the request, says so, and then reaches the next trainer', async () => {
    const { id, link } = await createLinked(world, scene)
    await post(path(id, 'release'), scene.trainer.accessToken, { reason: 'Away' })
    const unheard = await ask(link)
    expect(unheard.statusCode).toBe(202)
    expect(unheard.json().message).toMatch(/^No trainer has your request right now\..* support@demo\.test$/)
    expect(await asked(id)).toEqual([])
    await post(path(id, 'claim'), scene.trainer.accessToken)
    const heard = await ask(link)
    expect(heard.statusCode).toBe(202)
    expect(heard.json().message).toBe('We have told your trainer. You will get a new link by email.')
    expect(await asked(id)).toMatchObject([{ payload: { trainerId: scene.trainer.userId } }])
  })

  it('is not for a booked or a closed request', async () => {
    const { id, link } = await createLinked(world, scene)
    await force(id, 'confirmed')
    expect((await ask(link)).json()).toMatchObject({ code: 'link_used' })
    await force(id, 'canceled')
    expect((await ask(link)).json()).toMatchObject({ code: 'request_closed' })
    expect(await asked(id)).toEqual([])
  })
})

describe('asking for one’s booking', () => {
  const ask = (link: string) => post('/v1/scheduling/booking-mail-requests', link)
  const mails = (reference: string) =>
    world.mailer.sent.filter(({ subject, text }) => subject === 'Your booking' && text.includes(reference))

  it('mails it to the address on file once an hour, also long after the session', async () => {
    const own = await createScene(world, { prices: { 60: 0 } })
    const { link, reference } = await createLinked(world, own)
    expect((await ask(link)).json()).toMatchObject({ status: 409, code: 'invalid_state' })
    expect((await choose(world, link, '2026-11-24T16:30:00Z')).statusCode).toBe(201)
    world.clock.moveTo('2026-12-20T15:00:00.000Z')
    expect((await world.call({ url: '/v1/scheduling/booking', as: link })).json()).toMatchObject({ code: 'link_used' })
    const answer = await ask(link)
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toEqual({ message: expect.stringMatching(/on its way to the address that you gave/) })
    await ask(link)
    world.clock.moveTo('2026-12-20T15:59:59.999Z')
    await ask(link)
    await world.settle()
    const [mail, ...more] = mails(reference)
    expect(more).toEqual([])
    expect(mail?.to.address).toBe('casey@example.test')
    expect(mail?.text).toContain('Tue, Nov 24')
    // Nothing in it leads to a page that shows nothing any more.
    expect(mail?.text).not.toContain('/book/')
    world.clock.moveTo('2026-12-20T16:00:00.000Z')
    await ask(link)
    await world.settle()
    expect(mails(reference)).toHaveLength(2)
  })

  it('is not for a link that is dead for another reason', async () => {
    const { id, link } = await createLinked(world, scene)
    await force(id, 'canceled')
    expect((await ask(link)).json()).toMatchObject({ code: 'request_closed' })
    const other = await createLinked(world, scene)
    world.clock.moveTo('2026-12-20T15:00:00.000Z')
    expect((await ask(other.link)).json()).toMatchObject({ code: 'link_expired' })
  })
})

describe('asking for other times', () => {
  it('tells the trainer once a day and keeps the words', async () => {
    const { id, link } = await createLinked(world, scene)
    const ask = (message?: string) =>
      post('/v1/scheduling/time-requests', link, message === undefined ? {} : { message })
    const asked = async () => (await eventsOf(id)).filter(({ name }) => name === 'times_requested')
    expect((await ask('Any evening after six would be fine.')).statusCode).toBe(202)
    expect((await tokensOf(id))[0]).toMatchObject({ timesMessage: 'Any evening after six would be fine.' })
    world.clock.moveTo('2026-11-24T14:59:59.999Z')
    expect((await ask()).statusCode).toBe(202)
    expect(await asked()).toHaveLength(1)
    world.clock.moveTo('2026-11-24T15:00:00.000Z')
    await ask()
    expect(await asked()).toHaveLength(2)
    expect(JSON.stringify(await asked())).not.toContain('evening')
  })
})
