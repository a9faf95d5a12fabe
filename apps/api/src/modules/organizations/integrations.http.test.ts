import { Writable } from 'node:stream'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bookingUrl } from '../../../test/booking-scene.ts'
import {
  createApiKey,
  createMember,
  createOrganization,
  type TestMember,
  type TestOrganization,
} from '../../../test/factories.ts'
import { choose, createClaimed, createLinked, createScene, slotsOf } from '../../../test/scheduling-scene.ts'
import { createStripeWorld, eventAbout, type StripeWorld, tell } from '../../../test/stripe-scene.ts'
import { buildApp } from '../../app.ts'
import { events } from '../../db/schema/events.ts'
import { integrations } from '../../db/schema/organizations.ts'
import { payments } from '../../db/schema/payments.ts'
import { API_KEY_SCOPES } from '../../domain/api-key-scopes.ts'
import { loggerOptions } from '../../platform/logging.ts'
import { STRIPE_WEBHOOK_EVENTS } from '../../platform/payment-gateway/stripe-webhook-events.ts'
import { findWebhookAccount } from './read-payment-account.ts'

// A Monday, 09:00 in Chicago.
const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
const WEBHOOK_SECRET = 'whsec_theFirstOne0001'

let scene: StripeWorld
let organization: TestOrganization
let admin: TestMember

beforeAll(async () => {
  scene = await createStripeWorld({ now: NOW })
})
afterAll(() => scene.close())

beforeEach(async () => {
  scene.world.clock.moveTo(NOW)
  organization = await createOrganization(scene.world)
  admin = await createMember(scene.world, organization, { role: 'org_admin', firstName: 'Ada' })
})
afterEach(() => scene.stripe.faults.clear())

const addressOf = (of: TestOrganization = organization) => `/v1/organizations/${of.slug}/integrations`
const read = async (of = organization, as = admin.accessToken) => {
  const answer = await scene.world.call({ url: addressOf(of), as })
  return answer.statusCode === 200 ? answer.json<{ data: unknown[] }>().data[0] : answer.json()
}
const connect = (body: object, as = admin.accessToken, of = organization) =>
  scene.world.call({ method: 'PUT', url: `${addressOf(of)}/stripe`, as, body })
const disconnect = (as = admin.accessToken, of = organization) =>
  scene.world.call({ method: 'DELETE', url: `${addressOf(of)}/stripe`, as })
const rowsOf = (of = organization) =>
  scene.world.database.db
    .select()
    .from(integrations)
    .where(eq(integrations.organizationId, of.id))
    .orderBy(integrations.id)
const changesOf = async (of = organization) =>
  (await scene.world.database.db.select().from(events).where(eq(events.organizationId, of.id)).orderBy(events.id)).map(
    ({ payload }) => ('change' in payload ? payload.change : payload),
  )
const newAccount = (displayName = 'Casey’s Sessions') => scene.stripe.addAccount({ displayName })

