import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { everythingOf } from '../../../test/booking-scene.ts'
import { createMember, type TestMember } from '../../../test/factories.ts'
import { command, connectCalendar, createConfirmed } from '../../../test/notification-scene.ts'
import { choose, createLinked, createScene, type SchedulingScene, slotsOf } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { calendarConnections } from '../../db/schema/calendars.ts'
import { attentionCauses } from '../../db/schema/training-requests.ts'
import type { Calendars } from '../../platform/calendars/calendars.ts'
import { createTestCalendar, type TestCalendar } from '../../platform/calendars/test-calendar.ts'
import { settleEvents } from '../../worker.ts'

const NOW = '2026-11-23T15:00:00.000Z'
const START = '2026-11-24T16:00:00.000Z'
const MINUTE = 60_000

let world: TestWorld
let calendar: TestCalendar

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
  calendar = await createTestCalendar({ sql: world.testDatabase.open(2).sql })
})
beforeEach(() => {
  world.clock.moveTo(NOW)
  world.mailer.sent.length = 0
  world.deps.calendars = calendar
})
afterAll(() => world.close())

const later = (minutes: number) => new Date(Date.parse(NOW) + minutes * MINUTE)
const path = (scene: SchedulingScene, rest: string) => `/v1/organizations/${scene.organization.slug}${rest}`
const attentionOf = async (scene: SchedulingScene, id: string) =>
  (await world.call({ url: path(scene, `/requests/${id}`), as: scene.admin.accessToken })).json().attention
const unreadableSince = async (id: string) => {
  const [row] = await world.database.db
    .select({ since: attentionCauses.since })
    .from(attentionCauses)
    .where(and(eq(attentionCauses.trainingRequestId, id), eq(attentionCauses.reason, 'calendar_unreadable')))
  return row?.since ?? null
}
const alarmsTo = ({ email }: TestMember) =>
  world.mailer.to(email).filter((mail) => mail.text.includes('The trainer’s calendar cannot be read'))

async function connectedScene(): Promise<SchedulingScene> {
  const scene = await createScene(world)
  await connectCalendar(world, scene.trainer.userId)
  return scene
}

