import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { choose, createLinked, createScene } from '../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../test/test-world.ts'
import { buildApp } from '../app.ts'
import type { Config } from '../config.ts'

// A Monday, 09:00 in Chicago.
const NOW = '2026-11-23T15:00:00.000Z'
const SLOT = '2026-11-24T16:30:00.000Z'
const TOKEN = 'the-token-of-the-collector'

let world: TestWorld
beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
afterAll(() => world.close())

/** What an app with that configuration answers to a collector. */
async function collect(config: Partial<Config>, authorization?: string, asked: string[] = []) {
  const app = await buildApp({ ...world.deps, config: { ...world.deps.config, ...config } })
  for (const url of asked) await app.inject({ url })
  const answer = await app.inject({ url: '/metrics', headers: authorization === undefined ? {} : { authorization } })
  await app.close()
  return answer
}

test('outside production anybody may look, as Prometheus reads it', async () => {
  const answer = await collect({})
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=/)
  for (const name of ['process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds', 'nodejs_heap_size_used_bytes'])
    expect(answer.body).toContain(name)
  expect(answer.body).toContain('ordinatus_database_up 1')
  expect(answer.body).toContain(`ordinatus_database_pool_size ${world.deps.config.databasePoolSize}`)
  expect(answer.body).toMatch(/ordinatus_database_connections\{state="\w+"\} [1-9]/)
})

test.each([
  ['production without a token', { environment: 'production' }, undefined, 404],
  ['production without a token, asked with one', { environment: 'production' }, `Bearer ${TOKEN}`, 404],
  ['nothing sent', { environment: 'production', metricsToken: TOKEN }, undefined, 401],
  ['another token', { environment: 'production', metricsToken: TOKEN }, `Bearer ${TOKEN}!`, 401],
  ['half of it', { environment: 'production', metricsToken: TOKEN }, 'Bearer the-token', 401],
  ['the token under another scheme', { environment: 'production', metricsToken: TOKEN }, `Basic ${TOKEN}`, 401],
  ['the token', { environment: 'production', metricsToken: TOKEN }, `Bearer ${TOKEN}`, 200],
  ['a token outside production, nothing sent', { metricsToken: TOKEN }, undefined, 401],
] as const)('who may look: %s', async (_what, config, authorization, status) => {
  const answer = await collect(config, authorization)
  expect(answer.statusCode).toBe(status)
  if (status !== 200) {
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.body).not.toContain('ordinatus_')
  }
})

test('answers are counted by route pattern; what somebody asked for stands nowhere', async () => {
  const secret = 'aSecretOfSomebodysLink0123456789'
  const asked = ['/healthz', '/v1/organizations/acme-of-someone/requests', `/book/${secret}`, `/v1/${secret}`]
  const { body } = await collect({}, undefined, [...asked, `/manage/${secret}?email=casey@example.com`])
  expect(body).toContain('http_request_duration_seconds_count{method="GET",route="/healthz",status="200"} 1')
  expect(body).toContain('{method="GET",route="/v1/organizations/:org/requests",status="401"} 1')
  expect(body).toMatch(/_count\{method="GET",route="\(none\)",status="\d+"\} \d/)
  for (const word of [secret, 'acme-of-someone', 'casey']) expect(body).not.toContain(word)
})

test('holds, jobs, events and unsettled payments are counted', async () => {
  const scene = await createScene(world)
  const { link } = await createLinked(world, scene)
  await world.settle()
  expect((await choose(world, link, SLOT)).statusCode).toBe(201)
  const { body } = await collect({})
  expect(body).toContain('ordinatus_holds 1\n')
  expect(body).toMatch(/ordinatus_events_unrelayed [1-9]/)
  expect(body).toContain('ordinatus_jobs{state="failed"} 0')
  expect(body).toContain('ordinatus_unsettled_payments 0\n')
  await world.settle()
  await world.database.db.execute(
    sql`select graphile_worker.add_job('a-task-that-gave-up', max_attempts => 1, run_at => now() + interval '1 hour')`,
  )
  await world.database.db.execute(sql`update graphile_worker._private_jobs set attempts = max_attempts`)
  world.clock.moveTo('2026-11-23T17:00:00.000Z')
  const later = (await collect({})).body
  expect(later).toContain('ordinatus_holds 0\n')
  expect(later).toContain('ordinatus_events_unrelayed 0\n')
  expect(later).toContain('ordinatus_jobs{state="failed"} 1')
})

test('the database is asked once in five seconds, however many look, and its numbers are missing while it is away', async () => {
  let asked = 0
  let isAway = false
  const db = new Proxy(world.deps.db, {
    get(target, name, receiver) {
      if (name !== 'execute') return Reflect.get(target, name, receiver)
      return (query: Parameters<typeof target.execute>[0]) => {
        asked += 1
        return isAway ? Promise.reject(new Error('away')) : target.execute(query)
      }
    },
  })
  const app = await buildApp({ ...world.deps, db })
  const look = async () => (await app.inject({ url: '/metrics' })).body
  world.clock.stopUnmovedAt(new Date('2026-11-23T15:00:00.000Z'))
  await Promise.all(Array.from({ length: 5 }, look))
  const once = asked
  world.clock.stopUnmovedAt(new Date('2026-11-23T15:00:04.999Z'))
  expect(await look()).toContain('ordinatus_database_up 1')
  expect(asked).toBe(once)
  isAway = true
  world.clock.stopUnmovedAt(new Date('2026-11-23T15:00:05.000Z'))
  const away = await look()
  world.clock.stopUnmovedAt(null)
  await app.close()
  expect(asked).toBeGreaterThan(once)
  expect(away).toContain('ordinatus_database_up 0')
  expect(away).not.toMatch(/^ordinatus_(holds|jobs|events_unrelayed|unsettled_payments|database_connections)[ {]/m)
})
