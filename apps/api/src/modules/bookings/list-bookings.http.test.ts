import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bookingUrl,
  type HeldBooking,
  holdBooking,
  payAndConfirm,
  payBooking,
  requestUrl,
} from '../../../test/booking-scene.ts'
import { createApiKey, createMember, createOrganization } from '../../../test/factories.ts'
import { createScene, type SchedulingScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { remoteSessions, sideEffects } from '../../db/schema/delivery.ts'
import { events } from '../../db/schema/events.ts'
import { mails } from '../../db/schema/notifications.ts'
import { SYSTEM } from '../../domain/caller.ts'
import { listBookings } from '../../views/bookings.ts'
import { sealRemoteSessionLinks } from '../delivery/join-links.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(() => world.clock.moveTo(NOW))
afterAll(() => world.close())

const list = async (scene: SchedulingScene, query = '', as = scene.trainer.accessToken) =>
  (await world.call({ url: `/v1/organizations/${scene.organization.slug}/bookings${query}`, as })).json<{
    data: { id: string; status: string; start: string }[]
    nextCursor: string | null
  }>()
const idsOf = (page: { data: { id: string }[] }) => page.data.map((row) => row.id)

/** One booking of each kind, in order of their starts. */
async function oneOfEach(scene: SchedulingScene) {
  const confirmed = await holdBooking(world, scene, '2026-11-24T16:00:00.000Z')
  await payAndConfirm(world, scene, confirmed)
  const paid = await holdBooking(world, scene, '2026-11-24T17:00:00.000Z')
  await payBooking(world, paid)
  const canceled = await holdBooking(world, scene, '2026-11-24T18:00:00.000Z')
  await world.call({
    method: 'POST',
    url: requestUrl(scene, canceled.requestId, 'cancel'),
    as: scene.trainer.accessToken,
  })
  const unpaid = await holdBooking(world, scene, '2026-11-24T19:00:00.000Z')
  return { confirmed, paid, canceled, unpaid }
}

describe('the list of bookings', () => {
  it('upcoming holds what is confirmed and what is paid, by start, however long ago it ended', async () => {
    const scene = await createScene(world)
    const { confirmed, paid } = await oneOfEach(scene)
    expect(idsOf(await list(scene))).toEqual([confirmed.bookingId, paid.bookingId])
    world.clock.moveTo('2026-11-24T14:00:00.000Z')
    await world.database.db.update(bookings).set({ paymentStatus: 'processing' }).where(eq(bookings.id, paid.bookingId))
    expect(idsOf(await list(scene, '?view=upcoming'))).toEqual([confirmed.bookingId, paid.bookingId])
    world.clock.moveTo('2027-06-01T00:00:00.000Z')
    expect(idsOf(await list(scene, '?view=upcoming'))).toEqual([confirmed.bookingId, paid.bookingId])
  })

  it('past holds what is over, all holds everything, the latest start first', async () => {
    const scene = await createScene(world)
    const { confirmed, paid, canceled, unpaid } = await oneOfEach(scene)
    expect(idsOf(await list(scene, '?view=past'))).toEqual([canceled.bookingId])
    expect(idsOf(await list(scene, '?view=all'))).toEqual(
      [unpaid, canceled, paid, confirmed].map((held) => held.bookingId),
    )
    world.clock.moveTo('2026-11-24T17:00:00.000Z')
    await world.call({
      method: 'POST',
      url: bookingUrl(scene, confirmed.bookingId, 'complete'),
      as: scene.trainer.accessToken,
    })
    expect(idsOf(await list(scene, '?view=past'))).toEqual([canceled.bookingId, confirmed.bookingId])
  })

  it('is a trainer’s own, an admin’s whole organization or one trainer of it, and no other organization’s', async () => {
    const scene = await createScene(world)
    const elsewhere = await createScene(world)
    await oneOfEach(elsewhere)
    const { confirmed, paid } = await oneOfEach(scene)
    const another = await createMember(world, scene.organization, { firstName: 'Tom' })
    const key = await createApiKey(world, scene.organization, scene.admin.userId, ['bookings:read'])
    const both = [confirmed.bookingId, paid.bookingId]
    expect(idsOf(await list(scene, '', scene.admin.accessToken))).toEqual(both)
    expect(idsOf(await list(scene, '', key))).toEqual(both)
    expect(idsOf(await list(scene, `?trainerId=${scene.trainer.userId}`, scene.admin.accessToken))).toEqual(both)
    expect(idsOf(await list(scene, `?trainerId=${another.userId}`, scene.admin.accessToken))).toEqual([])
    expect(idsOf(await list(scene, '?view=all', another.accessToken))).toEqual([])
    expect(idsOf(await list(scene, `?trainerId=${scene.trainer.userId}`, another.accessToken))).toEqual([])
    const stranger = await world.call({
      url: `/v1/organizations/${scene.organization.slug}/bookings`,
      as: elsewhere.admin.accessToken,
    })
    expect(stranger.statusCode).toBe(404)
  })

  it('pages without repeating or skipping, also where several begin at one instant', async () => {
    const scene = await createScene(world)
    const { confirmed } = await oneOfEach(scene)
    await copies(confirmed, 6)
    for (const view of ['upcoming', 'past', 'all']) {
      const whole = idsOf(await list(scene, `?view=${view}&limit=100`, scene.admin.accessToken))
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page: { data: { id: string }[]; nextCursor: string | null } = await list(
          scene,
          `?view=${view}&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
          scene.admin.accessToken,
        )
        seen.push(...idsOf(page))
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(seen).toEqual(whole)
    }
    const first = await list(scene, '?view=all&limit=1')
    const foreign = await world.call({
      url: `/v1/organizations/${scene.organization.slug}/bookings?view=past&cursor=${first.nextCursor}`,
      as: scene.trainer.accessToken,
    })
    expect(foreign.json()).toMatchObject({ code: 'invalid_query' })
  })

  it('asks the database as often for 50 rows as for one', async () => {
    const scene = await createScene(world)
    const { confirmed } = await oneOfEach(scene)
    await copies(confirmed, 50)
    let statements = 0
    const sql = postgres(world.testDatabase.url, { max: 1 })
    const db = drizzle(sql, { casing: 'snake_case', logger: { logQuery: () => (statements += 1) } })
    const count = async (limit: number) => {
      statements = 0
      const input = { scope: scene.organization.scope, caller: SYSTEM, view: 'all', limit } as const
      const page = await listBookings({ ...world.deps, db }, input)
      return [page.data.length, statements]
    }
    expect(await count(1)).toEqual([1, 1])
    expect(await count(50)).toEqual([50, 1])
    await sql.end()
  })

  /** Completed bookings of the same start, straight into the database. */
  async function copies(held: HeldBooking, count: number): Promise<void> {
    const [row] = await world.database.db.select().from(bookings).where(eq(bookings.id, held.bookingId))
    if (row === undefined) throw new Error('There is no such booking.')
    await world.database.db
      .insert(bookings)
      .values(
        Array.from({ length: count }, () => ({ ...row, id: world.deps.ids.next(), status: 'completed' as const })),
      )
  }
})

describe('one booking', () => {
  it('exists for its trainer and admins only', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    const another = await createMember(world, scene.organization, { firstName: 'Tom' })
    const stranger = await createMember(world, await createOrganization(world), { role: 'org_admin' })
    const read = async (as: string, id = held.bookingId) => {
      const answer = await world.call({ url: bookingUrl(scene, id), as })
      return answer.statusCode
    }
    expect(await read(scene.trainer.accessToken)).toBe(200)
    expect(await read(scene.admin.accessToken)).toBe(200)
    expect(await read(another.accessToken)).toBe(404)
    expect(await read(stranger.accessToken)).toBe(404)
    expect(await read(scene.admin.accessToken, world.deps.ids.next())).toBe(404)
    expect(await read(scene.admin.accessToken, 'no-id')).toBe(404)
  })

  it('tells where the trainer joins to the booking’s own trainer alone, and nothing before or after', async () => {
    const scene = await createScene(world)
    const trainingAdmin = await createMember(world, scene.organization, { role: 'org_admin', canTrain: true })
    const held = await holdBooking(world, scene, SLOT)
    await world.database.db
      .update(bookings)
      .set({ deliveryMethod: 'zoho_assist', deliveryDetails: null })
      .where(eq(bookings.id, held.bookingId))
    const deliveryFor = async (as: string) =>
      (await world.call({ url: bookingUrl(scene, held.bookingId), as })).json().delivery
    const plain = { method: 'zoho_assist', label: 'Zoho Assist', details: null }
    expect(await deliveryFor(scene.trainer.accessToken)).toEqual({ ...plain, state: 'none' })
    await payAndConfirm(world, scene, held)
    expect(await deliveryFor(scene.trainer.accessToken)).toEqual({ ...plain, state: 'pending' })
    const id = world.deps.ids.next()
    await world.database.db.insert(remoteSessions).values({
      id,
      organizationId: scene.organization.id,
      bookingId: held.bookingId,
      state: 'ready',
      externalId: 'session-1',
      ...sealRemoteSessionLinks(world.deps.secrets, id, {
        technicianUrl: 'https://assist.example.test/t/1',
        customerUrl: 'https://assist.example.test/c/1',
      }),
      createdAt: world.clock.now(),
      updatedAt: world.clock.now(),
    })
    const ready = { ...plain, state: 'ready', customerUrl: 'https://assist.example.test/c/1' }
    expect(await deliveryFor(scene.trainer.accessToken)).toEqual({
      ...ready,
      technicianUrl: 'https://assist.example.test/t/1',
    })
    expect(await deliveryFor(scene.admin.accessToken)).toEqual(ready)
    expect(await deliveryFor(trainingAdmin.accessToken)).toEqual(ready)
    await world.call({
      method: 'POST',
      url: requestUrl(scene, held.requestId, 'cancel'),
      as: scene.trainer.accessToken,
    })
    expect(await deliveryFor(scene.trainer.accessToken)).toEqual({ ...plain, state: 'hidden' })
  })

  it('shows what it set off outside: its own effects, and the mails that count among them', async () => {
    const scene = await createScene(world)
    const held = await holdBooking(world, scene, SLOT)
    const [event] = await world.database.db.select().from(events).where(eq(events.bookingId, held.bookingId))
    if (event === undefined) throw new Error('There is no event.')
    const at = world.clock.now()
    const base = {
      organizationId: scene.organization.id,
      bookingId: held.bookingId,
      eventId: event.id,
      createdAt: at,
    }
    const effectId = world.deps.ids.next()
    await world.database.db.insert(sideEffects).values({
      ...base,
      id: effectId,
      kind: 'calendar_event',
      state: 'retrying',
      attempts: 2,
      lastError: 'The calendar did not answer.',
      nextAttemptAt: new Date(at.getTime() + 60_000),
    })
    const mailId = world.deps.ids.next()
    await world.database.db.insert(mails).values([
      {
        ...base,
        id: mailId,
        template: 'a',
        recipient: 'customer',
        sideEffectKind: 'customer_email',
        state: 'done',
        attempts: 1,
        doneAt: at,
      },
      {
        ...base,
        id: world.deps.ids.next(),
        template: 'b',
        recipient: 'customer',
        state: 'done',
        attempts: 1,
        doneAt: at,
      },
    ])
    const answer = await world.call({ url: bookingUrl(scene, held.bookingId), as: scene.admin.accessToken })
    expect(answer.json().sideEffects).toEqual([
      {
        id: effectId,
        kind: 'calendar_event',
        state: 'retrying',
        attempts: 2,
        lastError: 'The calendar did not answer.',
        nextAttemptAt: '2026-11-23T15:01:00.000Z',
        doneAt: null,
      },
      {
        id: mailId,
        kind: 'customer_email',
        state: 'done',
        attempts: 1,
        lastError: null,
        nextAttemptAt: null,
        doneAt: NOW,
      },
    ])
  })
})
