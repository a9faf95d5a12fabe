import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { errorsPlugin } from '../plugins/errors.ts'
import { securityPlugin } from '../plugins/security.ts'
import { Money } from '../wire/money.ts'
import { Problem } from '../wire/problem.ts'
import { validatorsOf } from '../wire/validators.ts'
import { createTestCalendar, type TestCalendar } from './calendars/test-calendar.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { localInboxRoutes } from './local-inbox/inbox-routes.ts'
import { type LocalInbox, startLocalInbox } from './local-inbox/inbox-server.ts'
import { createNodeSecrets } from './node-secrets.ts'
import { createTestCheckout, type TestCheckout } from './payment-gateway/test-checkout.ts'
import { testCheckoutRoutes } from './payment-gateway/test-checkout-routes.ts'
import { testSessionRoutes } from './remote-sessions/test-session-routes.ts'
import { createTestSessions, type TestSessions } from './remote-sessions/test-sessions.ts'
import { type SystemClock, startSystemClock } from './system-clock.ts'

const start = new Date('2026-11-24T15:00:00Z')
const deadline = new Date('2026-11-24T16:00:00Z')
const KEY = 'a key of this test, long enough for anybody'

let dataDir: string
let server: EmbeddedPostgres
let sql: postgres.Sql
let clock: SystemClock
let inbox: LocalInbox
let calendar: TestCalendar
let checkout: TestCheckout
let sessions: TestSessions
let app: FastifyInstance
let clockMoves: Date[]
let told: string[]
let takesNotification: (id: string) => Promise<void>

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ordinatus-pages-'))
  server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', shared_buffers: '16MB' } })
  sql = postgres(server.url, { max: 5, onnotice: () => undefined })
  clock = await startSystemClock({ measure: null, processNow: () => start.getTime() })
  inbox = await startLocalInbox({ dataDir })
  calendar = await createTestCalendar({ sql })
  checkout = await createTestCheckout({
    sql,
    clock,
    secrets: createNodeSecrets({ accessToken: KEY, link: { id: 'k1', secret: KEY }, encryption: KEY }),
    appUrl: 'http://localhost',
  })
  sessions = await createTestSessions({ sql, appUrl: 'http://localhost' })
})

