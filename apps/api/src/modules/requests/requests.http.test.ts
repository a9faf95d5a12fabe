import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createApiKey,
  createForm,
  createMember,
  createOrganization,
  createSessionType,
  createTrainingRequest,
  type TestMember,
  type TestOrganization,
} from '../../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { buildApp } from '../../app.ts'
import { events } from '../../db/schema/events.ts'
import { organizations } from '../../db/schema/organizations.ts'
import { attentionCauses, trainingRequests } from '../../db/schema/training-requests.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import type { FormSection } from '../../domain/intake-form.ts'

let world: TestWorld
beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00.000Z' })
})
afterAll(() => world.close())

interface House {
  organization: TestOrganization
  admin: TestMember
  tina: TestMember
  tom: TestMember
  formVersionId: string
  sessionTypeId: string
}

const SECTIONS: FormSection[] = [
  {
    key: 'help',
    title: 'Help',
    description: null,
    fields: (
      [
        ['topic', 'short_text'],
        ['other_email', 'email'],
        ['other_phone', 'phone'],
      ] as const
    ).map(([key, type]) => ({
      key,
      type,
      label: key,
      helpText: null,
      required: false,
      options: [],
      limits: {},
      visibleWhen: null,
    })),
  },
]

/** An organization of its own for each test: Tina does WordPress, Tom WordPress and QuickBooks. */
async function house(): Promise<House> {
  const organization = await createOrganization(world)
  const sessionType = await createSessionType(world, organization, {
    prices: { 60: 9000, 30: 5000, 25: 1000, 90: null },
  })
  const form = await createForm(world, organization, sessionType.id, { sections: SECTIONS })
  return {
    organization,
    admin: await createMember(world, organization, { role: 'org_admin' }),
    tina: await createMember(world, organization, { skills: ['wordpress'] }),
    tom: await createMember(world, organization, { skills: ['wordpress', 'quickbooks'] }),
    formVersionId: form.versionId,
    sessionTypeId: sessionType.id,
  }
}

const add = (home: House, options: Partial<Parameters<typeof createTrainingRequest>[2]> = {}) =>
  createTrainingRequest(world, home.organization, { ...home, ...options })
const urlOf = (home: House, rest = '') => `/v1/organizations/${home.organization.slug}/requests${rest}`
const read = (home: House, id: string, as: string) => world.call({ url: urlOf(home, `/${id}`), as })

async function listed(home: House, as: string, query = ''): Promise<string[]> {
  const answer = await world.call({ url: urlOf(home, query), as })
  expect(answer.statusCode).toBe(200)
  return answer.json().data.map((request: { id: string }) => request.id)
}

