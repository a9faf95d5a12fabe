import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createForm,
  createMember,
  createOrganization,
  createSessionType,
  createTrainingRequest,
  type TestMember,
  type TestOrganization,
} from '../../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { availabilityRules, blackouts } from '../../db/schema/availability.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { AVAILABILITY_RULES_MAX } from '../../domain/availability-rule.ts'

const RULES = '/v1/me/availability/rules'
const BLACKOUTS = '/v1/me/availability/blackouts'
const WEEKDAYS = {
  scheduleType: 'weekday_daytime',
  daysOfWeek: [1, 2, 3, 4, 5],
  startTime: '09:00',
  endTime: '17:00',
}

let world: TestWorld
let organization: TestOrganization
let trainer: TestMember

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z' })
})
afterAll(() => world.close())

beforeEach(async () => {
  organization = await createOrganization(world)
  await createSessionType(world, organization, { prices: { 30: 5000, 60: 9000, 90: null } })
  trainer = await createMember(world, organization, { timeZone: 'America/Chicago' })
})

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
function call(
  method: Method,
  url: string,
  body?: object,
  as = trainer.accessToken,
  headers: Record<string, string> = {},
) {
  return world.call({ method, url, as, headers, ...(body === undefined ? {} : { body }) })
}

/** A booking of this trainer, straight into the database: 60 minutes from `startAt`. */
async function book(
  of: TestOrganization,
  startAt: string,
  state: Pick<typeof bookings.$inferInsert, 'status' | 'paymentStatus'> & { holdExpiresAt?: Date },
): Promise<string> {
  const sessionType = await createSessionType(world, of)
  const form = await createForm(world, of, sessionType.id, { slug: `form-${world.deps.ids.next().slice(-12)}` })
  const trainingRequest = await createTrainingRequest(world, of, {
    formVersionId: form.versionId,
    sessionTypeId: sessionType.id,
    claimedByUserId: trainer.userId,
  })
  const id = world.deps.ids.next()
  const now = world.clock.now()
  const start = new Date(startAt)
  await world.database.db.insert(bookings).values({
    id,
    organizationId: of.id,
    trainingRequestId: trainingRequest.id,
    trainerUserId: trainer.userId,
    sessionTypeId: sessionType.id,
    startAt: start,
    endAt: new Date(start.getTime() + 3_600_000),
    durationMinutes: 60,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    customerTimeZone: 'America/New_York',
    priceMinor: 9000,
    currency: 'USD',
    cancellationPolicy: { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 },
    deliveryMethod: 'phone',
    createdAt: now,
    updatedAt: now,
    ...state,
  })
  return id
}

const paid = { status: 'confirmed', paymentStatus: 'paid' } as const

