import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { availabilityRules, blackouts } from '../src/db/schema/availability.ts'
import { bookings } from '../src/db/schema/bookings.ts'
import { signIns } from '../src/db/schema/identity.ts'
import { apiKeys } from '../src/db/schema/organizations.ts'
import { bookingTokens, schedulingTokens } from '../src/db/schema/scheduling.ts'
import { trainingRequests } from '../src/db/schema/training-requests.ts'
import { API_KEY_SCOPES, type ApiKeyScope, isScopeGranted } from '../src/domain/api-key-scopes.ts'
import type { ProblemCode } from '../src/errors/catalog.ts'
import type { Audience, NamedAudience } from '../src/plugins/audience.ts'
import {
  createAccessToken,
  createApiKey,
  createAvailability,
  createForm,
  createMember,
  createOrganization,
  createSessionType,
  createTrainingRequest,
  type TestOrganization,
} from './factories.ts'
import { createTestWorld, type TestWorld } from './test-world.ts'

/*
 * Who gets past the door of which route (quality.md "Security"): every route of the app × every kind of caller × own and
 * other organization. The door is judged before anything is read or validated, so each call carries a query parameter
 * that no route knows: whoever is let in reads 400 `invalid_query`, and nothing ever changes.
 */

type Entry = readonly (NamedAudience | `key ${ApiKeyScope}`)[]