afterAll(async () => {
  await inbox.close()
  await sql.end()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

beforeEach(async () => {
  clock.moveTo(null)
  clockMoves = []
  told = []
  takesNotification = async (id) => {
    told.push(id)
  }
  await inbox.store.empty()
  app = Fastify({ schemaController: { compilersFactory: { buildValidator: validatorsOf } } })
  app.addSchema(Money)
  app.addSchema(Problem)
  await app.register(errorsPlugin)
  await app.register(securityPlugin, { production: false })
  await app.register(localInboxRoutes, {
    store: inbox.store,
    clock,
    calendar,
    hasCalendar: async (userId) => userId === 'u1',
    onClockMoved: async () => {
      clockMoves.push(clock.now())
    },
  })
  await app.register(testCheckoutRoutes, { checkout, clock, notify: (id: string) => takesNotification(id) })
  await app.register(testSessionRoutes, { sessions })
})

afterEach(() => app.close())

const mail = {
  from: 'Demo <no-reply@demo.test>',
  replyTo: null,
  to: 'cleo@customer.test',
  subject: 'Hello <b>you</b>',
  text: 'Go to https://demo.test/book/abc?x=1&y=2.\n<script>alert(1)</script>',
  html: '<html><head><title>x</title></head><body><img src="cid:logo@x"><script>alert(1)</script><a href="https://demo.test/book/abc">Go</a></body></html>',
  headers: { subject: 'Hello' },
  attachments: [
    { filename: 'a"b\r\nX: y.ics', contentType: 'text/calendar; method=REQUEST', contentBase64: 'QkVHSU4=' },
    { filename: 'logo.png', contentType: 'image/png', contentBase64: 'iVBORw0=', contentId: 'logo@x' },
  ],
}

describe('the inbox for programs', () => {
  it('answers with the mails that were asked for, newest first, and can be emptied', async () => {
    const first = await inbox.store.save(mail)
    const second = await inbox.store.save({ ...mail, to: 'tina@demo.test', subject: 'Other' })
    const get = async (query: string) => (await app.inject(`/inbox/api/messages${query}`)).json()
    expect(await get('')).toEqual([second, first])
    expect(await get('?to=CLEO@customer.test')).toEqual([first])
    expect(await get('?subject=oth')).toEqual([second])
    expect(await get(`?after=${second.receivedAt}`)).toEqual([])
    expect((await app.inject({ method: 'DELETE', url: '/inbox/api/messages' })).statusCode).toBe(204)
    expect(await get('')).toEqual([])
  })

  it.each(['?from=x', '?after=yesterday', '?after=2026-11-24'])(
    'refuses the filter %s instead of ignoring it',
    async (query) => {
      const answer = await app.inject(`/inbox/api/messages${query}`)
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toMatchObject({ code: 'invalid_query' })
    },
  )

  it('moves the product clock, does what became due, and comes back', async () => {
    const put = (now: unknown) => app.inject({ method: 'PUT', url: '/inbox/api/clock', payload: { now } })
    const moved = await put('2026-12-01T10:00:00+05:45')
    expect(moved.json()).toEqual({ now: '2026-12-01T04:15:00.000Z', unmoved: start.toISOString(), moved: true })
    expect(clockMoves).toEqual([new Date('2026-12-01T04:15:00Z')])
    expect((await app.inject('/inbox/api/clock')).json()).toEqual(moved.json())
    expect((await put(null)).json()).toMatchObject({ now: start.toISOString(), moved: false })
    expect((await put('tomorrow')).statusCode).toBe(422)
    expect((await put(5)).statusCode).toBe(422)
    expect((await app.inject({ method: 'PUT', url: '/inbox/api/clock', payload: {} })).statusCode).toBe(422)
    expect(clockMoves).toHaveLength(2)
  })

  it('keeps the product clock within what rules and database can hold', async () => {
    const put = async (now: string) =>
      (await app.inject({ method: 'PUT', url: '/inbox/api/clock', payload: { now } })).statusCode
    expect(await put('2999-12-31T23:59:59.999Z')).toBe(200)
    expect(await put('3000-01-01T00:00:00Z')).toBe(422)
    expect(await put('1969-12-31T23:59:59.999Z')).toBe(422)
    expect(await put('1970-01-01T00:00:00Z')).toBe(200)
    expect(clockMoves).toHaveLength(2)
  })

  it('answers 404 to an address with U+0000', async () => {
    for (const [method, url] of [
      ['GET', '/inbox/api/calendar-events?userId=%00'],
      ['DELETE', '/inbox/api/calendar-events/%00'],
      ['GET', '/test-checkout/%00'],
      ['POST', '/test-checkout/%00/pay'],
      ['GET', '/test-session/%00'],
    ] as const)
      expect((await app.inject({ method, url })).statusCode).toBe(404)
  })

  it('shows the test calendar, adds to it, and lets it play dead', async () => {
    const payload = { userId: 'u1', startAt: '2026-11-25T10:00:00Z', endAt: '2026-11-25T11:00:00Z' }
    const post = (body: object) => app.inject({ method: 'POST', url: '/inbox/api/calendar-events', payload: body })
    const made = await post(payload)
    expect(made.statusCode).toBe(201)
    expect((await app.inject('/inbox/api/calendar-events?userId=u1')).json()).toEqual([made.json()])
    expect(made.json()).toMatchObject({ startAt: '2026-11-25T10:00:00.000Z', bookingId: null, kind: 'busy' })
    expect((await post({ ...payload, endAt: payload.startAt })).statusCode).toBe(422)
    const connection = { id: 'c1', userId: 'u1', provider: 'test' as const }
    const read = () => calendar.busyIntervals({ connection, from: start, to: new Date('2026-12-01T00:00:00Z') })
    const play = (readable: boolean, userId = 'u1') =>
      app.inject({ method: 'PUT', url: `/inbox/api/calendars/${userId}`, payload: { readable } })
    expect(await read()).toMatchObject({ state: 'read', intervals: [{ kind: 'busy' }] })
    expect((await play(false, 'zzz')).json()).toMatchObject({ status: 404, code: 'not_found' })
    await play(false)
    expect(await read()).toMatchObject({ state: 'unreadable' })
    await play(true)
    await app.inject({ method: 'DELETE', url: `/inbox/api/calendar-events/${made.json().id}` })
    expect(await read()).toEqual({ state: 'read', intervals: [] })
  })

  it('is closed to pages of other sites', async () => {
    await inbox.store.save(mail)
    const read = await app.inject({ url: '/inbox/api/messages', headers: { origin: 'https://evil.test' } })
    expect(read.headers['access-control-allow-origin']).toBeUndefined()
    const foreign = [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://localhost:9999' },
    ]
    for (const headers of foreign) {
      const refused = await app.inject({ method: 'DELETE', url: '/inbox/api/messages', headers })
      expect(refused.json()).toMatchObject({ status: 403, code: 'origin_not_allowed' })
    }
    expect(await inbox.store.list()).toHaveLength(1)
    const own = { host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }
    expect((await app.inject({ method: 'DELETE', url: '/inbox/api/messages', headers: own })).statusCode).toBe(204)
  })
})

describe('the inbox in the browser', () => {
  it('explains itself when it is empty', async () => {
    expect((await app.inject('/inbox')).body).toContain('No mail yet')
    await inbox.store.save(mail)
    expect((await app.inject('/inbox?search=nobody')).body).toContain('No mail matches “nobody”')
  })

  it('escapes everything that came from outside', async () => {
    const { id } = await inbox.store.save({ ...mail, from: '"><script>alert(2)</script>', headers: { 'x-a': '<i>' } })
    for (const url of [
      '/inbox',
      `/inbox/messages/${id}`,
      `/inbox/messages/${id}?view=text`,
      `/inbox/messages/${id}?view=headers`,
      '/inbox?search=%22%3E%3Cscript%3Ealert(3)',
    ]) {
      const { body, headers } = await app.inject(url)
      expect(body).not.toMatch(/<script>alert|<b>you|<i>/)
      expect(headers['content-security-policy']).not.toContain('unsafe-inline')
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    }
    const { body } = await app.inject(`/inbox/messages/${id}?view=text`)
    expect(body).toContain('<a href="https://demo.test/book/abc?x=1&amp;y=2" target="_blank" rel="noreferrer">')
    expect(body).toContain('y=2</a>.\n')
  })

  it('serves an HTML body only in a sandbox, where links open tabs of their own', async () => {
    const { id } = await inbox.store.save(mail)
    const page = (await app.inject(`/inbox/messages/${id}`)).body
    expect(page).toContain(`src="/inbox/messages/${id}/html"`)
    expect(page).not.toContain('srcdoc')
    const { body, headers } = await app.inject(`/inbox/messages/${id}/html`)
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/^sandbox allow-popups /)
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|allow-forms|script-src/)
    expect(policy).toContain("default-src 'none'")
    expect(headers['x-frame-options']).toBe('SAMEORIGIN')
    expect(body).toContain('<base target="_blank">')
    expect(body).toContain(`<img src="/inbox/messages/${id}/attachments/1">`)
  })

  it('offers attachments as downloads under a harmless name', async () => {
    const { id } = await inbox.store.save(mail)
    const { headers, body } = await app.inject(`/inbox/messages/${id}/attachments/0`)
    expect(headers['content-disposition']).toBe("attachment; filename*=UTF-8''a%22b%0D%0AX%3A%20y.ics")
    expect(headers['content-type']).toBe('text/calendar; method=REQUEST')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(body).toBe('BEGIN')
    for (const index of ['2', '-1', 'x', '__proto__']) {
      expect((await app.inject(`/inbox/messages/${id}/attachments/${index}`)).statusCode).toBe(404)
    }
    expect((await app.inject('/inbox/messages/none')).statusCode).toBe(404)
  })

  it('moves the clock by its forms and shows the calendars', async () => {
    const post = (payload: string) =>
      app.inject({
        method: 'POST',
        url: '/inbox/clock',
        payload,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    const answer = await post('by=86400')
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/inbox/clock'])
    expect((await app.inject('/inbox/clock')).body).toContain('1 d')
    await post('now=2027-01-02T03%3A04')
    expect(clock.now()).toEqual(new Date('2027-01-02T03:04:00Z'))
    await post('back=true')
    expect(clock.movedBy).toBe(0)
    expect((await post('by=-1')).statusCode).toBe(422)
    await calendar.addBusy({ userId: 'u2', startAt: start, endAt: deadline, title: '<b>Dentist</b>' })
    expect((await app.inject('/inbox/calendar')).body).toContain('&lt;b&gt;Dentist&lt;/b&gt;')
  })
})

describe('the test checkout', () => {
  let attempt = 0
  const page = { accept: 'text/html,*/*' }

  async function open(): Promise<string> {
    attempt += 1
    const made = await checkout.createCheckout({
      organizationId: 'org',
      bookingId: 'b1',
      idempotencyKey: `pages:${attempt}`,
      amount: { amount: 123_456, currency: 'USD' },
      description: 'Zoho <b>support</b>',
      customerEmail: 'cleo@customer.test',
      expiresAt: deadline,
      returnUrl: 'https://app.test/book/return/abc',
    })
    return made.id
  }
  const truth = (id: string) => checkout.retrieveCheckout({ organizationId: 'org', checkoutId: id })
  const post = (id: string, move: string) => app.inject({ method: 'POST', url: `/test-checkout/${id}/${move}` })

  it('shows what is paid, until when, and that it is a test; looking changes nothing', async () => {
    const id = await open()
    for (let look = 0; look < 20; look += 1) {
      await app.inject({ method: look % 2 ? 'HEAD' : 'GET', url: `/test-checkout/${id}`, headers: page })
    }
    const { body, headers, statusCode } = await app.inject({ url: `/test-checkout/${id}`, headers: page })
    expect(statusCode).toBe(200)
    for (const words of [
      'Test checkout – no real money',
      '$1,234.56',
      'Zoho &lt;b&gt;support',
      '60 minutes left',
      'cleo@customer.test',
    ]) {
      expect(body).toContain(words)
    }
    // Browsers judge where a form's redirect ends up by this, too.
    expect(headers['content-security-policy']).toContain("form-action 'self' https://app.test")
    expect(await truth(id)).toMatchObject({ status: 'open', paymentStatus: 'unpaid' })
    expect(told).toEqual([])
  })

  it('takes the payment, tells the product, and only then sends the browser back', async () => {
    const id = await open()
    let heard = false
    takesNotification = async (checkoutId) => {
      expect(await truth(checkoutId)).toMatchObject({ paymentStatus: 'paid' })
      heard = true
    }
    const answer = await post(id, 'pay')
    expect([answer.statusCode, answer.headers.location, heard]).toEqual([303, 'https://app.test/book/return/abc', true])
    expect((await post(id, 'pay')).statusCode).toBe(303)
    expect((await app.inject({ url: `/test-checkout/${id}`, headers: page })).body).toContain('<h1>Paid</h1>')
  })

  it('tells once when twenty pay at once', async () => {
    const id = await open()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(id, 'pay')))
    expect(answers.every(({ statusCode }) => statusCode === 303)).toBe(true)
    expect(told).toEqual([id])
  })

  it.each(['decline', 'abandon'])('goes back after %s with the checkout still open', async (move) => {
    const id = await open()
    const answer = await app.inject({
      method: 'POST',
      url: `/test-checkout/${id}/${move}`,
      payload: '',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' },
    })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, 'https://app.test/book/return/abc'])
    expect(await truth(id)).toMatchObject({ status: 'open', paymentStatus: 'unpaid' })
    expect(told).toEqual([])
  })

  it('answers 410 to everything from the deadline on, as a page or as a problem', async () => {
    const id = await open()
    clock.moveTo(new Date(deadline.getTime() - 1))
    expect((await app.inject(`/test-checkout/${id}`)).statusCode).toBe(200)
    clock.moveTo(deadline)
    for (const move of ['pay', 'decline', 'abandon']) {
      expect((await post(id, move)).json()).toMatchObject({ status: 410, code: 'checkout_expired' })
    }
    const shown = await app.inject({ url: `/test-checkout/${id}`, headers: page })
    expect(shown.statusCode).toBe(410)
    expect(shown.body).toContain('Nothing was charged')
    expect(await truth(id)).toMatchObject({ status: 'expired', paymentStatus: 'unpaid' })
  })

  it('withholds or delays the notification on demand, and refuses other demands', async () => {
    const lost = await open()
    const late = await open()
    expect((await post(lost, 'pay?notify=lost')).statusCode).toBe(303)
    expect((await post(late, 'pay?notify=late')).statusCode).toBe(303)
    expect((await post(await open(), 'pay?notify=maybe')).statusCode).toBe(400)
    expect(told).toEqual([])
    clock.moveTo(new Date(deadline.getTime() + 60_000))
    await expect.poll(() => told, { timeout: 5_000 }).toEqual([late])
  })

  it('tells again when the product could not listen', async () => {
    const id = await open()
    takesNotification = async () => {
      throw new Error('busy')
    }
    expect((await post(id, 'pay')).statusCode).toBe(303)
    takesNotification = async (checkoutId) => {
      told.push(checkoutId)
    }
    clock.moveTo(new Date(start.getTime() + 5_000))
    await expect.poll(() => told, { timeout: 5_000 }).toEqual([id])
  })

  it('answers 404 to what does not exist', async () => {
    expect((await post('tc_none', 'pay')).json()).toMatchObject({ status: 404, code: 'not_found' })
    expect((await app.inject({ url: '/test-checkout/tc_none', headers: page })).statusCode).toBe(404)
  })
})

describe('the test session page', () => {
  it('says whose link it is, and that the session is gone when it is', async () => {
    const session = await sessions.createSession({
      organizationId: 'org',
      bookingId: 'b9',
      title: 'Zoho <support>',
      customerEmail: 'cleo@customer.test',
      startAt: start,
      endAt: deadline,
      timeZone: 'America/Chicago',
    })
    const path = (url: string) => new URL(url).pathname
    const trainer = await app.inject(path(session.technicianUrl))
    expect(trainer.body).toContain('You joined as the trainer')
    expect(trainer.body).toContain('Zoho &lt;support&gt;')
    expect(trainer.body).toContain('9:00:00 AM CST')
    expect((await app.inject(path(session.customerUrl))).body).toContain('You joined as the customer')
    await sessions.removeSession({ organizationId: 'org', bookingId: 'b9', externalId: session.externalId })
    expect((await app.inject(path(session.customerUrl))).statusCode).toBe(410)
    expect((await app.inject('/test-session/none')).statusCode).toBe(404)
  })
})