describe('A weekly rule', () => {
  it('is made, listed, changed by what is sent, and removed', async () => {
    const made = await call('POST', RULES, { ...WEEKDAYS, daysOfWeek: [5, 1, 3], durationsMinutes: [60, 30] })
    expect(made.statusCode).toBe(201)
    expect(made.json()).toMatchObject({
      scheduleType: 'weekday_daytime',
      scheduleTypeLabel: 'Weekday Daytime',
      daysOfWeek: [1, 3, 5],
      startTime: '09:00',
      endTime: '17:00',
      durationsMinutes: [30, 60],
      firstDate: null,
      lastDate: null,
      warnings: [],
    })
    const url = `${RULES}/${made.json().id}`
    world.clock.advanceMinutes(1)
    const changed = await call('PATCH', url, { endTime: '24:00', lastDate: '2027-06-30' })
    expect(changed.json()).toMatchObject({
      startTime: '09:00',
      endTime: '24:00',
      daysOfWeek: [1, 3, 5],
      lastDate: '2027-06-30',
    })
    expect(changed.json().updatedAt > made.json().updatedAt).toBe(true)
    expect((await call('PATCH', url, { lastDate: null })).json().lastDate).toBeNull()
    expect((await call('GET', RULES)).json()).toMatchObject({ data: [{ id: made.json().id }], nextCursor: null })
    const removed = await call('DELETE', url)
    expect(removed.statusCode).toBe(204)
    expect(removed.body).toBe('')
    expect((await call('DELETE', url)).json()).toMatchObject({ code: 'not_found' })
    expect((await call('GET', RULES)).json().data).toEqual([])
  })

  it('may end on the next day, and at its own start a day later', async () => {
    for (const endTime of ['02:00', '22:00']) {
      const made = await call('POST', RULES, { ...WEEKDAYS, startTime: '22:00', endTime })
      expect(made.statusCode).toBe(201)
      expect(made.json().warnings).toEqual([])
    }
  })

  it('warns of a length that does not fit, one without a price, one that nobody has, and of days that are over', async () => {
    const made = await call('POST', RULES, { ...WEEKDAYS, endTime: '09:45', durationsMinutes: [30, 60, 90, 120] })
    expect(made.json().warnings).toEqual([
      { code: 'length_does_not_fit', message: 'A session of 60 minutes does not fit into this window.' },
      { code: 'no_price', message: 'Sessions of 90 minutes have no price yet, so they are not offered.' },
      { code: 'length_not_offered', message: 'None of your organizations sells sessions of 120 minutes.' },
    ])
    const over = await call('POST', RULES, { ...WEEKDAYS, lastDate: '2026-11-22' })
    expect(over.json().warnings).toMatchObject([{ code: 'never_in_force' }])
    const today = await call('POST', RULES, { ...WEEKDAYS, lastDate: '2026-11-23' })
    expect(today.json().warnings).toEqual([])
  })

  it('warns when its first date lies beyond the horizon of every organization, and not on the horizon’s own date', async () => {
    // Fourteen days after the 23rd, as it is in Chicago.
    const atIt = await call('POST', RULES, { ...WEEKDAYS, firstDate: '2026-12-07' })
    expect(atIt.json().warnings).toEqual([])
    const beyond = await call('POST', RULES, { ...WEEKDAYS, firstDate: '2026-12-08' })
    expect(beyond.json().warnings).toMatchObject([{ code: 'beyond_horizon' }])
    const patient = await createOrganization(world, { bookingHorizonDays: 15 })
    await createMember(world, patient, { userId: trainer.userId })
    expect((await call('GET', RULES)).json().data[1].warnings).toEqual([])
  })

  it('of somebody whose organizations have no price at all warns of that', async () => {
    const free = await createOrganization(world)
    await createSessionType(world, free, { prices: { 60: null } })
    const other = await createMember(world, free)
    const made = await call('POST', RULES, WEEKDAYS, other.accessToken)
    expect(made.json().warnings).toMatchObject([{ code: 'no_price' }])
  })

  it('that runs on into its neighbour warns no more', async () => {
    const first = await call('POST', RULES, { ...WEEKDAYS, endTime: '09:45', durationsMinutes: [60] })
    expect(first.json().warnings).toHaveLength(1)
    await call('POST', RULES, { ...WEEKDAYS, startTime: '09:45', endTime: '11:00' })
    expect((await call('GET', RULES)).json().data[0].warnings).toEqual([])
  })

  it.each([
    [{ daysOfWeek: [] }, '/daysOfWeek'],
    [{ daysOfWeek: [0] }, '/daysOfWeek/0'],
    [{ daysOfWeek: [1, 1] }, '/daysOfWeek'],
    [{ startTime: '24:00' }, '/startTime'],
    [{ startTime: '9:00' }, '/startTime'],
    [{ endTime: '24:01' }, '/endTime'],
    [{ durationsMinutes: [4] }, '/durationsMinutes/0'],
    [{ scheduleType: 'never' }, '/scheduleType'],
    [{ firstDate: '2026-02-30' }, '/firstDate'],
    [{ firstDate: '2026-12-02', lastDate: '2026-12-01' }, '/lastDate'],
    [{ timeZone: 'Europe/Berlin' }, '/timeZone'],
  ])('is refused with %j', async (changes, pointer) => {
    const answer = await call('POST', RULES, { ...WEEKDAYS, ...changes })
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] })
    expect((await call('GET', RULES)).json().data).toEqual([])
  })

  it('cannot be changed into one that ends before it begins', async () => {
    const { id } = (await call('POST', RULES, { ...WEEKDAYS, firstDate: '2026-12-01' })).json()
    expect((await call('PATCH', `${RULES}/${id}`, { lastDate: '2026-11-30' })).json()).toMatchObject({
      errors: [{ pointer: '/lastDate' }],
    })
    expect((await call('PATCH', `${RULES}/${id}`, { lastDate: '2026-12-01' })).statusCode).toBe(200)
  })

  it('of somebody else does not exist, not even for an admin of the same organization', async () => {
    const { id } = (await call('POST', RULES, WEEKDAYS)).json()
    const admin = await createMember(world, organization, { role: 'org_admin' })
    for (const [method, body] of [
      ['PATCH', { endTime: '18:00' }],
      ['DELETE', undefined],
    ] as const) {
      expect((await call(method, `${RULES}/${id}`, body, admin.accessToken)).json()).toMatchObject({
        code: 'not_found',
      })
    }
    expect((await call('GET', RULES, undefined, admin.accessToken)).json().data).toEqual([])
    expect((await call('GET', RULES)).json().data).toMatchObject([{ endTime: '17:00' }])
    expect((await call('DELETE', `${RULES}/nothing`)).json()).toMatchObject({ code: 'not_found' })
  })

  it('made twice with one Idempotency-Key is one rule', async () => {
    const headers = { 'idempotency-key': 'rule' }
    const first = await call('POST', RULES, WEEKDAYS, trainer.accessToken, headers)
    const second = await call('POST', RULES, WEEKDAYS, trainer.accessToken, headers)
    expect(second.json()).toEqual(first.json())
    expect((await call('GET', RULES)).json().data).toHaveLength(1)
    const other = await call('POST', RULES, { ...WEEKDAYS, endTime: '18:00' }, trainer.accessToken, headers)
    expect(other.json()).toMatchObject({ code: 'idempotency_key_reused' })
  })

  it(`is the last at ${AVAILABILITY_RULES_MAX}; all of them come page by page, each once`, async () => {
    const now = world.clock.now()
    await world.database.db.insert(availabilityRules).values(
      Array.from({ length: AVAILABILITY_RULES_MAX - 1 }, () => ({
        id: world.deps.ids.next(),
        userId: trainer.userId,
        scheduleType: 'custom' as const,
        daysOfWeek: [1],
        startLocalTime: '09:00',
        endLocalTime: '10:00',
        createdAt: now,
        updatedAt: now,
      })),
    )
    expect((await call('POST', RULES, WEEKDAYS)).statusCode).toBe(201)
    expect((await call('POST', RULES, WEEKDAYS)).json()).toMatchObject({ code: 'validation_failed' })
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { data: { id: string }[]; nextCursor: string | null } = (
        await call('GET', `${RULES}?limit=40${cursor === null ? '' : `&cursor=${cursor}`}`)
      ).json()
      seen.push(...page.data.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toHaveLength(AVAILABILITY_RULES_MAX)
    expect([...seen].sort()).toEqual(seen)
  })

  it('is nothing that an unknown parameter can ask for', async () => {
    for (const query of ['?userId=1', '?limit=0', '?cursor=x']) {
      expect((await call('GET', `${RULES}${query}`)).json()).toMatchObject({ code: 'invalid_query' })
    }
  })
})

