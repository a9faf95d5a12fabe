import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMember, createOrganization, type TestMember, type TestOrganization } from '../../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { events } from '../../db/schema/events.ts'
import { apiKeys } from '../../db/schema/organizations.ts'
import { API_KEY_SCOPES } from '../../domain/api-key-scopes.ts'
import { SETTING_NAMES } from '../../domain/organization-settings.ts'

let world: TestWorld
let organization: TestOrganization
let admin: TestMember
let url: string

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z' })
})
afterAll(() => world.close())

beforeEach(async () => {
  organization = await createOrganization(world)
  admin = await createMember(world, organization, { role: 'org_admin', firstName: 'Ada', lastName: 'Admin' })
  url = `/v1/organizations/${organization.slug}`
})

async function strangerToken(): Promise<string> {
  const other = await createOrganization(world)
  return (await createMember(world, other, { role: 'org_admin' })).accessToken
}

describe('Settings', () => {
  const read = (as = admin.accessToken) => world.call({ url: `${url}/settings`, as })
  const change = (body: object, as = admin.accessToken) =>
    world.call({ method: 'PATCH', url: `${url}/settings`, as, body })
  const changes = () => world.database.db.select().from(events).where(eq(events.organizationId, organization.id))

  it('are all there with their defaults', async () => {
    const answer = await read()
    expect(answer.statusCode).toBe(200)
    expect(Object.keys(answer.json()).sort()).toEqual([...SETTING_NAMES].sort())
    expect(answer.json()).toMatchObject({
      currency: 'USD',
      slotHoldMinutes: 60,
      sessionDurationsMinutes: [15, 30, 45, 60, 90, 120],
      unclaimedRenotifyMinutes: 60,
      autoCompleteAfterHours: null,
      timeZone: 'America/Chicago',
    })
  })

  it('change by what is sent and keep the rest', async () => {
    const first = await change({ slotHoldMinutes: 35, unclaimedRenotifyMinutes: null })
    expect(first.statusCode).toBe(200)
    const second = await change({ name: 'New name', customerReminderDays: [] })
    expect(second.json()).toMatchObject({
      name: 'New name',
      slotHoldMinutes: 35,
      unclaimedRenotifyMinutes: null,
      customerReminderDays: [],
      slotStepMinutes: 30,
    })
    expect((await read()).json()).toEqual(second.json())
    expect((await changes()).map(({ name, actor }) => ({ name, actor }))).toEqual(
      Array.from({ length: 2 }, () => ({ name: 'settings_changed', actor: { kind: 'user', id: admin.userId } })),
    )
  })

  it('that are sent as they are change nothing and tell nobody', async () => {
    await change({ slotHoldMinutes: 90 })
    expect((await change({ slotHoldMinutes: 90 })).statusCode).toBe(200)
    expect((await change({})).statusCode).toBe(200)
    expect(await changes()).toHaveLength(1)
  })

  it('lose nothing when several are changed at once', async () => {
    await Promise.all([
      change({ slotHoldMinutes: 40 }),
      change({ slotStepMinutes: 15 }),
      change({ minimumNoticeMinutes: 0 }),
      change({ bookingHorizonDays: 90 }),
    ])
    expect((await read()).json()).toMatchObject({
      slotHoldMinutes: 40,
      slotStepMinutes: 15,
      minimumNoticeMinutes: 0,
      bookingHorizonDays: 90,
    })
  })

  it.each([
    [{ slotHoldMinutes: 34 }],
    [{ slotHoldMinutes: 1436 }],
    [{ slotHoldMinutes: 60.5 }],
    [{ payoutSharePercent: 70.125 }],
    [{ name: '' }],
    [{ name: null }],
    [{ supportEmail: 'nobody' }],
    [{ timeZone: 'Mars/Olympus' }],
    [{ currency: 'XXX' }],
    [{ primaryColor: '#ffff00' }],
    [{ privacyPolicyUrl: 'http://example.com' }],
    [{ privacyPolicyUrl: 'javascript:alert(1)' }],
    [{ sessionDurationsMinutes: [] }],
    [{ sessionDurationsMinutes: [30, 30] }],
    [{ embedAllowedOrigins: ['https://example.com/path'] }],
    [{ cancellationKind: 'sometimes' }],
    [{ logoUrl: 'https://example.com/logo.png' }],
    [{ slug: 'another' }],
  ])('refuse %j', async (body) => {
    const answer = await change(body)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().code).toBe('validation_failed')
    expect(answer.json().errors[0].pointer).toMatch(new RegExp(`^/${Object.keys(body)[0]}`))
    expect(await changes()).toHaveLength(0)
  })

  it.each([
    [{ slotHoldMinutes: 35 }],
    [{ slotHoldMinutes: 1435 }],
    [{ payoutSharePercent: 70.25 }],
    [{ primaryColor: '#767676' }],
  ])('take %j', async (body) => {
    expect((await change(body)).json()).toMatchObject(body)
  })

  it('are for admins of this organization', async () => {
    const trainer = await createMember(world, organization)
    for (const call of [read, (as: string) => change({ slotStepMinutes: 15 }, as)]) {
      expect((await call(trainer.accessToken)).json()).toMatchObject({ code: 'org_admin_required' })
      expect((await call(await strangerToken())).json()).toMatchObject({ code: 'not_found' })
    }
  })
})