describe('Where an organization takes money', () => {
  it('is the deployment’s account until it connects its own', async () => {
    expect(await read()).toEqual({
      kind: 'stripe',
      status: 'deployment',
      mode: 'test',
      accountName: null,
      secretKeyMasked: null,
      webhookUrl: null,
      webhookEvents: [...STRIPE_WEBHOOK_EVENTS],
      webhookSecretMasked: null,
      previousWebhookSecretUntil: null,
      connectedAt: null,
      lastError: null,
    })
    await scene.world.withoutPayments(async () => {
      expect(await read()).toMatchObject({ status: 'not_connected', mode: null, accountName: null })
    })
  })

  it('is its own Stripe account once that is connected, tried at Stripe and shown masked', async () => {
    const account = newAccount()
    const answer = await connect({ secretKey: account.secretKey })
    expect(answer.statusCode).toBe(200)
    const [row] = await rowsOf()
    expect(answer.json()).toMatchObject({
      kind: 'stripe',
      status: 'connected',
      mode: 'test',
      accountName: 'Casey’s Sessions',
      secretKeyMasked: `sk_test_…${account.secretKey.slice(-4)}`,
      webhookUrl: `http://ordinatus.test/v1/webhooks/stripe/${row?.id}`,
      webhookSecretMasked: null,
      connectedAt: NOW,
      lastError: null,
    })
    expect(await read()).toEqual(answer.json())
    expect((await connect({ webhookSecret: WEBHOOK_SECRET })).json()).toMatchObject({
      webhookSecretMasked: 'whsec_…0001',
      previousWebhookSecretUntil: null,
    })
    expect(await changesOf()).toEqual(['connected', 'webhook_secret_changed'])
  })

  it('is changed by its admins in person only, and by those of no other organization', async () => {
    const account = newAccount()
    const trainer = await createMember(scene.world, organization, {})
    const other = await createOrganization(scene.world)
    const stranger = await createMember(scene.world, other, { role: 'org_admin' })
    const key = await createApiKey(scene.world, organization, admin.userId, [...API_KEY_SCOPES])
    await connect({ secretKey: account.secretKey })
    for (const [as, code] of [
      [trainer.accessToken, 'org_admin_required'],
      [stranger.accessToken, 'not_found'],
      [key, 'insufficient_scope'],
    ] as const) {
      expect(await read(organization, as)).toMatchObject({ code })
      expect((await connect({ secretKey: newAccount().secretKey }, as)).json()).toMatchObject({ code })
      expect((await disconnect(as)).json()).toMatchObject({ code })
    }
    expect(await rowsOf()).toMatchObject([{ accountId: account.id, status: 'connected' }])
    expect(await read(other, stranger.accessToken)).toMatchObject({ status: 'deployment' })
  })

  it.each([
    [{}, null],
    [{ secretKey: '' }, '/secretKey'],
    [{ secretKey: 'pk_test_51Abcdefgh' }, '/secretKey'],
    [{ secretKey: 'sk_test_' }, '/secretKey'],
    [{ secretKey: 'sk_live_51Abcdefgh' }, '/secretKey'],
    [{ secretKey: 'sk_test_nobodyKnowsThisKey' }, '/secretKey'],
    [{ webhookSecret: 'sk_test_51Abcdefgh' }, '/webhookSecret'],
    [{ webhookSecret: WEBHOOK_SECRET }, '/secretKey'],
    [{ secretKey: 'sk_test_x', mode: 'live' }, '/mode'],
  ])('is not changed by %j', async (body, pointer) => {
    const answer = await connect(body)
    expect(answer.statusCode, answer.body).toBe(422)
    if (pointer !== null) expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] })
    expect(await rowsOf()).toEqual([])
    expect(await changesOf()).toEqual([])
  })

  it('stays as it was while Stripe does not answer', async () => {
    const account = newAccount()
    await connect({ secretKey: account.secretKey })
    scene.stripe.faults.outage(true)
    const answer = await connect({ secretKey: newAccount().secretKey, webhookSecret: WEBHOOK_SECRET })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBeDefined()
    expect(answer.json()).toMatchObject({
      code: 'payment_provider_unavailable',
      detail: expect.stringContaining('tried'),
    })
    expect(await rowsOf()).toMatchObject([{ accountId: account.id, webhookSecretMasked: null }])
  })

  it('keeps address and webhook secret through a new key of the same account; the same key again changes nothing', async () => {
    const account = newAccount()
    const body = { secretKey: account.secretKey, webhookSecret: WEBHOOK_SECRET }
    const first = await connect(body)
    expect((await connect(body)).json()).toEqual(first.json())
    expect(await changesOf()).toEqual(['connected', 'webhook_secret_changed'])
    expect(await rowsOf()).toHaveLength(1)
  })

  it('keeps them through a new key that may not read the account, and begins anew where Stripe does not name it', async () => {
    const account = newAccount()
    const { webhookUrl } = (await connect({ secretKey: account.secretKey, webhookSecret: WEBHOOK_SECRET })).json()
    const next = () => newAccount('A key of its own').secretKey
    const hide = (whose: string) =>
      scene.stripe.faults.next('getAccount', {
        kind: 'refuse',
        status: 403,
        error: { type: 'invalid_request_error', message: `This key may not do that${whose}.` },
      })
    hide(` on account '${account.id}'`)
    expect((await connect({ secretKey: next() })).json()).toMatchObject({
      webhookUrl,
      webhookSecretMasked: 'whsec_…0001',
      accountName: 'Casey’s Sessions',
    })
    expect(await rowsOf()).toHaveLength(1)
    hide('')
    const unnamed = (await connect({ secretKey: next() })).json()
    expect(unnamed).toMatchObject({ status: 'connected', webhookSecretMasked: null })
    expect(unnamed.webhookUrl).not.toBe(webhookUrl)
  })

  it('is not taken in an account whose key may not do all that payments need', async () => {
    scene.stripe.faults.next('createRefund', {
      kind: 'refuse',
      status: 403,
      error: { type: 'invalid_request_error', message: 'The provided key does not have the required permissions.' },
    })
    const answer = await connect({ secretKey: newAccount().secretKey })
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({
      errors: [{ pointer: '/secretKey', message: expect.stringContaining('Charges and Refunds (write)') }],
    })
    expect(await rowsOf()).toEqual([])
  })

  it('takes webhooks with the secret before for 24 hours more, and not at that very instant', async () => {
    await connect({ secretKey: newAccount().secretKey, webhookSecret: WEBHOOK_SECRET })
    const [row] = await rowsOf()
    const secretsAt = async (now: string) =>
      (await findWebhookAccount(scene.world.deps, { integrationId: row?.id ?? '', now: new Date(now) }))?.secrets
    expect(await secretsAt(NOW)).toEqual([WEBHOOK_SECRET])
    const next = 'whsec_theSecondOne0002'
    expect((await connect({ webhookSecret: next })).json()).toMatchObject({
      webhookSecretMasked: 'whsec_…0002',
      previousWebhookSecretUntil: '2026-11-24T15:00:00.000Z',
    })
    expect(await secretsAt('2026-11-24T14:59:59.999Z')).toEqual([next, WEBHOOK_SECRET])
    expect(await secretsAt('2026-11-24T15:00:00.000Z')).toEqual([next])
    scene.world.clock.moveTo('2026-11-24T15:00:00.000Z')
    expect(await read()).toMatchObject({ previousWebhookSecretUntil: null })
    expect(
      await findWebhookAccount(scene.world.deps, { integrationId: organization.id, now: new Date(NOW) }),
    ).toBeNull()
  })

  it('hears nobody with secrets that cannot be opened any more, says so, and still hears the one that can', async () => {
    const account = newAccount()
    const body = { secretKey: account.secretKey, webhookSecret: WEBHOOK_SECRET }
    const { webhookUrl } = (await connect(body)).json()
    const next = 'whsec_theSecondOne0002'
    await connect({ webhookSecret: next })
    const keep = (
      set: Partial<Record<'secretKeySealed' | 'webhookSecretSealed' | 'previousWebhookSecretSealed', Buffer>>,
    ) => scene.world.database.db.update(integrations).set(set).where(eq(integrations.organizationId, organization.id))
    const event = eventAbout('checkout.session.expired', { object: 'checkout.session', id: 'cs_test_nobodyKnowsIt' })
    const told = (secret: string) => tell(scene, event, { secret, path: new URL(webhookUrl).pathname })
    const lost = Buffer.from('sealed under a secret that nobody has any more')
    await keep({ previousWebhookSecretSealed: lost })
    expect([await told(next), await told(WEBHOOK_SECRET)]).toEqual(['200', '400 invalid_signature'])
    expect(await read()).toMatchObject({ lastError: null })
    await keep({ webhookSecretSealed: lost })
    expect(await told(next)).toBe('400 invalid_signature')
    expect(await read()).toMatchObject({ lastError: expect.stringContaining('signing secret') })
    expect((await connect({ webhookSecret: next })).json()).toMatchObject({ lastError: null })
    await keep({ secretKeySealed: lost })
    expect(await read()).toMatchObject({ lastError: expect.stringContaining('secret key') })
  })

  it('ends as one account when two admins connect at once', async () => {
    // Without the lock on the organization's row the first round answered 200 and 500.
    for (let round = 0; round < 20; round += 1) {
      const contested = await createOrganization(scene.world)
      const admins = await Promise.all([1, 2].map(() => createMember(scene.world, contested, { role: 'org_admin' })))
      const keys = [newAccount('One').secretKey, newAccount('Two').secretKey]
      const answers = await Promise.all(
        admins.map((one, index) =>
          fetch(`${scene.origins[index]}${addressOf(contested)}/stripe`, {
            method: 'PUT',
            headers: { authorization: `Bearer ${one.accessToken}`, 'content-type': 'application/json' },
            body: JSON.stringify({ secretKey: keys[index] }),
          }),
        ),
      )
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      const rows = await rowsOf(contested)
      expect(rows.map(({ status }) => status).sort()).toEqual(['connected', 'disconnected'])
    }
  })

  it('is the deployment’s again after disconnecting, and the same account comes back at the same address', async () => {
    const account = newAccount()
    const { webhookUrl } = (await connect({ secretKey: account.secretKey, webhookSecret: WEBHOOK_SECRET })).json()
    expect((await disconnect()).statusCode).toBe(204)
    expect((await disconnect()).statusCode).toBe(204)
    expect(await read()).toMatchObject({ status: 'deployment', webhookUrl: null })
    expect((await connect({ secretKey: account.secretKey })).json()).toMatchObject({
      status: 'connected',
      webhookUrl,
      webhookSecretMasked: 'whsec_…0001',
    })
    expect(await changesOf()).toEqual(['connected', 'webhook_secret_changed', 'disconnected', 'connected'])
    await connect({ secretKey: newAccount('Another').secretKey })
    expect(await rowsOf()).toMatchObject([
      { accountId: account.id, status: 'disconnected' },
      { accountLabel: 'Another', status: 'connected' },
    ])
  })
})

