import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
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
import { bookings } from '../../db/schema/bookings.ts'
import { events } from '../../db/schema/events.ts'
import { schedulingTokens } from '../../db/schema/scheduling.ts'
import { trainingRequestHistory, trainingRequests } from '../../db/schema/training-requests.ts'
import { REQUEST_STATUSES, type RequestStatus } from '../../domain/training-request.ts'

const CALLERS = [
  'its trainer',
  'an eligible trainer',
  'a trainer without the skill',
  'an admin',
  'an admin who trains and fits',
  'an admin who trains and does not fit',
  'a key that may write',
  'a key that may only read',
  'another organization’s admin',
  'nobody',
] as const
type CallerKind = (typeof CALLERS)[number]

const COMMANDS = ['claim', 'claim for an eligible trainer', 'release', 'assign', 'change the session type'] as const
type Command = (typeof COMMANDS)[number]

let world: TestWorld
let organization: TestOrganization
let people: Record<'owner' | 'eligible' | 'unskilled' | 'admin' | 'ada' | 'adam' | 'stranger' | 'assignee', TestMember>
let writeKey: string
let readKey: string
let formVersionId: string
let sessionTypeId: string
let otherSessionTypeId: string

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00.000Z' })
  organization = await createOrganization(world)
  const elsewhere = await createOrganization(world)
  const member = (options: Parameters<typeof createMember>[2] = {}) => createMember(world, organization, options)
  people = {
    owner: await member({ skills: ['wordpress'], firstName: 'Olga' }),
    eligible: await member({ skills: ['wordpress', 'zoho'] }),
    unskilled: await member({ skills: ['zoho'] }),
    assignee: await member({ skills: [], firstName: 'Anna' }),
    admin: await member({ role: 'org_admin', skills: ['wordpress'], firstName: 'Alma' }),
    ada: await member({ role: 'org_admin', canTrain: true, skills: ['wordpress'] }),
    adam: await member({ role: 'org_admin', canTrain: true }),
    stranger: await createMember(world, elsewhere, { role: 'org_admin', canTrain: true, skills: ['wordpress'] }),
  }
  writeKey = await createApiKey(world, organization, people.admin.userId, ['requests:write'])
  readKey = await createApiKey(world, organization, people.admin.userId, ['requests:read'])
  sessionTypeId = (await createSessionType(world, organization, { name: 'Help' })).id
  otherSessionTypeId = (await createSessionType(world, organization, { name: 'Another' })).id
  formVersionId = (await createForm(world, organization, sessionTypeId)).versionId
})
afterAll(() => world.close())

const UNCLAIMED: readonly RequestStatus[] = ['new', 'trainers_notified']
const UNBOOKED: readonly RequestStatus[] = ['claimed', 'customer_scheduling', 'expired']

/** A request as it lies there in a status, held by Olga where somebody holds it, with a link where one was sent. */
async function requestIn(status: RequestStatus): Promise<string> {
  const isHeld = !UNCLAIMED.includes(status)
  const { id } = await createTrainingRequest(world, organization, {
    formVersionId,
    sessionTypeId,
    requiredSkills: ['wordpress'],
    ...(isHeld ? { claimedByUserId: people.owner.userId } : {}),
  })
  await world.database.db.update(trainingRequests).set({ status }).where(eq(trainingRequests.id, id))
  if (isHeld && status !== 'claimed')
    await world.database.db.insert(schedulingTokens).values({
      id: world.deps.ids.next(),
      organizationId: organization.id,
      trainingRequestId: id,
      trainerUserId: people.owner.userId,
      keyId: 'k1',
      nonce: randomBytes(16),
      digest: randomBytes(32),
      sentAt: world.clock.now(),
      expiresAt: new Date(world.clock.now().getTime() + 7 * 86_400_000),
    })
  return id
}

async function everythingOf(id: string) {
  const { db } = world.database
  const [row] = await db.select().from(trainingRequests).where(eq(trainingRequests.id, id))
  return {
    row,
    history: await db
      .select()
      .from(trainingRequestHistory)
      .where(eq(trainingRequestHistory.trainingRequestId, id))
      .orderBy(trainingRequestHistory.id),
    told: await db.select().from(events).where(eq(events.trainingRequestId, id)),
    links: await db.select().from(schedulingTokens).where(eq(schedulingTokens.trainingRequestId, id)),
  }
}