describe('A blackout', () => {
  const CHRISTMAS = { startDate: '2026-12-24', endDate: '2027-01-01', reason: ' Holidays ' }

  it('is made, listed with the latest start first, and removed', async () => {
    const made = await call('POST', BLACKOUTS, CHRISTMAS)
    expect(made.statusCode).toBe(201)
    expect(made.json()).toMatchObject({
      startDate: '2026-12-24',
      endDate: '2027-01-01',
      startTime: null,
      endTime: null,
      reason: 'Holidays',
      affectedBookings: [],
    })
    const hours = await call('POST', BLACKOUTS, {
      startDate: '2027-02-01',
      endDate: '2027-02-01',
      startTime: '09:00',
      endTime: '24:00',
    })
    expect(hours.json()).toMatchObject({ startTime: '09:00', endTime: '24:00', reason: null })
    const listed = (await call('GET', BLACKOUTS)).json()
    expect(listed.data.map(({ startDate }: { startDate: string }) => startDate)).toEqual(['2027-02-01', '2026-12-24'])
    expect((await call('DELETE', `${BLACKOUTS}/${made.json().id}`)).statusCode).toBe(204)
    expect((await call('DELETE', `${BLACKOUTS}/${made.json().id}`)).json()).toMatchObject({ code: 'not_found' })
    expect((await call('GET', BLACKOUTS)).json().data).toHaveLength(1)
  })

  it.each([
    [{ endDate: '2026-12-23' }, '/endDate'],
    [{ startTime: '09:00' }, '/endTime'],
    [{ endTime: '09:00' }, '/startTime'],
    [{ endDate: '2026-12-24', startTime: '10:00', endTime: '10:00' }, '/endTime'],
    [{ startDate: '24.12.2026' }, '/startDate'],
    [{ reason: 'x'.repeat(201) }, '/reason'],
    [{ repeat: 'yearly' }, '/repeat'],
  ])('is refused with %j', async (changes, pointer) => {
    const answer = await call('POST', BLACKOUTS, { ...CHRISTMAS, ...changes })
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] })
  })

  it('of somebody else does not exist', async () => {
    const { id } = (await call('POST', BLACKOUTS, CHRISTMAS)).json()
    const other = await createMember(world, organization, { role: 'org_admin' })
    expect((await call('DELETE', `${BLACKOUTS}/${id}`, undefined, other.accessToken)).json()).toMatchObject({
      code: 'not_found',
    })
    expect((await call('GET', BLACKOUTS, undefined, other.accessToken)).json().data).toEqual([])
    expect((await call('GET', BLACKOUTS)).json().data).toHaveLength(1)
  })

  it('comes page by page, each once, also those of one date', async () => {
    const ids: string[] = []
    for (let index = 0; index < 5; index += 1) {
      ids.push((await call('POST', BLACKOUTS, { startDate: '2027-03-01', endDate: '2027-03-02' })).json().id)
    }
    const first = (await call('GET', `${BLACKOUTS}?limit=3`)).json()
    const second = (await call('GET', `${BLACKOUTS}?limit=3&cursor=${first.nextCursor}`)).json()
    expect(second.nextCursor).toBeNull()
    const seen = [...first.data, ...second.data].map(({ id }: { id: string }) => id)
    expect(seen).toEqual(ids.toReversed())
    const rules = (await call('GET', `${RULES}?cursor=${first.nextCursor}`)).json()
    expect(rules).toMatchObject({ code: 'invalid_query' })
    const forged = Buffer.from(JSON.stringify(['blackouts', 'yesterday', ids[0]])).toString('base64url')
    expect((await call('GET', `${BLACKOUTS}?cursor=${forged}`)).json()).toMatchObject({ code: 'invalid_query' })
  })
})

