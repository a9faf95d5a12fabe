import { asc, eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../test/postgres.ts'
import { appendEvent } from './db/append-event.ts'
import type { Database, Tx } from './db/client.ts'
import { events } from './db/schema/events.ts'
import { actorOf, SYSTEM } from './domain/caller.ts'
import { uuidV7Ids } from './platform/ids.ts'
import { EVENTS_CHANNEL, relayEvents, startRelay } from './relay.ts'
import { SUBSCRIPTIONS } from './subscriptions.ts'

const NOW = new Date('2026-11-23T15:00:00.000Z')
const deps = { ids: uuidV7Ids, clock: { now: () => NOW, unmoved: () => NOW } }

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = testDatabase.open()
})
beforeEach(async () => {
  while ((await relayEvents(deps, database)) > 0);
  await database.sql`delete from graphile_worker._private_jobs`
})
afterAll(() => testDatabase.drop())

const happen = (db: Database['db'] | Tx, id = uuidV7Ids.next()) =>
  appendEvent(
    db,
    { ids: { next: () => id } },
    {
      organizationId: null,
      actor: actorOf(SYSTEM),
      now: NOW,
      event: {
        name: 'request_submitted',
        payload: { requestId: id, bookingId: null, status: 'new', formVersionId: id },
      },
    },
  )
const jobs = () =>
  database.sql<{ task: string; eventId: string }[]>`
    select t.identifier as task, j.payload ->> 'eventId' as "eventId"
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    order by j.id`
const sequences = async (ids: string[]) =>
  (
    await database.db
      .select({ id: events.id, sequence: events.relayedSequence })
      .from(events)
      .where(inArray(events.id, ids))
      .orderBy(asc(events.relayedSequence))
  ).map((row) => [row.id, row.sequence] as const)

test('an event becomes exactly the jobs of its subscription, once', async () => {
  const id = await happen(database.db)
  expect(await relayEvents(deps, database)).toBe(1)
  expect(await relayEvents(deps, database)).toBe(0)
  expect((await jobs()).map(({ task, eventId }) => [task, eventId])).toEqual(
    SUBSCRIPTIONS.request_submitted.map((task) => [task, id]),
  )
})

test('an event of a transaction that rolls back becomes nothing', async () => {
  await expect(
    database.db.transaction(async (tx) => {
      await happen(tx)
      throw new Error('undone')
    }),
  ).rejects.toThrow('undone')
  expect(await relayEvents(deps, database)).toBe(0)
  expect(await jobs()).toHaveLength(0)
})

test('an event that commits after younger ones were relayed is not missed, and gets the higher number', async () => {
  const early = uuidV7Ids.next()
  const other = testDatabase.open(1)
  let commit = () => {}
  const held = new Promise<void>((resolve) => {
    commit = resolve
  })
  let begun = () => {}
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve
  })
  const slow = other.db.transaction(async (tx) => {
    await happen(tx, early)
    begun()
    await held
  })
  await hasBegun
  const late = await happen(database.db)
  expect(late > early).toBe(true)
  expect(await relayEvents(deps, database)).toBe(1)
  commit()
  await slow
  expect(await relayEvents(deps, database)).toBe(1)
  expect((await sequences([early, late])).map(([id]) => id)).toEqual([late, early])
  expect(await jobs()).toHaveLength(2 * SUBSCRIPTIONS.request_submitted.length)
})

test('several relays on several pools take each event once and number them without a gap', async () => {
  // Two guards: the relay's lock and `skip locked` on the rows. With both removed this printed "events rows are only
  // ever added" (23001): a second relay numbered the same rows. The lock's own test is the next.
  const ids: string[] = []
  await database.db.transaction(async (tx) => {
    for (let index = 0; index < 700; index += 1) ids.push(await happen(tx))
  })
  const pools = [database, testDatabase.open(2), testDatabase.open(2), testDatabase.open(2)]
  let taken = 0
  while (taken < ids.length) {
    const counts = await Promise.all(pools.map((pool) => relayEvents(deps, pool)))
    taken += counts.reduce((sum, count) => sum + count, 0)
  }
  expect(taken).toBe(ids.length)
  const numbered = (await sequences(ids)).map(([, sequence]) => Number(sequence))
  const first = numbered[0] ?? 0
  expect(numbered).toEqual(ids.map((_, index) => first + index))
  expect(await jobs()).toHaveLength(ids.length * SUBSCRIPTIONS.request_submitted.length)
})

test('while one relay has not committed, no other gives out numbers', async () => {
  // With the lock removed this printed "expected 1 to be 0": the second relay numbered and committed first, and a reader
  // who had seen its number would never have seen the first relay's.
  const other = testDatabase.open(1)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let locked = () => {}
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve
  })
  const busy = other.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('relay', 0))`)
    locked()
    await held
  })
  await isLocked
  await happen(database.db)
  expect(await relayEvents(deps, database)).toBe(0)
  release()
  await busy
  expect(await relayEvents(deps, database)).toBe(1)
})

test('a relay that is woken relays, tells whoever listens, and stops when told', async () => {
  const listener = testDatabase.open(1)
  let told = 0
  let tell = () => {}
  const news = new Promise<void>((resolve) => {
    tell = resolve
  })
  await listener.sql.listen(EVENTS_CHANNEL, () => {
    told += 1
    tell()
  })
  const relay = startRelay(deps, database, { error: () => {} })
  const id = await happen(database.db)
  for (let times = 0; times < 20; times += 1) relay.wake()
  await news
  expect(told).toBeGreaterThan(0)
  expect((await sequences([id]))[0]?.[1]).toBeTypeOf('number')
  await relay.stop()
  const afterwards = await happen(database.db)
  relay.wake()
  expect((await sequences([afterwards]))[0]?.[1]).toBeNull()
})

test('a wake-up that got lost costs half a second, not the event', async () => {
  const relay = startRelay(deps, database, { error: () => {} })
  const id = await happen(database.db)
  await expect.poll(async () => (await sequences([id]))[0]?.[1], { timeout: 5_000 }).toBeTypeOf('number')
  await relay.stop()
})

test('a drain waits for a relay that is at work elsewhere and leaves nothing', async () => {
  const other = testDatabase.open(1)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let locked = () => {}
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve
  })
  const busy = other.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('relay', 0))`)
    locked()
    await held
  })
  await isLocked
  await happen(database.db)
  const relay = startRelay(deps, database, { error: () => {} })
  const drained = relay.drain()
  expect(await database.db.$count(events, eq(events.name, 'request_submitted'))).toBeGreaterThan(0)
  release()
  await Promise.all([busy, drained])
  expect(await database.db.$count(events, sql`${events.relayedSequence} is null`)).toBe(0)
  await relay.stop()
})