function credentialOf(caller: CallerKind): string | null {
  switch (caller) {
    case 'its trainer':
      return people.owner.accessToken
    case 'an eligible trainer':
      return people.eligible.accessToken
    case 'a trainer without the skill':
      return people.unskilled.accessToken
    case 'an admin':
      return people.admin.accessToken
    case 'an admin who trains and fits':
      return people.ada.accessToken
    case 'an admin who trains and does not fit':
      return people.adam.accessToken
    case 'a key that may write':
      return writeKey
    case 'a key that may only read':
      return readKey
    case 'another organization’s admin':
      return people.stranger.accessToken
    case 'nobody':
      return null
  }
}

function call(command: Command, id: string, as: string | null, more: object = {}) {
  const url = `/v1/organizations/${organization.slug}/requests/${id}`
  const credential = as === null ? {} : { as }
  switch (command) {
    case 'claim':
      return world.call({ method: 'POST', url: `${url}/claim`, ...credential, body: more })
    case 'claim for an eligible trainer':
      return world.call({
        method: 'POST',
        url: `${url}/claim`,
        ...credential,
        body: { trainerId: people.eligible.userId },
      })
    case 'release':
      return world.call({ method: 'POST', url: `${url}/release`, ...credential, body: { reason: 'Away', ...more } })
    case 'assign':
      return world.call({
        method: 'POST',
        url: `${url}/assign`,
        ...credential,
        body: { trainerId: people.assignee.userId, reason: 'Knows them', ...more },
      })
    case 'change the session type':
      return world.call({ method: 'PATCH', url, ...credential, body: { sessionTypeId: otherSessionTypeId, ...more } })
  }
}

/** What product.md §2 and §15 say: `done`, `held` (200, nothing happens), or the refusal. */
function expected(command: Command, caller: CallerKind, status: RequestStatus): string {
  const isHeld = !UNCLAIMED.includes(status)
  if (caller === 'nobody') return '401 unauthenticated'
  if (caller === 'another organization’s admin') return '404 not_found'
  if (caller === 'a key that may only read') return '403 insufficient_scope'
  const isAdmin = caller.startsWith('an admin') || caller === 'a key that may write'
  const isOwner = caller === 'its trainer' && isHeld

  if (command === 'claim for an eligible trainer' && caller === 'an eligible trainer')
    return expected('claim', caller, status)
  if (command === 'claim for an eligible trainer' && caller !== 'a key that may write') return '422 validation_failed'
  if (command === 'claim' || command === 'claim for an eligible trainer') {
    if (caller === 'a trainer without the skill') return '404 not_found'
    if (caller === 'an admin') return '403 trainer_role_required'
    if (caller === 'a key that may write' && command === 'claim') return '403 trainer_role_required'
    if (caller === 'an admin who trains and does not fit') return '403 not_eligible'
    if (status === 'canceled') return '409 invalid_state'
    if (isOwner) return 'held'
    return isHeld ? '409 request_already_claimed' : 'done'
  }
  if (!isAdmin && !isOwner) return '404 not_found'
  if (command === 'assign') {
    if (!isAdmin) return '403 org_admin_required'
    return UNCLAIMED.includes(status) || UNBOOKED.includes(status) ? 'done' : '409 invalid_state'
  }
  return UNBOOKED.includes(status) ? 'done' : '409 invalid_state'
}

