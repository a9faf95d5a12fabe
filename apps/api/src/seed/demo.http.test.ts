import { sql } from 'drizzle-orm'
import { afterEach, expect, test, vi } from 'vitest'
import { createTestWorld, type TestWorld } from '../../test/test-world.ts'
import type { SystemClock } from '../platform/system-clock.ts'
import { seedDemo } from './demo.ts'

const NOW = '2026-11-22T10:00:00Z'
let world: TestWorld

// Ten requests through dozens of use cases, twice: more than most tests do.
vi.setConfig({ testTimeout: 120_000 })

afterEach(() => world.close())

/** The world's clock with the one movement that the seed makes. */
function movable(): SystemClock {
  const moveTo = (instant: Date | null) => world.clock.moveTo(instant ?? NOW)
  const clock = { now: () => world.clock.now(), unmoved: () => new Date(NOW), moveTo, movedBy: 0 }
  return { ...clock, measure: async () => {}, stop: () => {} }
}

function seed() {
  const { deps, database, testCheckout } = world
  return seedDemo({ deps, database, clock: movable(), testCheckout })
}

async function told(): Promise<Record<string, string>> {
  const rows = await world.database.db.execute<{ name: string; state: string }>(sql`
    select r.customer_name as name, r.status || coalesce(' ' || b.status || ' ' || b.payment_status, '') || coalesce(' rated ' || f.rating, '') as state
    from training_requests r
    left join bookings b on b.training_request_id = r.id and b.status <> 'canceled'
    left join feedback f on f.booking_id = b.id
    order by r.customer_name`)
  return Object.fromEntries(rows.map((row) => [row.name, row.state]))
}

const STORIES = {
  'Amir Haddad': 'trainers_notified',
  'Ben Carter': 'trainers_notified',
  'Diego Ramos': 'pending_payment pending_payment paid',
  'Grace Kim': 'customer_scheduling',
  'Hannah Novak': 'confirmed confirmed paid',
  'Lena Fischer': 'trainers_notified',
  'Marcus Lee': 'confirmed confirmed paid',
  'Oliver Grant': 'claimed',
  'Priya Shah': 'completed completed paid rated 5',
  'Sofia Rossi': 'trainers_notified',
}

test('the demo holds a request in every state of the guide, and is told once', async () => {
  world = await createTestWorld({ now: NOW })
  expect(await seed()).toBe(true)
  expect(await told()).toEqual(STORIES)
  const [ended] = await world.database.db.execute<{ at: string }>(
    sql`select b.end_at::text as at from bookings b join training_requests r on r.id = b.training_request_id where r.customer_name = 'Marcus Lee'`,
  )
  expect(new Date(ended?.at ?? '').toISOString()).toBe('2026-11-22T09:00:00.000Z')
  expect(await seed()).toBe(false)
  expect(await told()).toEqual(STORIES)
})

test('a telling that was cut off goes on where it stopped', async () => {
  world = await createTestWorld({ now: NOW })
  world.testCheckout.simulateOutage(true)
  await expect(seed()).rejects.toThrow()
  expect(Object.keys(await told()).length).toBeGreaterThan(0)
  world.testCheckout.simulateOutage(false)
  expect(await seed()).toBe(true)
  expect(await told()).toEqual(STORIES)
})