describe('reading a request', () => {
  it('is for its trainer, for admins, and for trainers who could claim it', async () => {
    const home = await house()
    const untrained = await createMember(world, home.organization, { skills: [] })
    const key = await createApiKey(world, home.organization, home.admin.userId, ['requests:read'])
    const { id } = await add(home, { requiredSkills: ['wordpress'] })
    for (const as of [home.tina.accessToken, home.tom.accessToken, home.admin.accessToken, key])
      expect((await read(home, id, as)).json()).toMatchObject({
        status: 'trainers_notified',
        statusLabel: 'Eligible Trainers Notified',
        customer: { name: 'Casey Customer', email: 'casey@example.test', phone: '+1 312 555 0142' },
      })
    expect((await read(home, id, untrained.accessToken)).json()).toMatchObject({ status: 404, code: 'not_found' })
    expect((await read(home, world.deps.ids.next(), home.admin.accessToken)).statusCode).toBe(404)
    expect((await read(home, 'no-id', home.admin.accessToken)).statusCode).toBe(404)
  })

  it('tells an eligible trainer who is too late that it is claimed, and nothing about the customer', async () => {
    const home = await house()
    const { id } = await add(home, { requiredSkills: ['wordpress'], claimedByUserId: home.tina.userId })
    const answer = await read(home, id, home.tom.accessToken)
    expect(answer.statusCode).toBe(409)
    expect(answer.json()).toMatchObject({
      code: 'request_already_claimed',
      detail: 'This request has already been claimed by another trainer.',
    })
    expect(answer.body).not.toContain('Casey')
    expect(answer.body).not.toContain('casey@')
    expect((await read(home, id, home.tina.accessToken)).json()).toMatchObject({
      claimedBy: { id: home.tina.userId, name: 'Tina Trainer' },
      claimedAt: '2026-11-23T15:00:00.000Z',
    })
  })

  it('does not exist for another organization’s people, in either organization’s address', async () => {
    const home = await house()
    const elsewhere = await house()
    const { id } = await add(home)
    for (const at of [home, elsewhere]) {
      const answer = await world.call({ url: urlOf(at, `/${id}`), as: elsewhere.admin.accessToken })
      expect(answer.json()).toMatchObject({ status: 404, code: 'not_found' })
    }
  })

  it('says what each caller may do now', async () => {
    const home = await house()
    const { id } = await add(home, { requiredSkills: ['wordpress'] })
    const allowed = (as: string) =>
      read(home, id, as).then((answer) =>
        Object.entries(answer.json().actions as Record<string, { allowed: boolean }>)
          .filter(([, action]) => action.allowed)
          .map(([name]) => name),
      )
    expect(await allowed(home.tina.accessToken)).toEqual(['claim'])
    expect(await allowed(home.admin.accessToken)).toEqual(['assign', 'cancel'])
    await world.call({ method: 'POST', url: urlOf(home, `/${id}/claim`), as: home.tina.accessToken, body: {} })
    expect(await allowed(home.tina.accessToken)).toEqual([
      'release',
      'changeSessionType',
      'sendSchedulingLink',
      'cancel',
    ])
    const request = (await read(home, id, home.admin.accessToken)).json()
    expect(request.actions.claim).toEqual({ allowed: false, reason: 'trainer_role_required' })
  })

  it('shows only the lengths that have a price and that the organization sells', async () => {
    const home = await house()
    const { id } = await add(home)
    expect((await read(home, id, home.admin.accessToken)).json().sessionType.durations).toEqual([
      { durationMinutes: 30 },
      { durationMinutes: 60 },
    ])
  })

  it('keeps contact details from trainers until they claim, where the organization wants it so', async () => {
    const home = await house()
    const { id } = await add(home, { requiredSkills: ['wordpress'] })
    await world.database.db
      .update(trainingRequests)
      .set({ answers: { topic: 'A theme', other_email: 'spare@example.test', other_phone: '+1 555 0100' } })
      .where(eq(trainingRequests.id, id))
    const settings = { name: 'Home', supportEmail: 'home@example.test', hideContactUntilClaimed: true }
    await world.database.db.update(organizations).set({ settings }).where(eq(organizations.id, home.organization.id))
    const before = await read(home, id, home.tina.accessToken)
    expect(before.json()).toMatchObject({ customer: null, answers: [{ key: 'topic', value: 'A theme' }] })
    expect(before.body).not.toMatch(/casey|spare@|555 0100/i)
    expect((await read(home, id, home.admin.accessToken)).json()).toMatchObject({
      customer: { name: 'Casey Customer' },
    })
    // What is not shown cannot be found out by searching either.
    expect(await listed(home, home.tina.accessToken, '?q=casey')).toEqual([])
    expect(await listed(home, home.admin.accessToken, '?q=casey')).toEqual([id])
    await world.call({ method: 'POST', url: urlOf(home, `/${id}/claim`), as: home.tina.accessToken, body: {} })
    const after = (await read(home, id, home.tina.accessToken)).json()
    expect(after.customer.email).toBe('casey@example.test')
    expect(after.answers).toHaveLength(3)
    expect(await listed(home, home.tina.accessToken, '?q=casey')).toEqual([id])
  })
})