describe.each(COMMANDS)('to %s', (command) => {
  it.each(CALLERS)(
    'is for %s as the table of moves says, in every status, and a refusal changes nothing',
    async (caller) => {
      for (const status of REQUEST_STATUSES) {
        const id = await requestIn(status)
        const before = await everythingOf(id)
        const answer = await call(command, id, credentialOf(caller))
        const after = await everythingOf(id)
        const wanted = expected(command, caller, status)
        const told = wanted === 'done' || wanted === 'held' ? '200' : wanted
        const code = answer.statusCode === 200 ? '' : ` ${answer.json().code}`
        expect(`${status}: ${answer.statusCode}${code}`).toBe(`${status}: ${told}`)
        if (wanted !== 'done') {
          expect(after).toEqual(before)
          if (wanted === '409 invalid_state') expect(answer.json().currentStatus).toBe(status)
          continue
        }
        expect(after.row?.version).toBe(2)
        expect(after.told).toHaveLength(1)
        expect(answer.json().version).toBe(2)
        const step = after.history.at(-1)
        switch (command) {
          case 'change the session type':
            expect(after.row).toMatchObject({ status, sessionTypeId: otherSessionTypeId })
            expect(after.history).toEqual(before.history)
            expect(after.links).toEqual(before.links)
            expect(after.told).toMatchObject([
              { name: 'request_updated', payload: { status, trainerId: people.owner.userId } },
            ])
            break
          case 'release':
            expect(after.row).toMatchObject({
              status: 'trainers_notified',
              claimedByUserId: null,
              claimedAt: null,
              sessionTypeId,
            })
            expect(step).toMatchObject({
              fromStatus: status,
              toStatus: 'trainers_notified',
              occasion: caller === 'its trainer' ? 'released' : 'taken_back',
              reason: 'Away',
            })
            expect(after.told).toMatchObject([
              {
                name: 'request_released',
                payload: { previousTrainerId: people.owner.userId, occasion: step?.occasion },
              },
            ])
            for (const link of after.links)
              expect(link).toMatchObject({ endReason: 'revoked', endedAt: world.clock.now() })
            break
          case 'assign':
            expect(after.row).toMatchObject({
              status: 'claimed',
              claimedByUserId: people.assignee.userId,
              sessionTypeId,
            })
            expect(step).toMatchObject({
              fromStatus: status,
              toStatus: 'claimed',
              occasion: 'assigned',
              reason: 'Knows them',
              trainerUserId: people.assignee.userId,
            })
            expect(after.told).toMatchObject([
              {
                name: 'request_assigned',
                payload: { trainerId: people.assignee.userId, previousTrainerId: before.row?.claimedByUserId },
              },
            ])
            for (const link of after.links) expect(link).toMatchObject({ endReason: 'revoked' })
            break
          default:
            expect(after.row).toMatchObject({ status: 'claimed', claimedAt: world.clock.now() })
            expect(step).toMatchObject({
              fromStatus: status,
              toStatus: 'claimed',
              occasion: 'claimed',
              trainerUserId: after.row?.claimedByUserId,
              actorKind: caller === 'a key that may write' ? 'api_key' : 'user',
            })
            expect(after.told).toMatchObject([
              { name: 'request_claimed', payload: { trainerId: after.row?.claimedByUserId, status: 'claimed' } },
            ])
        }
      }
    },
  )
})

describe('a claim by key', () => {
  it('is made for the trainer it names, and history shows both', async () => {
    const id = await requestIn('trainers_notified')
    const answer = await call('claim for an eligible trainer', id, writeKey)
    expect(answer.json()).toMatchObject({ status: 'claimed', claimedBy: { id: people.eligible.userId } })
    expect(answer.json().history.at(-1)).toMatchObject({
      actor: { kind: 'api_key', name: expect.stringMatching(/^Test key/) },
      trainer: { id: people.eligible.userId, name: 'Tina Trainer' },
      occasionLabel: 'Claimed',
      reason: 'Claimed',
    })
    expect((await call('claim for an eligible trainer', id, writeKey)).json().version).toBe(2)
  })

  it('is judged by that trainer’s skills', async () => {
    const id = await requestIn('trainers_notified')
    const tried = async (trainerId: string) => (await call('claim', id, writeKey, { trainerId })).json()
    expect(await tried(people.unskilled.userId)).toMatchObject({ status: 403, code: 'not_eligible' })
    expect(await tried(people.admin.userId)).toMatchObject({ status: 403, code: 'trainer_role_required' })
    expect(await tried(people.stranger.userId)).toMatchObject({ status: 403, code: 'trainer_role_required' })
  })
})

describe('while a session is booked', () => {
  it('release, assignment and a change of type are refused whatever the request’s status says', async () => {
    const startAt = new Date('2026-12-01T15:00:00.000Z')
    for (const command of ['release', 'assign', 'change the session type'] as const) {
      const id = await requestIn('expired')
      await world.database.db.insert(bookings).values({
        id: world.deps.ids.next(),
        organizationId: organization.id,
        trainingRequestId: id,
        trainerUserId: people.owner.userId,
        sessionTypeId,
        status: 'pending_payment',
        paymentStatus: 'unpaid',
        startAt,
        endAt: new Date(startAt.getTime() + 3_600_000),
        durationMinutes: 60,
        bufferBeforeMinutes: 0,
        bufferAfterMinutes: 0,
        customerTimeZone: 'America/Chicago',
        priceMinor: 9000,
        currency: 'USD',
        holdExpiresAt: new Date(world.clock.now().getTime() + 1),
        cancellationPolicy: { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 },
        deliveryMethod: 'manual_link',
        createdAt: world.clock.now(),
        updatedAt: world.clock.now(),
      })
      const before = await everythingOf(id)
      expect((await call(command, id, people.admin.accessToken)).json()).toMatchObject({ code: 'invalid_state' })
      expect(await everythingOf(id)).toEqual(before)
      // A millisecond later the reservation has run out: nothing is booked any more.
      await world.database.db
        .update(bookings)
        .set({ holdExpiresAt: world.clock.now() })
        .where(eq(bookings.trainingRequestId, id))
      expect((await call(command, id, people.admin.accessToken)).statusCode).toBe(200)
      await world.database.db.update(bookings).set({ status: 'expired' }).where(eq(bookings.trainingRequestId, id))
    }
  })
})