describe('Members', () => {
  const list = (query = '', as = admin.accessToken) => world.call({ url: `${url}/members${query}`, as })

  it('are listed by name with role, skills and share', async () => {
    await createMember(world, organization, { firstName: 'Zoe', skills: ['zoho'], payoutSharePercent: 82.5 })
    await createMember(world, organization, { firstName: 'bea', status: 'inactive', canTrain: true })
    const answer = await list()
    expect(answer.json().nextCursor).toBeNull()
    expect(answer.json().data).toMatchObject([
      { name: 'Ada Admin', role: 'org_admin', canTrain: false, payoutSharePercent: null, status: 'active' },
      { name: 'bea Trainer', status: 'inactive', canTrain: false },
      { name: 'Zoe Trainer', role: 'trainer', skills: ['zoho'], payoutSharePercent: 82.5 },
    ])
  })

  it('can be asked for by status and by whether they may run sessions', async () => {
    await createMember(world, organization, { firstName: 'Tina' })
    await createMember(world, organization, { firstName: 'Tom', status: 'inactive' })
    await createMember(world, organization, { firstName: 'Abe', role: 'org_admin', canTrain: true })
    const names = async (query: string) =>
      (await list(query)).json().data.map(({ name }: { name: string }) => name.split(' ')[0])
    expect(await names('?status=active&trainers=true')).toEqual(['Abe', 'Tina'])
    expect(await names('?trainers=true')).toEqual(['Abe', 'Tina', 'Tom'])
    expect(await names('?trainers=false')).toEqual(['Ada'])
    expect(await names('?status=inactive')).toEqual(['Tom'])
  })

  it('come page by page, each once, also those of one name and of very long names', async () => {
    for (let index = 0; index < 4; index += 1) await createMember(world, organization, { firstName: 'Tina' })
    const long = 'Ü'.repeat(79)
    for (let index = 0; index < 2; index += 1)
      await createMember(world, organization, { firstName: 'U', lastName: `${long}${index}` })
    const seen: string[] = []
    let cursor: string | null = null
    let pages = 0
    do {
      const answer = await list(`?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`)
      expect(answer.statusCode).toBe(200)
      seen.push(...answer.json().data.map(({ userId }: { userId: string }) => userId))
      cursor = answer.json().nextCursor
      pages += 1
      if (pages === 1) await createMember(world, organization, { firstName: 'Aaron' })
    } while (cursor !== null)
    expect(seen).toHaveLength(7)
    expect(new Set(seen).size).toBe(7)
  })

  it.each(['?status=gone', '?trainers=maybe', '?limit=0', '?limit=101', '?role=trainer', '?cursor=nonsense'])(
    'are not asked for by %s',
    async (query) => {
      const answer = await list(query)
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toMatchObject({ code: 'invalid_query' })
    },
  )

  it('of another organization are not found, by people and by cursors', async () => {
    expect((await list('', await strangerToken())).json()).toMatchObject({ code: 'not_found' })
    const other = await createOrganization(world)
    const otherAdmin = await createMember(world, other, { role: 'org_admin', firstName: 'Aaa' })
    await createMember(world, other, { firstName: 'Bbb' })
    const theirs = await world.call({
      url: `/v1/organizations/${other.slug}/members?limit=1`,
      as: otherAdmin.accessToken,
    })
    expect((await list(`?cursor=${theirs.json().nextCursor}`)).json()).toEqual({ data: [], nextCursor: null })
  })
})