describe('Sessions that are booked in a blackout', () => {
  it('are named with their organization, whichever booked them, and stay booked', async () => {
    const other = await createOrganization(world)
    await createMember(world, other, { userId: trainer.userId })
    const here = await book(organization, '2026-12-01T18:00:00Z', paid)
    const there = await book(other, '2026-12-01T20:00:00Z', paid)
    const made = await call('POST', BLACKOUTS, { startDate: '2026-12-01', endDate: '2026-12-01' })
    expect(made.json().affectedBookings).toEqual([
      { id: here, organizationSlug: organization.slug, start: '2026-12-01T18:00:00.000Z' },
      { id: there, organizationSlug: other.slug, start: '2026-12-01T20:00:00.000Z' },
    ])
    const rows = await world.database.db.select().from(bookings)
    for (const id of [here, there]) expect(rows.find((row) => row.id === id)?.status).toBe('confirmed')
  })

  it('are judged in the zone of the person, and touching ends are none', async () => {
    // Midnight in Chicago is 06:00 UTC.
    const before = await book(organization, '2026-12-01T05:00:00Z', paid)
    const inside = await book(organization, '2026-12-01T06:00:00Z', paid)
    const made = (await call('POST', BLACKOUTS, { startDate: '2026-12-01', endDate: '2026-12-01' })).json()
    expect(made.affectedBookings.map(({ id }: { id: string }) => id)).toEqual([inside])
    await call('PATCH', '/v1/me', { timeZone: 'America/New_York' })
    const moved = (await call('GET', BLACKOUTS)).json().data[0].affectedBookings
    expect(moved.map(({ id }: { id: string }) => id)).toEqual([before, inside])
  })

  it('count while they take up time: a running hold does, one that has lapsed or a canceled session does not', async () => {
    const deadline = new Date(world.clock.now().getTime() + 60_000)
    const hold = await book(organization, '2026-12-01T18:00:00Z', {
      status: 'pending_payment',
      paymentStatus: 'unpaid',
      holdExpiresAt: deadline,
    })
    await book(organization, '2026-12-01T20:00:00Z', { status: 'canceled', paymentStatus: 'unpaid' })
    await call('POST', BLACKOUTS, { startDate: '2026-12-01', endDate: '2026-12-01' })
    const affected = async () =>
      (await call('GET', BLACKOUTS)).json().data[0].affectedBookings.map(({ id }: { id: string }) => id)
    world.clock.moveTo(new Date(deadline.getTime() - 1))
    expect(await affected()).toEqual([hold])
    world.clock.moveTo(deadline)
    expect(await affected()).toEqual([])
  })

  it('of other trainers are not', async () => {
    await book(organization, '2026-12-01T18:00:00Z', paid)
    const colleague = await createMember(world, organization)
    const made = await call(
      'POST',
      BLACKOUTS,
      { startDate: '2026-12-01', endDate: '2026-12-01' },
      colleague.accessToken,
    )
    expect(made.json().affectedBookings).toEqual([])
  })

  it('are found with as many statements for 50 blackouts as for one', async () => {
    const statements = vi.spyOn(world.database.sql, 'unsafe')
    const counted = async (path: string) => {
      statements.mockClear()
      const { data } = (await call('GET', `${path}?limit=100`)).json()
      return { rows: data.length, statements: statements.mock.calls.length }
    }
    await call('POST', BLACKOUTS, { startDate: '2026-12-01', endDate: '2026-12-01' })
    await call('POST', RULES, WEEKDAYS)
    const few = [await counted(BLACKOUTS), await counted(RULES)]
    for (let index = 0; index < 49; index += 1) {
      await call('POST', BLACKOUTS, { startDate: '2026-12-01', endDate: '2026-12-01' })
      await call('POST', RULES, WEEKDAYS)
    }
    const many = [await counted(BLACKOUTS), await counted(RULES)]
    statements.mockRestore()
    expect(few).toEqual([
      { rows: 1, statements: 4 },
      { rows: 1, statements: 3 },
    ])
    expect(many).toEqual([
      { rows: 50, statements: 4 },
      { rows: 50, statements: 3 },
    ])
    expect(await world.database.db.select().from(blackouts)).not.toHaveLength(0)
  })
})