describe('The keys of an organization', () => {
  it('lie sealed in the database and stand in no answer, event or log', async () => {
    const { secretKey } = newAccount()
    const lines: string[] = []
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk))
        done()
      },
    })
    const app = await buildApp(scene.world.deps, { logger: { ...(loggerOptions('trace') as object), stream } })
    const put = (payload: object) =>
      app.inject({
        method: 'PUT',
        url: `${addressOf()}/stripe`,
        headers: { authorization: `Bearer ${admin.accessToken}` },
        payload,
      })
    const wrong = 'sk_test_nobodyKnowsThisOne'
    const answers = [
      await put({ secretKey, webhookSecret: WEBHOOK_SECRET }),
      await put({ secretKey: wrong }),
      await put({ secretKey: `${secretKey}!`, webhookSecret: `${WEBHOOK_SECRET}!` }),
    ]
    scene.stripe.faults.outage(true)
    answers.push(await put({ secretKey }))
    await app.close()
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 422, 422, 503])
    const [dump] = await scene.world.database.db.execute<{ all: string }>(sql`select
      (select coalesce(json_agg(i), '[]')::text from integrations i) || (select coalesce(json_agg(e), '[]')::text from events e)
      || (select coalesce(json_agg(encode(i.secret_key_sealed, 'escape')), '[]')::text from integrations i) as all`)
    const told = [dump?.all ?? '', ...lines, ...answers.map(({ body }) => body)].join('\n')
    expect(lines.length).toBeGreaterThan(0)
    for (const secret of [secretKey, WEBHOOK_SECRET, wrong]) expect(told).not.toContain(secret)
  })
})