/** Every route and whom it is for. A new route, or one for somebody else, fails until it is entered here. */
const ENTRIES: Readonly<Record<string, Entry>> = {
  'GET /healthz': ['public'],
  'GET /readyz': ['public'],
  // Public to the door; in production it asks for a token of its own (plugins/metrics.http.test.ts).
  'GET /metrics': ['public'],
  'GET /v1/openapi.json': ['public'],
  'GET /docs': ['public'],
  'GET /docs/': ['public'],
  'GET /docs/js/scalar.js': ['public'],
  'GET /assets/*': ['public'],
  'GET /favicon.svg': ['public'],
  'GET /robots.txt': ['public'],

  'POST /v1/auth/signup': ['public'],
  'POST /v1/auth/login': ['public'],
  'POST /v1/auth/refresh': ['public'],
  'POST /v1/auth/logout': ['public'],
  'GET /v1/me': ['user'],
  'PATCH /v1/me': ['user'],
  'GET /v1/me/availability/rules': ['user'],
  'POST /v1/me/availability/rules': ['user'],
  'PATCH /v1/me/availability/rules/:ruleId': ['user'],
  'DELETE /v1/me/availability/rules/:ruleId': ['user'],
  'GET /v1/me/availability/blackouts': ['user'],
  'POST /v1/me/availability/blackouts': ['user'],
  'DELETE /v1/me/availability/blackouts/:blackoutId': ['user'],
  'GET /v1/me/availability/affected-bookings': ['user'],
  'GET /v1/me/availability/explain': ['user'],
  'GET /v1/me/availability/preview': ['user'],

  'GET /v1/organizations/:org/session-types': ['member', 'key organization:read'],
  'GET /v1/organizations/:org/settings': ['orgAdmin', 'key organization:read'],
  'PATCH /v1/organizations/:org/settings': ['orgAdmin', 'key organization:write'],
  'GET /v1/organizations/:org/members': ['orgAdmin', 'key organization:read'],
  'GET /v1/organizations/:org/api-keys': ['orgAdmin'],
  'POST /v1/organizations/:org/api-keys': ['orgAdmin'],
  'DELETE /v1/organizations/:org/api-keys/:apiKeyId': ['orgAdmin'],
  'GET /v1/organizations/:org/integrations': ['orgAdmin'],
  'PUT /v1/organizations/:org/integrations/stripe': ['orgAdmin'],
  'DELETE /v1/organizations/:org/integrations/stripe': ['orgAdmin'],

  'GET /v1/public/organizations/:org/forms/:formSlug': ['public'],
  'POST /v1/public/organizations/:org/forms/:formSlug/submissions': ['public'],
  'POST /v1/organizations/:org/requests': ['orgAdmin', 'key requests:write'],
  'GET /v1/organizations/:org/requests': ['member', 'key requests:read'],
  'GET /v1/organizations/:org/requests/:requestId': ['member', 'key requests:read'],
  'PATCH /v1/organizations/:org/requests/:requestId': ['member', 'key requests:write'],
  'GET /v1/organizations/:org/requests/:requestId/open-slots': ['member', 'key requests:read'],
  'POST /v1/organizations/:org/requests/:requestId/claim': ['member', 'key requests:write'],
  'POST /v1/organizations/:org/requests/:requestId/release': ['member', 'key requests:write'],
  'POST /v1/organizations/:org/requests/:requestId/assign': ['member', 'key requests:write'],
  'POST /v1/organizations/:org/requests/:requestId/cancel': ['member', 'key requests:write'],
  'POST /v1/organizations/:org/requests/:requestId/resolve-attention': ['member', 'key requests:write'],
  'POST /v1/organizations/:org/requests/:requestId/scheduling-tokens': ['member', 'key requests:write'],

  'GET /v1/organizations/:org/bookings': ['member', 'key bookings:read'],
  'GET /v1/organizations/:org/bookings/:bookingId': ['member', 'key bookings:read'],
  'POST /v1/organizations/:org/bookings/:bookingId/confirm-payment': ['member', 'key payments:write'],
  'POST /v1/organizations/:org/bookings/:bookingId/refunds': ['member', 'key payments:write'],
  'POST /v1/organizations/:org/bookings/:bookingId/refunds/:refundId/retry': ['member', 'key payments:write'],
  'POST /v1/organizations/:org/bookings/:bookingId/complete': ['member', 'key bookings:write'],
  'POST /v1/organizations/:org/bookings/:bookingId/no-show': ['member', 'key bookings:write'],
  'GET /v1/organizations/:org/bookings/:bookingId/cancellation-preview': ['member', 'key bookings:read'],
  'POST /v1/organizations/:org/bookings/:bookingId/cancel': ['member', 'key bookings:write'],
  'POST /v1/organizations/:org/bookings/:bookingId/reschedule': ['member', 'key bookings:write'],
  'POST /v1/organizations/:org/bookings/:bookingId/side-effects/:sideEffectId/retry': ['member', 'key bookings:write'],
  'GET /v1/organizations/:org/payments': ['orgAdmin', 'key bookings:read'],
  'GET /v1/organizations/:org/payments/summary': ['orgAdmin', 'key bookings:read'],
  'GET /v1/organizations/:org/payments.csv': ['orgAdmin', 'key bookings:read'],
  'GET /v1/organizations/:org/payouts': ['member', 'key bookings:read'],
  'GET /v1/organizations/:org/payouts/summary': ['member', 'key bookings:read'],
  'GET /v1/organizations/:org/events': ['member'],

  'POST /v1/webhooks/stripe': ['public'],
  'POST /v1/webhooks/stripe/:integrationId': ['public'],

  'GET /v1/scheduling': ['schedulingToken'],
  'GET /v1/scheduling/slots': ['schedulingToken'],
  'POST /v1/scheduling/bookings': ['schedulingToken'],
  'GET /v1/scheduling/booking': ['schedulingToken', 'returnToken'],
  'POST /v1/scheduling/booking/check-payment': ['returnToken'],
  'POST /v1/scheduling/booking-mail-requests': ['schedulingToken'],
  'POST /v1/scheduling/new-link-requests': ['schedulingToken'],
  'POST /v1/scheduling/time-requests': ['schedulingToken'],
  'GET /v1/feedback': ['feedbackToken'],
  'POST /v1/feedback': ['feedbackToken'],
}

/** Whoever calls these is known by the signature on the body alone: without it nothing is looked up, and all ids are alike. */
const SIGNED: readonly string[] = ['POST /v1/webhooks/stripe/:integrationId']

/** Valid bodies for routes that ask for one: what a stranger would send about somebody else's thing. */
const BODIES: Readonly<Record<string, (theirs: House) => object>> = {
  'PATCH /v1/organizations/:org/requests/:requestId': ({ sessionTypeId }) => ({ sessionTypeId }),
  'POST /v1/organizations/:org/requests/:requestId/assign': ({ trainerId }) => ({ trainerId }),
  'POST /v1/organizations/:org/bookings/:bookingId/reschedule': () => ({ start: '2026-11-25T16:00:00Z' }),
  'POST /v1/organizations/:org/bookings/:bookingId/refunds': () => ({ amount: { amount: 100, currency: 'USD' } }),
}