describe('the list of requests', () => {
  it('holds under New what the caller could claim, under Mine what they hold, and everything for admins', async () => {
    const home = await house()
    const key = await createApiKey(world, home.organization, home.admin.userId, ['requests:read'])
    const wordpress = (await add(home, { requiredSkills: ['wordpress'] })).id
    const quickbooks = (await add(home, { requiredSkills: ['quickbooks'], status: 'new' })).id
    const anybody = (await add(home)).id
    const hers = (await add(home, { requiredSkills: ['wordpress'], claimedByUserId: home.tina.userId })).id
    const { tina, tom, admin } = home
    expect(await listed(home, tina.accessToken, '?view=new')).toEqual([anybody, wordpress])
    expect(await listed(home, tom.accessToken, '?view=new')).toEqual([anybody, quickbooks, wordpress])
    expect(await listed(home, admin.accessToken, '?view=new')).toEqual([anybody, quickbooks, wordpress])
    expect(await listed(home, tina.accessToken, '?view=mine')).toEqual([hers])
    expect(await listed(home, tom.accessToken, '?view=mine')).toEqual([])
    expect(await listed(home, key, '?view=mine')).toEqual([])
    expect(await listed(home, tina.accessToken)).toEqual([hers, anybody, wordpress])
    expect(await listed(home, tom.accessToken, '?view=all')).toEqual([anybody, quickbooks, wordpress])
    expect(await listed(home, admin.accessToken)).toEqual([hers, anybody, quickbooks, wordpress])
    expect(await listed(home, key)).toEqual([hers, anybody, quickbooks, wordpress])
  })

  it('is filtered by status, by what is wrong, and by words', async () => {
    const home = await house()
    const fresh = await add(home, { status: 'new', customerName: 'Robin 100% Quick', customerEmail: 'r@example.test' })
    const told = await add(home, { customerName: 'Sam_Smith' })
    const claimed = await add(home, { claimedByUserId: home.tina.userId })
    const as = home.admin.accessToken
    expect(await listed(home, as, '?status=new')).toEqual([fresh.id])
    expect(await listed(home, as, '?status=new&status=claimed')).toEqual([claimed.id, fresh.id])
    const flag = (id: string, reason: AttentionReason, hiddenAt: Date | null = null) =>
      world.database.db.insert(attentionCauses).values({
        organizationId: home.organization.id,
        trainingRequestId: id,
        reason,
        since: world.clock.now(),
        hiddenAt,
      })
    await flag(told.id, 'unclaimed')
    await flag(fresh.id, 'no_eligible_trainer', world.clock.now())
    expect(await listed(home, as, '?attention=any')).toEqual([told.id])
    expect(await listed(home, as, '?attention=unclaimed')).toEqual([told.id])
    expect(await listed(home, as, '?attention=no_eligible_trainer')).toEqual([])
    expect(await listed(home, as, '?q=robin')).toEqual([fresh.id])
    expect(await listed(home, as, '?q=R%40EXAMPLE')).toEqual([fresh.id])
    expect(await listed(home, as, '?q=100%25')).toEqual([fresh.id])
    expect(await listed(home, as, '?q=m_s')).toEqual([told.id])
    expect(await listed(home, as, `?q=${told.reference.slice(2).toLowerCase()}`)).toEqual([told.id])
    expect(await listed(home, as, `?q=${told.reference.slice(2, 6)}-${told.reference.slice(6)}`)).toEqual([told.id])
    for (const query of ['?status=lost', '?view=yours', '?attention=bored', '?colour=blue', '?cursor=x', '?limit=0'])
      expect((await world.call({ url: urlOf(home, query), as })).json()).toMatchObject({
        status: 400,
        code: 'invalid_query',
      })
  })

  it('goes from page to page without repeating or skipping, while new requests come in', async () => {
    const home = await house()
    const ids: string[] = []
    for (let count = 0; count < 7; count += 1) ids.unshift((await add(home)).id)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? '?limit=3' : `?limit=3&cursor=${cursor}`
      const page = (await world.call({ url: urlOf(home, query), as: home.admin.accessToken })).json()
      seen.push(...page.data.map((request: { id: string }) => request.id))
      cursor = page.nextCursor
      await add(home)
    } while (cursor !== null)
    expect(seen).toEqual(ids)
    // A page that is exactly full is the last one.
    const first = (await world.call({ url: urlOf(home, '?limit=10'), as: home.admin.accessToken })).json()
    expect([first.data.length, first.nextCursor]).toEqual([10, null])
  })

  it('takes as many statements for fifty rows as for one', async () => {
    const home = await house()
    const statements: string[] = []
    const db = drizzle(world.testDatabase.open(2).sql, {
      casing: 'snake_case',
      logger: { logQuery: (query) => statements.push(query) },
    })
    const app = await buildApp({ ...world.deps, db })
    const count = async () => {
      statements.length = 0
      const answer = await app.inject({
        url: urlOf(home, '?limit=100'),
        headers: { authorization: `Bearer ${home.admin.accessToken}` },
      })
      return { rows: answer.json().data.length, statements: statements.length }
    }
    await add(home, { claimedByUserId: home.tina.userId })
    const one = await count()
    for (let made = 1; made < 50; made += 1)
      await add(home, made % 2 === 0 ? {} : { claimedByUserId: home.tina.userId })
    const fifty = await count()
    await app.close()
    expect([one.rows, fifty.rows]).toEqual([1, 50])
    // The caller's membership, and the page.
    expect([one.statements, fifty.statements]).toEqual([2, 2])
  })
})

describe('resolving what is stuck', () => {
  it('is for admins; hides what shows now, until it arises anew', async () => {
    const home = await house()
    const { id } = await add(home, { claimedByUserId: home.tina.userId })
    const since = (at: string) => ({ since: new Date(at), hiddenAt: null, organizationId: home.organization.id })
    await world.database.db.insert(attentionCauses).values([
      { ...since('2026-11-23T12:00:00.000Z'), trainingRequestId: id, reason: 'customer_silent' },
      { ...since('2026-11-23T14:00:00.000Z'), trainingRequestId: id, reason: 'calendar_conflict' },
    ])
    const resolve = (as: string) =>
      world.call({ method: 'POST', url: urlOf(home, `/${id}/resolve-attention`), as, body: { note: 'Called them' } })
    expect((await read(home, id, home.tina.accessToken)).json().attention).toEqual({
      reason: 'calendar_conflict',
      since: '2026-11-23T14:00:00.000Z',
    })
    expect((await resolve(home.tina.accessToken)).json()).toMatchObject({ status: 403, code: 'org_admin_required' })
    expect((await resolve(home.tom.accessToken)).json()).toMatchObject({ status: 404 })
    expect((await resolve((await house()).admin.accessToken)).json()).toMatchObject({ status: 404 })
    expect((await resolve(home.admin.accessToken)).json()).toMatchObject({ id, attention: null })
    const causes = await world.database.db
      .select()
      .from(attentionCauses)
      .where(eq(attentionCauses.trainingRequestId, id))
    for (const cause of causes) expect(cause).toMatchObject({ hiddenAt: world.clock.now(), hiddenNote: 'Called them' })
    const told = await world.database.db.select().from(events).where(eq(events.trainingRequestId, id))
    expect(told.map((event) => event.name)).toEqual(['attention_cleared', 'attention_cleared'])
    expect((await resolve(home.admin.accessToken)).statusCode).toBe(200)
    expect(await world.database.db.$count(events, eq(events.trainingRequestId, id))).toBe(2)
  })
})