describe('a calendar that cannot be read', () => {
  it('flags every request of its trainer and tells them and the admins once, though reading times changes nothing', async () => {
    const scene = await connectedScene()
    const other = await createMember(world, scene.organization, { firstName: 'Tom' })
    const linked = await createLinked(world, scene)
    const another = await createLinked(world, scene)
    await world.settle()
    await calendar.setReadable(scene.trainer.userId, false)
    const before = await everythingOf(world, linked.id)
    const offered = await slotsOf(world, linked.link, 'durationMinutes=60')
    expect(offered.notice?.code).toBe('calendar_unreadable')
    expect(await everythingOf(world, linked.id)).toEqual(before)
    // It was read when the first request was there, and the vendor is not asked again for five minutes.
    world.clock.moveTo(new Date(later(5).getTime() - 1))
    await world.settle()
    expect(await attentionOf(scene, linked.id)).toBeNull()
    world.clock.moveTo(later(5))
    await world.settle()
    for (const { id } of [linked, another])
      expect(await attentionOf(scene, id)).toEqual({ reason: 'calendar_unreadable', since: later(5).toISOString() })
    for (const told of [scene.trainer, scene.admin]) expect(alarmsTo(told)).toHaveLength(1)
    expect(alarmsTo(other)).toEqual([])

    // A request that becomes theirs meanwhile is flagged too; nobody is mailed again.
    const third = await createLinked(world, scene)
    await world.settle()
    expect(await attentionOf(scene, third.id)).toMatchObject({ reason: 'calendar_unreadable' })
    expect(alarmsTo(scene.admin)).toHaveLength(1)

    await calendar.setReadable(scene.trainer.userId, true)
    world.clock.moveTo(later(10))
    await world.settle()
    for (const { id } of [linked, another, third]) expect(await attentionOf(scene, id)).toBeNull()
    expect((await slotsOf(world, linked.link, 'durationMinutes=60')).slots.length).toBeGreaterThan(0)

    // A new outage is news.
    await calendar.setReadable(scene.trainer.userId, false)
    world.clock.moveTo(later(15))
    await world.settle()
    expect(await attentionOf(scene, linked.id)).toMatchObject({ since: later(15).toISOString() })
    for (const told of [scene.trainer, scene.admin]) expect(alarmsTo(told)).toHaveLength(2)
  })

  it('is told at once where a customer chooses a time', async () => {
    const scene = await connectedScene()
    const { id, link } = await createLinked(world, scene)
    await calendar.setReadable(scene.trainer.userId, false)
    expect((await choose(world, link, START)).json()).toMatchObject({ code: 'calendar_unavailable' })
    expect(await attentionOf(scene, id)).toEqual({ reason: 'calendar_unreadable', since: NOW })
    await choose(world, link, START)
    await settleEvents(world.deps, world.database)
    for (const told of [scene.trainer, scene.admin]) expect(alarmsTo(told)).toHaveLength(1)
    await calendar.setReadable(scene.trainer.userId, true)
    expect((await choose(world, link, START)).statusCode).toBe(201)
  })

  it('is told at once where a session is confirmed, which it does not keep from being', async () => {
    const scene = await connectedScene()
    const { id, bookingId } = await createConfirmed(world, scene, START)
    await calendar.setReadable(scene.trainer.userId, false)
    // The jobs of the confirmation, then those of what they found.
    await settleEvents(world.deps, world.database)
    expect(await unreadableSince(id)).toEqual(new Date(NOW))
    await settleEvents(world.deps, world.database)
    for (const told of [scene.trainer, scene.admin]) expect(alarmsTo(told)).toHaveLength(1)
    await calendar.setReadable(scene.trainer.userId, true)
    world.clock.moveTo(later(5))
    await world.settle()
    await world.settle()
    expect(await attentionOf(scene, id)).toBeNull()
    expect(await calendar.events({ bookingId })).toHaveLength(1)
  })

  it('once looked after stays so until it fails anew, or the request goes to another such trainer', async () => {
    const scene = await connectedScene()
    const { id } = await createLinked(world, scene)
    await calendar.setReadable(scene.trainer.userId, false)
    await world.settle()
    expect(await attentionOf(scene, id)).toMatchObject({ reason: 'calendar_unreadable' })
    await command(world, scene.admin, path(scene, `/requests/${id}/resolve-attention`))
    world.clock.moveTo(later(30))
    await world.settle()
    expect(await attentionOf(scene, id)).toBeNull()
    await command(world, scene.trainer, path(scene, `/requests/${id}/release`))
    await world.settle()
    expect(await unreadableSince(id)).toBeNull()
    await command(world, scene.trainer, path(scene, `/requests/${id}/claim`))
    await settleEvents(world.deps, world.database)
    expect(await attentionOf(scene, id)).toEqual({ reason: 'calendar_unreadable', since: later(30).toISOString() })
  })

  it('that is disconnected is in nobody’s way any more', async () => {
    const scene = await connectedScene()
    const { id } = await createLinked(world, scene)
    await calendar.setReadable(scene.trainer.userId, false)
    await world.settle()
    expect(await unreadableSince(id)).not.toBeNull()
    await world.database.db
      .update(calendarConnections)
      .set({ disconnectedAt: world.clock.now() })
      .where(eq(calendarConnections.userId, scene.trainer.userId))
    await world.settle()
    expect(await unreadableSince(id)).toBeNull()
  })

  it('of a trainer who holds nothing is asked about by nobody', async () => {
    const scene = await connectedScene()
    const asked: string[] = []
    world.deps.calendars = {
      ...calendar,
      busyIntervals: async (input) => {
        asked.push(input.connection.userId)
        return calendar.busyIntervals(input)
      },
    }
    await world.settle()
    expect(asked).not.toContain(scene.trainer.userId)
    const { id } = await createLinked(world, scene)
    await world.settle()
    await world.settle()
    expect(asked.filter((userId) => userId === scene.trainer.userId)).toHaveLength(1)
    await command(world, scene.admin, path(scene, `/requests/${id}/cancel`))
    world.clock.moveTo(later(60))
    await world.settle()
    expect(asked.filter((userId) => userId === scene.trainer.userId)).toHaveLength(1)
  })
})

describe('of two calendars', () => {
  /** What the trainer has at Google, beside the built-in test calendar. */
  function atGoogle(busyIntervals: Calendars['busyIntervals']): Calendars {
    return {
      ...calendar,
      busyIntervals: (input) =>
        input.connection.provider === 'google' ? busyIntervals(input) : calendar.busyIntervals(input),
    }
  }
  async function sceneWithTwo(): Promise<SchedulingScene> {
    const scene = await connectedScene()
    await world.database.db.insert(calendarConnections).values({
      id: world.deps.ids.next(),
      userId: scene.trainer.userId,
      provider: 'google',
      label: 'Google',
      createdAt: later(1),
    })
    return scene
  }

  it('the one that no session is written into can hold the conflict', async () => {
    const scene = await sceneWithTwo()
    const { id, bookingId } = await createConfirmed(world, scene, START)
    world.deps.calendars = atGoogle(async () => ({
      state: 'read',
      intervals: [{ startAt: new Date(START), endAt: new Date(Date.parse(START) + MINUTE), kind: 'busy' }],
    }))
    await settleEvents(world.deps, world.database)
    expect(await attentionOf(scene, id)).toEqual({ reason: 'calendar_conflict', since: NOW })
    expect(await calendar.events({ bookingId })).toHaveLength(1)
  })

  it('the one that cannot be read is flagged, and the session is written into the other', async () => {
    const scene = await sceneWithTwo()
    const { id, bookingId } = await createConfirmed(world, scene, START)
    world.deps.calendars = atGoogle(async () => ({ state: 'unreadable', reason: 'The grant was withdrawn.' }))
    await settleEvents(world.deps, world.database)
    expect(await attentionOf(scene, id)).toEqual({ reason: 'calendar_unreadable', since: NOW })
    expect(await calendar.events({ bookingId })).toHaveLength(1)
  })
})