type Door = 'in' | readonly [status: number, code: ProblemCode]

const UNAUTHENTICATED: Door = [401, 'unauthenticated']
const NOT_FOUND: Door = [404, 'not_found']

interface Credential {
  /** Undefined: none is sent. */
  value?: string
  /** What a route of these audiences answers; `inOrganization`: its path names one. */
  promised(entry: Entry, inOrganization: boolean): Door
}

function isLinkRoute(entry: Entry): boolean {
  return entry.some((one) => one.endsWith('Token'))
}

/** Whoever sends something else where a link's secret belongs has sent an unknown link. */
function orUnknownLink(entry: Entry, otherwise: () => Door): Door {
  if (entry.includes('public')) return 'in'
  return isLinkRoute(entry) ? [404, 'link_not_found'] : otherwise()
}

function nobody(code: ProblemCode, value?: string): Credential {
  return {
    ...(value === undefined ? {} : { value }),
    promised: (entry) =>
      value === undefined
        ? entry.includes('public')
          ? 'in'
          : UNAUTHENTICATED
        : orUnknownLink(entry, () => [401, code]),
  }
}

function person(value: string, is: { member: boolean; trainer: boolean; orgAdmin: boolean }): Credential {
  return {
    value,
    promised: (entry, inOrganization) =>
      orUnknownLink(entry, () => {
        if (!inOrganization) return 'in'
        if (!is.member) return NOT_FOUND
        if (entry.includes('member')) return 'in'
        if (entry.includes('orgAdmin')) return is.orgAdmin ? 'in' : [403, 'org_admin_required']
        return is.trainer ? 'in' : [403, 'trainer_role_required']
      }),
  }
}

function key(value: string, scopes: readonly ApiKeyScope[], isOwn: boolean): Credential {
  return {
    value,
    promised: (entry, inOrganization) =>
      orUnknownLink(entry, () => {
        if (inOrganization && !isOwn) return NOT_FOUND
        const asked = entry.flatMap((one) => (one.startsWith('key ') ? [one.slice('key '.length) as ApiKeyScope] : []))
        return asked.some((scope) => isScopeGranted(scopes, scope)) ? 'in' : [403, 'insufficient_scope']
      }),
  }
}

function link(value: string, audience: NamedAudience): Credential {
  return {
    value,
    promised: (entry) => (entry.includes(audience) ? 'in' : orUnknownLink(entry, () => UNAUTHENTICATED)),
  }
}

/** An organization with one of everything. */
interface House {
  organization: TestOrganization
  trainerId: string
  sessionTypeId: string
  credentials: Record<'trainer' | 'otherTrainer' | 'admin' | 'adminWhoTrains' | 'inactiveAdmin', string>
  allScopes: string
  links: Record<'scheduling' | 'checkout_return' | 'manage' | 'feedback', string>
  /** Ids by the name of the path parameter that takes them. */
  ids: Record<string, string>
}