describe('Payments of an organization with its own account', () => {
  it('are taken, asked about and paid back there, also after it has been disconnected', async () => {
    const { world, stripe } = scene
    const sale = await createScene(world)
    const account = newAccount()
    await connect({ secretKey: account.secretKey }, sale.admin.accessToken, sale.organization)
    const { link } = await createLinked(world, sale)
    const { booking, checkoutUrl } = (await choose(world, link, SLOT)).json()
    const [session] = account.sessionsFor(booking.id)
    expect(session).toMatchObject({ url: checkoutUrl, status: 'open' })
    expect(stripe.account.sessionsFor(booking.id)).toEqual([])
    const [integration] = await rowsOf(sale.organization)
    expect(await world.database.db.select().from(payments).where(eq(payments.bookingId, booking.id))).toMatchObject([
      { provider: 'stripe', integrationId: integration?.id },
    ])
    account.pay(session?.id ?? '')
    await disconnect(sale.admin.accessToken, sale.organization)
    const confirmed = await world.call({
      method: 'POST',
      url: bookingUrl(sale, booking.id, 'confirm-payment'),
      as: sale.trainer.accessToken,
    })
    expect(confirmed.json()).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' })
    const canceled = await world.call({
      method: 'POST',
      url: bookingUrl(sale, booking.id, 'cancel'),
      as: sale.trainer.accessToken,
      body: { reason: 'Ill' },
    })
    expect(canceled.statusCode, canceled.body).toBe(200)
    await world.settle()
    expect(account.captured()).toMatchObject([{ amount: 9000, refunded: 9000 }])
  })

  it('are possible where the deployment has no provider at all', async () => {
    const { world } = scene
    const sale = await createScene(world)
    const { link } = await createLinked(world, sale)
    const claimed = await createClaimed(world, sale)
    const send = async () =>
      (
        await world.call({
          url: `/v1/organizations/${sale.organization.slug}/requests/${claimed.id}`,
          as: sale.trainer.accessToken,
        })
      ).json().actions.sendSchedulingLink
    await world.withoutPayments(async () => {
      expect(await slotsOf(world, link, 'durationMinutes=60')).toMatchObject({
        slots: [],
        notice: { code: 'payments_not_configured' },
      })
      expect(await send()).toEqual({ allowed: false, reason: 'payments_not_configured' })
      expect((await choose(world, link, SLOT)).json()).toMatchObject({ code: 'payments_not_configured' })
      await connect({ secretKey: newAccount().secretKey }, sale.admin.accessToken, sale.organization)
      expect((await slotsOf(world, link, 'durationMinutes=60')).slots).not.toEqual([])
      expect(await send()).toEqual({ allowed: true, reason: null })
      expect((await choose(world, link, SLOT)).statusCode).toBe(201)
      await disconnect(sale.admin.accessToken, sale.organization)
      expect((await slotsOf(world, link, 'durationMinutes=60')).slots).toEqual([])
    })
  })

  it('with a key that Stripe refuses are unavailable, which the admins read, until it works again', async () => {
    const { world, stripe } = scene
    const sale = await createScene(world)
    await connect({ secretKey: newAccount().secretKey }, sale.admin.accessToken, sale.organization)
    const { link } = await createLinked(world, sale)
    const { booking } = (await choose(world, link, SLOT)).json()
    const confirm = async () =>
      (
        await world.call({
          method: 'POST',
          url: bookingUrl(sale, booking.id, 'confirm-payment'),
          as: sale.trainer.accessToken,
        })
      ).json()
    stripe.faults.next('getCheckoutSession', {
      kind: 'refuse',
      status: 403,
      error: { type: 'invalid_request_error', message: 'The provided key does not have the required permissions.' },
    })
    expect(await confirm()).toMatchObject({ code: 'payment_provider_unavailable' })
    const seen = () => read(sale.organization, sale.admin.accessToken)
    expect(await seen()).toMatchObject({ status: 'connected', lastError: expect.stringContaining('permissions') })
    expect(await confirm()).toMatchObject({ code: 'payment_not_completed' })
    expect(await seen()).toMatchObject({ status: 'connected', lastError: null })
  })
})