describe('Sessions that a changed rule leaves outside the hours', () => {
  const AFFECTED = '/v1/me/availability/affected-bookings'

  it('are named by the change that does it, once, and stay booked', async () => {
    const other = await createOrganization(world)
    await createMember(world, other, { userId: trainer.userId })
    const { id: ruleId } = (await call('POST', RULES, WEEKDAYS)).json()
    // 16:00 to 17:00 and 15:00 to 16:00 in Chicago.
    const late = await book(other, '2026-12-01T22:00:00Z', paid)
    await book(organization, '2026-12-01T21:00:00Z', paid)
    const changed = (await call('PATCH', `${RULES}/${ruleId}`, { endTime: '16:00' })).json()
    expect(changed.affectedBookings).toEqual([
      { id: late, organizationSlug: other.slug, start: '2026-12-01T22:00:00.000Z' },
    ])
    const again = (await call('PATCH', `${RULES}/${ruleId}`, { endTime: '16:00' })).json()
    expect(again.affectedBookings).toEqual([])
    expect((await call('GET', AFFECTED)).json().data.map(({ id }: { id: string }) => id)).toEqual([late])
    const [row] = (await world.database.db.select().from(bookings)).filter(({ id }) => id === late)
    expect(row?.status).toBe('confirmed')
    expect((await call('GET', RULES)).json().data[0].affectedBookings).toBeUndefined()
  })

  it('are named before a rule is removed; those that another rule holds too are not', async () => {
    const { id: ruleId } = (await call('POST', RULES, WEEKDAYS)).json()
    await call('POST', RULES, { ...WEEKDAYS, daysOfWeek: [2], startTime: '12:00', endTime: '14:00' })
    const monday = await book(organization, '2026-11-30T18:00:00Z', paid)
    const tuesday = await book(organization, '2026-12-01T18:00:00Z', paid)
    const sunday = await book(organization, '2026-12-06T18:00:00Z', paid)
    const ids = async (query: string) =>
      (await call('GET', `${AFFECTED}${query}`)).json().data.map(({ id }: { id: string }) => id)
    expect(await ids(`?withoutRuleId=${ruleId}`)).toEqual([monday])
    expect(await ids('')).toEqual([sunday])
    await call('DELETE', `${RULES}/${ruleId}`)
    expect(await ids('')).toEqual([monday, sunday])
    expect(await ids('')).not.toContain(tuesday)
    expect((await call('GET', `${AFFECTED}?withoutRuleId=${ruleId}`)).json()).toMatchObject({ code: 'not_found' })
  })

  it('count until their end, and only while they take up time; a rule that allows only other lengths holds them not', async () => {
    const { id: ruleId } = (await call('POST', RULES, WEEKDAYS)).json()
    const running = await book(organization, '2026-11-23T15:00:00Z', paid)
    await book(organization, '2026-12-01T18:00:00Z', { status: 'canceled', paymentStatus: 'paid' })
    const changed = (await call('PATCH', `${RULES}/${ruleId}`, { durationsMinutes: [30] })).json()
    expect(changed.affectedBookings.map(({ id }: { id: string }) => id)).toEqual([running])
    world.clock.moveTo('2026-11-23T16:00:00Z')
    expect((await call('GET', AFFECTED)).json().data).toEqual([])
    world.clock.moveTo('2026-11-23T15:59:59.999Z')
    expect((await call('GET', AFFECTED)).json().data).toHaveLength(1)
    world.clock.moveTo('2026-11-23T15:00:00Z')
  })
})