describe('API keys', () => {
  const list = (query = '') => world.call({ url: `${url}/api-keys${query}`, as: admin.accessToken })
  const create = (body: object, headers: Record<string, string> = {}) =>
    world.call({ method: 'POST', url: `${url}/api-keys`, as: admin.accessToken, body, headers })
  const revoke = (id: string, as = admin.accessToken) =>
    world.call({ method: 'DELETE', url: `${url}/api-keys/${id}`, as })

  it('are shown once, work at once and are kept as a digest', async () => {
    const answer = await create({ name: 'Website', scopes: ['organization:read'] })
    expect(answer.statusCode).toBe(201)
    const { key, ...shown } = answer.json()
    expect(key).toMatch(/^ord_[\w-]{43}$/)
    expect(shown).toMatchObject({
      name: 'Website',
      prefix: key.slice(0, 8),
      scopes: ['organization:read'],
      createdBy: { id: admin.userId, name: 'Ada Admin' },
      lastUsedAt: null,
      revokedAt: null,
    })
    const listed = await list()
    expect(listed.json().data).toEqual([shown])
    expect(listed.body).not.toContain(key)
    const [row] = await world.database.db.select().from(apiKeys).where(eq(apiKeys.id, shown.id))
    expect(row?.digest.equals(world.deps.secrets.digest(key))).toBe(true)
    expect(JSON.stringify(row)).not.toContain(key.slice(8))
    expect((await world.call({ url: `${url}/settings`, as: key })).statusCode).toBe(200)
    expect((await list()).json().data[0].lastUsedAt).not.toBeNull()
  })

  it('open only what their scopes name', async () => {
    const { key } = (await create({ name: 'Reader', scopes: ['organization:read'] })).json()
    const change = await world.call({ method: 'PATCH', url: `${url}/settings`, as: key, body: { slotStepMinutes: 15 } })
    expect(change.statusCode).toBe(403)
    expect(change.json()).toMatchObject({ code: 'insufficient_scope' })
    const { key: writer } = (await create({ name: 'Writer', scopes: ['organization:write'] })).json()
    for (const method of ['GET', 'PATCH'] as const) {
      const answer = await world.call({
        method,
        url: `${url}/settings`,
        as: writer,
        ...(method === 'PATCH' ? { body: {} } : {}),
      })
      expect(answer.statusCode).toBe(200)
    }
  })

  it('make and list no keys, and say nothing about a person', async () => {
    const { key } = (await create({ name: 'All', scopes: [...API_KEY_SCOPES] })).json()
    const make = await world.call({
      method: 'POST',
      url: `${url}/api-keys`,
      as: key,
      body: { name: 'Child', scopes: ['requests:write'] },
    })
    expect(make.json()).toMatchObject({ code: 'insufficient_scope' })
    expect((await world.call({ url: `${url}/api-keys`, as: key })).json()).toMatchObject({ code: 'insufficient_scope' })
    for (const personal of ['/v1/me', '/v1/me/availability/rules', '/v1/me/availability/blackouts']) {
      const answer = await world.call({ url: personal, as: key })
      expect(answer.json(), personal).toMatchObject({ code: 'insufficient_scope', status: 403 })
    }
  })

  it('do not open another organization', async () => {
    const { key } = (await create({ name: 'Mine', scopes: ['organization:read'] })).json()
    const other = await createOrganization(world)
    const answer = await world.call({ url: `/v1/organizations/${other.slug}/settings`, as: key })
    expect(answer.json()).toMatchObject({ code: 'not_found' })
  })

  it('revoked, open nothing from the next request on; revoking again changes nothing', async () => {
    const { id, key } = (await create({ name: 'Old', scopes: ['organization:read'] })).json()
    expect((await revoke(id)).statusCode).toBe(204)
    expect((await world.call({ url: `${url}/settings`, as: key })).json()).toMatchObject({ code: 'unauthenticated' })
    const { revokedAt } = (await list()).json().data[0]
    expect(revokedAt).not.toBeNull()
    expect((await revoke(id)).statusCode).toBe(204)
    expect((await list()).json().data[0].revokedAt).toBe(revokedAt)
  })

  it('of another organization are not found', async () => {
    const { id, key } = (await create({ name: 'Mine', scopes: ['organization:read'] })).json()
    const other = await createOrganization(world)
    const stranger = await createMember(world, other, { role: 'org_admin' })
    const theirs = {
      method: 'DELETE' as const,
      url: `/v1/organizations/${other.slug}/api-keys/${id}`,
      as: stranger.accessToken,
    }
    expect((await world.call(theirs)).json()).toMatchObject({ code: 'not_found' })
    expect((await revoke(id, stranger.accessToken)).json()).toMatchObject({ code: 'not_found' })
    expect((await revoke('not-an-id')).json()).toMatchObject({ code: 'not_found' })
    expect((await world.call({ url: `${url}/settings`, as: key })).statusCode).toBe(200)
  })

  it('have different names while they live, in whatever letter case', async () => {
    const { id } = (await create({ name: 'Website', scopes: ['requests:write'] })).json()
    const second = await create({ name: ' WEBSITE', scopes: ['requests:write'] })
    expect(second.statusCode).toBe(409)
    expect(second.json()).toMatchObject({ code: 'name_taken' })
    const keyed = await create({ name: 'website', scopes: ['requests:write'] }, { 'idempotency-key': 'k' })
    expect(keyed.json()).toMatchObject({ code: 'name_taken' })
    await revoke(id)
    expect((await create({ name: 'Website', scopes: ['requests:write'] })).statusCode).toBe(201)
  })

  it('made twice with one Idempotency-Key are one key, told twice', async () => {
    const body = { name: 'Once', scopes: ['requests:write'] }
    const first = await create(body, { 'idempotency-key': 'once' })
    const second = await create(body, { 'idempotency-key': 'once' })
    expect(second.statusCode).toBe(201)
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect(second.json()).toEqual(first.json())
    expect((await list()).json().data).toHaveLength(1)
  })

  it('come newest first, page by page', async () => {
    for (const name of ['One', 'Two', 'Three']) await create({ name, scopes: ['requests:write'] })
    const first = (await list('?limit=2')).json()
    expect(first.data.map(({ name }: { name: string }) => name)).toEqual(['Three', 'Two'])
    const second = (await list(`?limit=2&cursor=${first.nextCursor}`)).json()
    expect(second.data.map(({ name }: { name: string }) => name)).toEqual(['One'])
    expect(second.nextCursor).toBeNull()
  })

  it.each([
    [{ name: 'X', scopes: [] }, '/scopes'],
    [{ name: 'X', scopes: ['everything'] }, '/scopes/0'],
    [{ name: 'X', scopes: ['requests:write', 'requests:write'] }, '/scopes'],
    [{ name: ' ', scopes: ['requests:write'] }, '/name'],
    [{ name: 'X', scopes: ['requests:write'], expiresAt: null }, '/expiresAt'],
    [{ scopes: ['requests:write'] }, '/name'],
  ])('are not made of %j', async (body, pointer) => {
    const answer = await create(body)
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] })
  })
})