async function createHouse(world: TestWorld): Promise<House> {
  const { db } = world.database
  const { ids, secrets } = world.deps
  const organization = await createOrganization(world)
  const trainer = await createMember(world, organization)
  const admin = await createMember(world, organization, { role: 'org_admin' })
  const credentials = {
    trainer: trainer.accessToken,
    otherTrainer: (await createMember(world, organization)).accessToken,
    admin: admin.accessToken,
    adminWhoTrains: (await createMember(world, organization, { role: 'org_admin', canTrain: true })).accessToken,
    inactiveAdmin: (await createMember(world, organization, { role: 'org_admin', canTrain: true, status: 'inactive' }))
      .accessToken,
  }
  const allScopes = await createApiKey(world, organization, admin.userId, [...API_KEY_SCOPES])
  const [apiKey] = await db.select().from(apiKeys).where(eq(apiKeys.organizationId, organization.id))

  const sessionType = await createSessionType(world, organization)
  const form = await createForm(world, organization, sessionType.id)
  const trainingRequest = await createTrainingRequest(world, organization, {
    formVersionId: form.versionId,
    sessionTypeId: sessionType.id,
    claimedByUserId: trainer.userId,
  })
  const now = world.clock.now()
  const inAnHour = new Date(now.getTime() + 3_600_000)
  const bookingId = ids.next()
  await db.insert(bookings).values({
    id: bookingId,
    organizationId: organization.id,
    trainingRequestId: trainingRequest.id,
    trainerUserId: trainer.userId,
    sessionTypeId: sessionType.id,
    status: 'confirmed',
    paymentStatus: 'paid',
    startAt: inAnHour,
    endAt: new Date(inAnHour.getTime() + 3_600_000),
    durationMinutes: 60,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    customerTimeZone: 'America/New_York',
    priceMinor: 9000,
    paidMinor: 9000,
    currency: 'USD',
    cancellationPolicy: { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 },
    deliveryMethod: 'phone',
    createdAt: now,
    updatedAt: now,
  })

  const nonce = secrets.randomBytes(16)
  const row = () => ({ id: ids.next(), organizationId: organization.id, keyId: secrets.linkKeyId, nonce })
  const schedulingRow = row()
  const scheduling = secrets.linkSecret('scheduling', schedulingRow)
  await db.insert(schedulingTokens).values({
    ...schedulingRow,
    trainingRequestId: trainingRequest.id,
    trainerUserId: trainer.userId,
    digest: secrets.digest(scheduling),
    sentAt: now,
    expiresAt: inAnHour,
  })
  const links = { scheduling, checkout_return: '', manage: '', feedback: '' }
  for (const purpose of ['checkout_return', 'manage', 'feedback'] as const) {
    const tokenRow = row()
    links[purpose] = secrets.linkSecret(purpose, tokenRow)
    await db.insert(bookingTokens).values({
      ...tokenRow,
      bookingId,
      purpose,
      digest: secrets.digest(links[purpose]),
      createdAt: now,
      expiresAt: inAnHour,
    })
  }

  await createAvailability(world, trainer.userId)
  const [rule] = await db.select().from(availabilityRules).where(eq(availabilityRules.userId, trainer.userId))
  const blackoutId = ids.next()
  await db
    .insert(blackouts)
    .values({ id: blackoutId, userId: trainer.userId, startDate: '2026-12-24', endDate: '2026-12-26', createdAt: now })
  if (apiKey === undefined || rule === undefined) throw new Error('the house is not complete')
  return {
    organization,
    trainerId: trainer.userId,
    sessionTypeId: sessionType.id,
    credentials,
    allScopes,
    links,
    ids: {
      requestId: trainingRequest.id,
      bookingId,
      sideEffectId: ids.next(),
      refundId: ids.next(),
      apiKeyId: apiKey.id,
      ruleId: rule.id,
      blackoutId,
      integrationId: ids.next(),
      formSlug: form.slug,
      '*': 'app.js',
    },
  }
}

/** The path of a route with its parameters filled in; throws for a parameter that no house has. */
function pathOf(template: string, organization: TestOrganization, ids: Record<string, string>): string {
  return template.replace(/:(\w+)|\*/g, (found, name: string | undefined) => {
    const value = name === 'org' ? organization.slug : ids[name ?? found]
    if (value === undefined) throw new Error(`${template}: say in createHouse what stands for ${found}`)
    return value
  })
}

let world: TestWorld
let webRoot: string
let own: House
let other: House
let credentials: Record<string, Credential>
const routes: RouteOptions[] = []

beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'ordinatus-web-'))
  await mkdir(join(webRoot, 'assets'))
  for (const name of ['index.html', 'customer.html', 'favicon.svg', 'robots.txt', 'assets/app.js']) {
    await writeFile(join(webRoot, name), '')
  }
  const onApp = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => {
      routes.push(route)
    })
  }
  // Sees the routes of the app as it ships, which tells nobody about them.
  subscribe('fastify.initialization', onApp)
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z', config: { webRoot } })
  unsubscribe('fastify.initialization', onApp)
  own = await createHouse(world)
  other = await createHouse(world)

  const { db } = world.database
  const { jwt } = world.app
  const revoked = await createAccessToken(world, own.trainerId)
  const revokedPayload = jwt.decode<{ sub: string; signInId: string }>(revoked)
  if (revokedPayload === null) throw new Error('an access token cannot be read')
  await db
    .update(signIns)
    .set({ revokedAt: new Date(), revokedReason: 'signed_out' })
    .where(and(eq(signIns.userId, own.trainerId), eq(signIns.id, revokedPayload.signInId)))
  const live = jwt.decode<{ sub: string; signInId: string }>(own.credentials.adminWhoTrains)
  if (live === null) throw new Error('an access token cannot be read')
  const { sub, signInId } = live
  const ofAnHourAgo = { sub, signInId, iat: Math.floor(Date.now() / 1000) - 3600 }
  const adminId = jwt.decode<{ sub: string }>(own.credentials.admin)?.sub ?? ''
  const revokedKey = await createApiKey(world, own.organization, adminId, [...API_KEY_SCOPES])
  await db
    .update(apiKeys)
    .set({ revokedAt: new Date() })
    .where(eq(apiKeys.digest, world.deps.secrets.digest(revokedKey)))
  const unsigned = (header: object, payload: object) =>
    [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const [header, payload] = own.credentials.adminWhoTrains.split('.')
  const [, , otherSignature] = own.credentials.trainer.split('.')

  credentials = {
    nobody: nobody('unauthenticated'),
    'someone with nonsense': nobody('unauthenticated', 'nonsense'),
    'an expired access token': nobody('access_token_expired', jwt.sign(ofAnHourAgo, { expiresIn: 900 })),
    'an access token that nobody signed': nobody(
      'unauthenticated',
      `${unsigned({ alg: 'none', typ: 'JWT' }, { sub, signInId, exp: 4_000_000_000 })}.`,
    ),
    'an access token with another signature': nobody('unauthenticated', `${header}.${payload}.${otherSignature}`),
    'a sign-in that has ended': nobody('unauthenticated', revoked),
    'a trainer': person(own.credentials.trainer, { member: true, trainer: true, orgAdmin: false }),
    'another trainer': person(own.credentials.otherTrainer, { member: true, trainer: true, orgAdmin: false }),
    'an admin': person(own.credentials.admin, { member: true, trainer: false, orgAdmin: true }),
    'an admin who trains': person(own.credentials.adminWhoTrains, { member: true, trainer: true, orgAdmin: true }),
    'a deactivated admin': person(own.credentials.inactiveAdmin, { member: false, trainer: false, orgAdmin: false }),
    'another organization’s admin': person(other.credentials.adminWhoTrains, {
      member: false,
      trainer: false,
      orgAdmin: false,
    }),
    'another organization’s key': key(other.allScopes, API_KEY_SCOPES, false),
    'a revoked key': nobody('unauthenticated', revokedKey),
    'an unknown key': nobody('unauthenticated', `ord_${'A'.repeat(43)}`),
    'a key with every scope': key(own.allScopes, API_KEY_SCOPES, true),
    'a scheduling link': link(own.links.scheduling, 'schedulingToken'),
    'a checkout return link': link(own.links.checkout_return, 'returnToken'),
    'a manage link': link(own.links.manage, 'manageToken'),
    'a feedback link': link(own.links.feedback, 'feedbackToken'),
    'another organization’s scheduling link': link(other.links.scheduling, 'schedulingToken'),
  }
  for (const scope of API_KEY_SCOPES) {
    const value = await createApiKey(world, own.organization, adminId, [scope])
    credentials[`a key with ${scope} alone`] = key(value, [scope], true)
  }
})
afterAll(async () => {
  await world.close()
  await rm(webRoot, { recursive: true, force: true })
})

function entryOf(audience: readonly Audience[] | undefined): string[] {
  return (audience ?? []).map((one) => (typeof one === 'string' ? one : `key ${one.apiKey}`))
}

function shippedRoutes(): { name: string; route: RouteOptions }[] {
  return routes.flatMap((route) =>
    [route.method]
      .flat()
      // The CORS plugin's preflight answers with headers only.
      .filter((method) => !(method === 'OPTIONS' && route.url === '*'))
      .map((method) => ({ name: `${method} ${route.url}`, route })),
  )
}

describe('The route table', () => {
  it('is the one that is entered here, audience by audience', () => {
    const shipped = shippedRoutes().filter(({ name }) => !name.startsWith('HEAD '))
    expect(Object.fromEntries(shipped.map(({ name, route }) => [name, entryOf(route.config?.audience)]))).toEqual(
      ENTRIES,
    )
  })

  it('answers HEAD to nobody but those whom it answers GET', () => {
    for (const { name, route } of shippedRoutes().filter(({ name }) => name.startsWith('HEAD '))) {
      expect([name, entryOf(route.config?.audience)]).toEqual([name, ENTRIES[name.replace('HEAD', 'GET')]])
    }
  })
})

