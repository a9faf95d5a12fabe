import { and, eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClaimed, createLinked, createScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { events } from '../../db/schema/events.ts'
import { attentionCauses, trainingRequests } from '../../db/schema/training-requests.ts'
import { releaseAtLinkDeadline } from '../scheduling/release-at-link-deadline.ts'
import { flagStuckRequests } from './flag-stuck-requests.ts'
import { remindSilentCustomers } from './remind-silent-customers.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** As many as one turn takes. */
const TURN = 100

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
beforeEach(() => world.clock.moveTo(NOW))
afterAll(() => world.close())

const later = (milliseconds: number) => new Date(Date.parse(NOW) + milliseconds)
const many = <Row>(count: number, make: () => Promise<Row>) => Promise.all(Array.from({ length: count }, make))

describe('the search for passed link deadlines', () => {
  it('finds the one that is due behind a hundred older ones that are not', async () => {
    const patient = await createScene(world, { settings: { releaseAtLinkDeadline: true, linkDeadlineHours: 72 } })
    await many(TURN, () => createClaimed(world, patient))
    const endless = await createScene(world, { settings: { releaseAtLinkDeadline: true, linkDeadlineHours: null } })
    await createClaimed(world, endless)
    world.clock.moveTo(later(HOUR))
    // One that never named its deadline has the default: a day.
    const strict = await createScene(world, { settings: { releaseAtLinkDeadline: true } })
    const due = await createClaimed(world, strict)
    const lenient = await createScene(world)
    await createClaimed(world, lenient)
    world.clock.moveTo(later(25 * HOUR - 1))
    expect(await releaseAtLinkDeadline(world.deps)).toBe(0)
    world.clock.moveTo(later(25 * HOUR))
    expect(await releaseAtLinkDeadline(world.deps)).toBe(1)
    const [row] = await world.database.db.select().from(trainingRequests).where(eq(trainingRequests.id, due.id))
    expect(row).toMatchObject({ status: 'trainers_notified', claimedByUserId: null })
    expect(await releaseAtLinkDeadline(world.deps)).toBe(0)
  })
})

describe('the search for stuck requests', () => {
  it('takes the longest overdue first, and all of them in the end', async () => {
    const scene = await createScene(world, { settings: { linkDeadlineHours: 1 } })
    world.clock.moveTo(later(HOUR))
    const young = await many(TURN + 1, () => createClaimed(world, scene))
    world.clock.moveTo(NOW)
    const old = await many(2, () => createClaimed(world, scene))
    world.clock.moveTo(later(3 * HOUR))
    const flagged = async (of: readonly { id: string }[]) =>
      world.database.db.$count(
        attentionCauses,
        and(
          eq(attentionCauses.reason, 'link_not_sent'),
          inArray(
            attentionCauses.trainingRequestId,
            of.map(({ id }) => id),
          ),
        ),
      )
    await flagStuckRequests(world.deps)
    expect(await flagged(old)).toBe(2)
    await flagStuckRequests(world.deps)
    expect(await flagged(young)).toBe(TURN + 1)
    expect(await flagStuckRequests(world.deps)).toBe(0)
  })
})

describe('the search for silent customers', () => {
  const reminders = (id: string) =>
    world.database.db.$count(events, and(eq(events.trainingRequestId, id), eq(events.name, 'customer_reminded')))

  it('goes by each organization’s own days, the default ones, or none', async () => {
    const usual = await createLinked(world, await createScene(world))
    const own = await createLinked(world, await createScene(world, { settings: { customerReminderDays: [1, 3] } }))
    const none = await createLinked(world, await createScene(world, { settings: { customerReminderDays: [] } }))
    const counts = async () => [await reminders(usual.id), await reminders(own.id), await reminders(none.id)]
    for (const [elapsed, wanted] of [
      [DAY - 1, [0, 0, 0]],
      [DAY, [0, 1, 0]],
      [2 * DAY - 1, [0, 1, 0]],
      [2 * DAY, [1, 1, 0]],
      [3 * DAY, [1, 2, 0]],
      [5 * DAY, [2, 2, 0]],
    ] as const) {
      world.clock.moveTo(later(elapsed))
      await remindSilentCustomers(world.deps)
      await remindSilentCustomers(world.deps)
      expect([elapsed, await counts()]).toEqual([elapsed, wanted])
    }
  })
})