describe('The number of statements', () => {
  it('of each list is the same at 1 and at 50 rows', async () => {
    const statements = vi.spyOn(world.database.sql, 'unsafe')
    const counted = async (path: string) => {
      statements.mockClear()
      const answer = await world.call({ url: `${url}${path}?limit=100`, as: admin.accessToken })
      return { rows: answer.json().data.length, statements: statements.mock.calls.length }
    }
    const addKeys = (first: number, count: number) =>
      world.database.db.insert(apiKeys).values(
        Array.from({ length: count }, (_, index) => ({
          id: world.deps.ids.next(),
          organizationId: organization.id,
          name: `Key ${first + index}`,
          digest: world.deps.secrets.randomBytes(32),
          prefix: 'ord_test',
          scopes: ['requests:write'],
          createdByUserId: admin.userId,
          createdAt: world.clock.now(),
        })),
      )
    await addKeys(0, 1)
    const few = { members: await counted('/members'), apiKeys: await counted('/api-keys') }
    await addKeys(1, 49)
    for (let index = 0; index < 49; index += 1) await createMember(world, organization)
    const many = { members: await counted('/members'), apiKeys: await counted('/api-keys') }
    statements.mockRestore()
    expect(few.members).toEqual({ rows: 1, statements: 2 })
    expect(few.apiKeys).toEqual({ rows: 1, statements: 2 })
    expect(many.members).toEqual({ rows: 50, statements: 2 })
    expect(many.apiKeys).toEqual({ rows: 50, statements: 2 })
  })
})