type TestMethod = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

describe.each(Object.entries(ENTRIES))('%s', (name, entry) => {
  const [method = '', template = ''] = name.split(' ')
  const inOrganization = template.includes('/:org')

  it('lets in whom it is for and nobody else', async () => {
    const path = pathOf(template, own.organization, own.ids)
    const answers: Record<string, unknown> = {}
    const promised: Record<string, unknown> = {}
    const isOfApi = template.startsWith('/v1/') && !template.endsWith('openapi.json')
    for (const [who, credential] of Object.entries(credentials)) {
      const door = credential.promised(entry, inOrganization)
      const hasHead = shippedRoutes().some((route) => route.name === `HEAD ${template}`)
      const calls: TestMethod[] = method === 'GET' && hasHead ? ['GET', 'HEAD'] : [method as TestMethod]
      for (const one of calls) {
        const answer = await world.app.inject({
          method: one,
          url: `${path}?unknown-parameter=1`,
          headers: credential.value === undefined ? {} : { authorization: `Bearer ${credential.value}` },
        })
        const isProblem = one !== 'HEAD' && answer.statusCode >= 400
        const code = isProblem ? answer.json<{ code: string }>().code : undefined
        const label = `${one} by ${who}`
        if (door === 'in') {
          // Past the door: the parameter, or else the missing body, is what is refused.
          const isRefusedLater = answer.statusCode === 400 || answer.statusCode === 422
          const isIn = isRefusedLater || (!isOfApi && answer.statusCode < 400)
          promised[label] = 'in'
          answers[label] = isIn ? 'in' : `${answer.statusCode} ${code}`
        } else {
          promised[label] = one === 'HEAD' ? door[0] : `${door[0]} ${door[1]}`
          answers[label] = one === 'HEAD' ? answer.statusCode : `${answer.statusCode} ${code}`
        }
      }
    }
    expect(answers).toEqual(promised)
  })

  const named = [...template.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter ?? '')
  const takesIds = named.some((parameter) => parameter.endsWith('Id'))

  it.runIf(takesIds)('does not know what belongs to somebody else', async () => {
    const before = await everythingOf(other)
    const path = pathOf(template, own.organization, other.ids)
    const callers = inOrganization
      ? { 'an admin': own.credentials.adminWhoTrains, 'a trainer': own.credentials.trainer, 'a key': own.allScopes }
      : { 'an admin': own.credentials.adminWhoTrains, 'a colleague': other.credentials.adminWhoTrains }
    for (const [who, as] of Object.entries(callers)) {
      const body = BODIES[name]?.(own)
      const answer = await world.app.inject({
        method: method as TestMethod,
        url: path,
        headers: { authorization: `Bearer ${as}` },
        ...(body === undefined ? {} : { payload: body }),
      })
      const { code } = answer.json<{ code: string }>()
      const refusal =
        who === 'a trainer' && !entry.includes('member')
          ? '403 org_admin_required'
          : who === 'a key' && !entry.some((one) => one.startsWith('key '))
            ? '403 insufficient_scope'
            : SIGNED.includes(name)
              ? '400 invalid_signature'
              : '404 not_found'
      expect({ [who]: `${answer.statusCode} ${code}` }).toEqual({ [who]: refusal })
    }
    expect(await everythingOf(other)).toEqual(before)
  })
})

async function everythingOf({ organization, trainerId }: House): Promise<unknown> {
  const { db } = world.database
  return {
    trainingRequests: await db
      .select()
      .from(trainingRequests)
      .where(eq(trainingRequests.organizationId, organization.id)),
    bookings: await db.select().from(bookings).where(eq(bookings.organizationId, organization.id)),
    schedulingTokens: await db
      .select()
      .from(schedulingTokens)
      .where(eq(schedulingTokens.organizationId, organization.id)),
    apiKeys: await db.select().from(apiKeys).where(eq(apiKeys.organizationId, organization.id)),
    rules: await db.select().from(availabilityRules).where(eq(availabilityRules.userId, trainerId)),
    blackouts: await db.select().from(blackouts).where(eq(blackouts.userId, trainerId)),
  }
}