describe('an assignment', () => {
  it('to the trainer who has it already is answered, and nothing happens', async () => {
    const id = await requestIn('customer_scheduling')
    const before = await everythingOf(id)
    const answer = await call('assign', id, people.admin.accessToken, { trainerId: people.owner.userId })
    expect(answer.statusCode).toBe(200)
    expect(await everythingOf(id)).toEqual(before)
  })

  it('goes to active trainers of the organization only', async () => {
    const inactive = await createMember(world, organization, { status: 'inactive' })
    const id = await requestIn('claimed')
    for (const trainerId of [inactive.userId, people.admin.userId, people.stranger.userId, world.deps.ids.next()])
      expect((await call('assign', id, people.admin.accessToken, { trainerId })).json()).toMatchObject({
        status: 422,
        errors: [{ pointer: '/trainerId' }],
      })
    const answer = await call('assign', id, people.admin.accessToken, { trainerId: people.adam.userId })
    expect(answer.json()).toMatchObject({ claimedBy: { id: people.adam.userId }, sessionTypeOptions: [{}, {}] })
  })
})

describe('a change of session type', () => {
  it('offers and takes active types with a priced length of the organization only', async () => {
    const archived = await createSessionType(world, organization, { name: 'Archived', status: 'archived' })
    const unpriced = await createSessionType(world, organization, { name: 'Unpriced', prices: { 60: null } })
    // Priced, but in a length that the organization does not have: its customers would find nothing to choose.
    const unusual = await createSessionType(world, organization, { name: 'Unusual', prices: { 20: 6000 } })
    const id = await requestIn('claimed')
    const url = `/v1/organizations/${organization.slug}/requests/${id}`
    const request = (await world.call({ url, as: people.owner.accessToken })).json()
    expect(request.sessionTypeOptions).toEqual([
      { id: otherSessionTypeId, name: 'Another' },
      { id: sessionTypeId, name: 'Help' },
    ])
    const tried = (sessionType: string) =>
      call('change the session type', id, people.owner.accessToken, { sessionTypeId: sessionType })
    for (const refused of [archived.id, unpriced.id, unusual.id, world.deps.ids.next()])
      expect((await tried(refused)).json()).toMatchObject({ status: 422, errors: [{ pointer: '/sessionTypeId' }] })
    const before = await everythingOf(id)
    expect((await tried(sessionTypeId)).statusCode).toBe(200)
    expect(await everythingOf(id)).toEqual(before)
  })
})

describe('a release', () => {
  it('under one Idempotency-Key happens once, also when the request has been claimed again meanwhile', async () => {
    const id = await requestIn('claimed')
    const release = () =>
      world.call({
        method: 'POST',
        url: `/v1/organizations/${organization.slug}/requests/${id}/release`,
        as: people.owner.accessToken,
        body: { reason: 'Away' },
        headers: { 'idempotency-key': 'release-once' },
      })
    const first = await release()
    expect(first.statusCode).toBe(200)
    expect((await call('claim', id, people.owner.accessToken)).statusCode).toBe(200)
    const again = await release()
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(again.json()).toEqual(first.json())
    expect((await everythingOf(id)).row?.status).toBe('claimed')
  })

  it('by a trainer who lacks the skills answers without contact details what they could not open any more', async () => {
    const id = await requestIn('claimed')
    await call('assign', id, people.admin.accessToken)
    const answer = await call('release', id, people.assignee.accessToken)
    expect(answer.json()).toMatchObject({ status: 'trainers_notified', customer: null, claimedBy: null })
    const url = `/v1/organizations/${organization.slug}/requests/${id}`
    expect((await world.call({ url, as: people.assignee.accessToken })).statusCode).toBe(404)
  })
})
