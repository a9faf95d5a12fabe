import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApiKey, createAvailability, createMember, createSessionType } from '../../../test/factories.ts'
import {
  choose,
  createClaimed,
  createLinked,
  createScene,
  type SchedulingScene,
  slotsOf,
} from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { buildApp } from '../../app.ts'
import { blackouts } from '../../db/schema/availability.ts'
import { bookings } from '../../db/schema/bookings.ts'
import { calendarConnections } from '../../db/schema/calendars.ts'
import { trainingRequests } from '../../db/schema/training-requests.ts'
import type { TestCalendar } from '../../platform/calendars/test-calendar.ts'

// A Monday, 09:00 in Chicago (UTC-6).
const NOW = '2026-11-23T15:00:00.000Z'

let world: TestWorld
let scene: SchedulingScene

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
  scene = await createScene(world)
})
beforeEach(() => world.clock.moveTo(NOW))
afterAll(() => world.close())

const MINUTE = 60_000

/** A free session of the scene's trainer that is confirmed; when it is, is for the test to say. */
const bookingOf = ({ organization, trainer, sessionType }: SchedulingScene, trainingRequestId: string) => ({
  organizationId: organization.id,
  trainingRequestId,
  trainerUserId: trainer.userId,
  sessionTypeId: sessionType.id,
  status: 'confirmed' as const,
  paymentStatus: 'not_required' as const,
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  customerTimeZone: 'UTC',
  priceMinor: 0,
  currency: 'USD',
  cancellationPolicy: { kind: 'full' as const, windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 },
  deliveryMethod: 'manual_link' as const,
  createdAt: world.clock.now(),
  updatedAt: world.clock.now(),
})

const list = (link: string, query: string) => world.call({ url: `/v1/scheduling/slots?${query}`, as: link })
const startsOf = async (link: string, query: string) =>
  (await slotsOf(world, link, query)).slots.map((slot) => slot.start)

describe('listing open times', () => {
  it('offers the trainer’s hours on the grid, with price, from the notice to the horizon', async () => {
    const { link } = await createLinked(world, scene)
    const answer = await slotsOf(world, link, 'durationMinutes=60')
    expect(answer).toMatchObject({
      timeZone: 'America/New_York',
      computedAt: NOW,
      horizonEnd: '2026-12-07T15:00:00.000Z',
      nextAvailable: '2026-11-23T17:00:00.000Z',
      notice: null,
    })
    expect(answer.slots[0]).toEqual({
      start: '2026-11-23T17:00:00.000Z',
      end: '2026-11-23T18:00:00.000Z',
      price: { amount: 9000, currency: 'USD' },
    })
    // Fourteen days from today in New York: the 23rd to the 6th. Eleven starts on the first day (11:00 to 16:00), then 15.
    expect(answer.slots.filter((slot) => slot.start.startsWith('2026-11-23'))).toHaveLength(11)
    expect(answer.slots.filter((slot) => slot.start.startsWith('2026-11-24'))).toHaveLength(15)
    expect(answer.slots).toHaveLength(11 + 9 * 15)
    expect(answer.slots.map((slot) => slot.start)).toEqual(answer.slots.map((slot) => slot.start).toSorted())
    // The horizon is fourteen times 24 hours: its very instant is offered.
    const last = await startsOf(link, 'durationMinutes=60&from=2026-12-07&to=2026-12-31')
    expect(last).toEqual(['2026-12-07T15:00:00.000Z'])
    expect((await slotsOf(world, link, 'durationMinutes=30')).slots[0]).toMatchObject({
      price: { amount: 5000, currency: 'USD' },
    })
  })

  it('reads the days in the zone that is asked for', async () => {
    const evening = await createScene(world, { hours: { startTime: '18:00', endTime: '22:00' } })
    const { link } = await createLinked(world, evening)
    // 18:00 to 22:00 on the 24th in Chicago is already the 25th in London.
    const ask = (timeZone: string, day: string) =>
      startsOf(link, `durationMinutes=60&from=${day}&to=${day}&timeZone=${encodeURIComponent(timeZone)}`)
    expect(await ask('America/Chicago', '2026-11-24')).toHaveLength(7)
    expect(await ask('Europe/London', '2026-11-25')).toEqual(await ask('America/Chicago', '2026-11-24'))
    expect((await ask('Asia/Kathmandu', '2026-11-25'))[0]).toBe('2026-11-25T00:00:00.000Z')
  })

  it('takes at most 92 days, in order, and nothing unknown', async () => {
    const { link } = await createLinked(world, scene)
    const refused = async (query: string) => {
      const answer = await list(link, query)
      expect(answer.json(), query).toMatchObject({ status: 400, code: 'invalid_query' })
      return answer.json().errors
    }
    expect((await list(link, 'durationMinutes=60&from=2026-11-23&to=2027-02-22')).statusCode).toBe(200)
    expect(await refused('durationMinutes=60&from=2026-11-23&to=2027-02-23')).toMatchObject([{ pointer: '/to' }])
    expect(await refused('durationMinutes=60&from=2026-11-24&to=2026-11-23')).toMatchObject([{ pointer: '/to' }])
    await refused('durationMinutes=60&to=2026-11-22')
    for (const query of [
      '',
      'durationMinutes=sixty',
      'durationMinutes=4',
      'durationMinutes=60&from=2026-02-30',
      'durationMinutes=60&from=tomorrow',
      'durationMinutes=60&timeZone=Mars/Olympus',
      'durationMinutes=60&timeZone=%2B05:30',
      'durationMinutes=60&page=2',
    ])
      await refused(query)
    // The ends of the calendar are days like any other.
    expect(await startsOf(link, 'durationMinutes=60&from=2999-12-31')).toEqual([])
    expect(await startsOf(link, 'durationMinutes=60&from=1000-01-01')).toEqual([])
  })

  it('knows of another organization’s sessions as far as the longest session and the widest gap reach, at both ends', async () => {
    const own = await createScene(world, {
      settings: { bookingHorizonDays: 90, minimumNoticeMinutes: 0, sessionDurationsMinutes: [480] },
      prices: { 480: 0 },
      hours: { daysOfWeek: [1, 2, 3, 4, 5, 6, 7], startTime: '00:00', endTime: '24:00' },
    })
    const elsewhere = await createScene(world, { trainer: { userId: own.trainer.userId } })
    const { link } = await createLinked(world, own)
    const FIRST = Date.parse(NOW)
    const LAST = FIRST + 90 * 24 * 60 * MINUTE
    const isOffered = async (instant: number) => {
      const start = new Date(instant).toISOString()
      return (await startsOf(link, `durationMinutes=480&from=${start.slice(0, 10)}&timeZone=UTC`)).includes(start)
    }
    expect([await isOffered(FIRST), await isOffered(LAST), await isOffered(LAST + 30 * MINUTE)]).toEqual([
      true,
      true,
      false,
    ])
    const take = async (startAt: number, gaps: { bufferBeforeMinutes: number; bufferAfterMinutes: number }) => {
      const { id } = await createClaimed(world, elsewhere)
      const taken = {
        ...bookingOf(elsewhere, id),
        ...gaps,
        id: world.deps.ids.next(),
        startAt: new Date(startAt),
        endAt: new Date(startAt + 480 * MINUTE),
      }
      await world.database.db.insert(bookings).values(taken)
      return taken.id
    }
    const giveBack = (id: string) => world.database.db.delete(bookings).where(eq(bookings.id, id))

    // Eight hours that ended almost four hours ago, with four hours to keep free after them.
    const over = await take(FIRST - (480 + 239) * MINUTE, { bufferBeforeMinutes: 0, bufferAfterMinutes: 240 })
    expect([await isOffered(FIRST), await isOffered(FIRST + 30 * MINUTE)]).toEqual([false, true])
    await giveBack(over)
    await take(FIRST - (480 + 240) * MINUTE, { bufferBeforeMinutes: 0, bufferAfterMinutes: 240 })
    expect(await isOffered(FIRST)).toBe(true)

    // One that begins almost four hours after the last time to choose has ended, with four hours to keep free before it.
    const later = await take(LAST + (480 + 239) * MINUTE, { bufferBeforeMinutes: 240, bufferAfterMinutes: 0 })
    expect([await isOffered(LAST - 30 * MINUTE), await isOffered(LAST)]).toEqual([true, false])
    await giveBack(later)
    await take(LAST + (480 + 240) * MINUTE, { bufferBeforeMinutes: 240, bufferAfterMinutes: 0 })
    expect(await isOffered(LAST)).toBe(true)
  })

  it('leaves out blackouts and what is booked, but not the customer’s own hold', async () => {
    const own = await createScene(world)
    await world.database.db.insert(blackouts).values({
      id: world.deps.ids.next(),
      userId: own.trainer.userId,
      startDate: '2026-11-25',
      endDate: '2026-11-26',
      createdAt: world.clock.now(),
    })
    const mine = await createLinked(world, own)
    const theirs = await createLinked(world, own)
    await choose(world, mine.link, '2026-11-24T16:30:00Z')
    const day = (date: string) => `durationMinutes=60&from=${date}&to=${date}`
    expect(await startsOf(mine.link, day('2026-11-24'))).toHaveLength(15)
    const left = await startsOf(theirs.link, day('2026-11-24'))
    expect(left).toHaveLength(12)
    for (const taken of ['16:00', '16:30', '17:00']) expect(left).not.toContain(`2026-11-24T${taken}:00.000Z`)
    expect(await startsOf(mine.link, day('2026-11-25'))).toEqual([])
    expect(await startsOf(mine.link, day('2026-11-26'))).toEqual([])
    expect(await startsOf(mine.link, day('2026-11-27'))).toHaveLength(15)
  })

  it('says in words why there is nothing to choose', async () => {
    const own = await createScene(world, { prices: { 30: 5000, 60: null, 90: 0 } })
    const { link } = await createLinked(world, own)
    const notice = async (query: string) => (await slotsOf(world, link, query)).notice?.code ?? null
    expect(await notice('durationMinutes=30')).toBeNull()
    expect(await notice('durationMinutes=60')).toBe('no_price')
    expect(await notice('durationMinutes=30&from=2026-11-28&to=2026-11-29')).toBe('no_open_slots')
    const weekend = await slotsOf(world, link, 'durationMinutes=30&from=2026-11-28&to=2026-11-29')
    expect(weekend.nextAvailable).toBe('2026-11-23T17:00:00.000Z')
    await world.withoutPayments(async () => {
      expect(await notice('durationMinutes=30')).toBe('payments_not_configured')
      expect(await notice('durationMinutes=90')).toBeNull()
    })
    const idle = await createLinked(world, await createScene(world, { hours: { daysOfWeek: [1], endTime: '09:10' } }))
    expect(await slotsOf(world, idle.link, 'durationMinutes=60')).toMatchObject({
      slots: [],
      nextAvailable: null,
      notice: { code: 'no_open_slots', message: expect.any(String) },
    })
  })

  it('offers nobody who is no active trainer of the organization any more', async () => {
    const own = await createScene(world)
    const { link } = await createLinked(world, own)
    expect((await slotsOf(world, link, 'durationMinutes=60')).slots.length).toBeGreaterThan(0)
    await world.database.sql`update memberships set status = 'inactive' where user_id = ${own.trainer.userId}`
    expect(await slotsOf(world, link, 'durationMinutes=60')).toMatchObject({ slots: [], nextAvailable: null })
    expect((await choose(world, link, '2026-11-24T16:30:00Z')).json()).toMatchObject({ code: 'slot_unavailable' })
  })
})

describe('the night when clocks change (product.md §7)', () => {
  async function nightStarts(now: string, date: string, slotStepMinutes: number) {
    world.clock.moveTo(now)
    const night = await createScene(world, {
      settings: { slotStepMinutes },
      hours: { daysOfWeek: [7], startTime: '00:00', endTime: '06:00' },
    })
    const { link } = await createLinked(world, night)
    return startsOf(link, `durationMinutes=60&from=${date}&to=${date}&timeZone=America/Chicago`)
  }

  it('has seven slots of an hour in Chicago when an hour comes twice, both 01:00s among them', async () => {
    expect(await nightStarts('2026-10-26T15:00:00Z', '2026-11-01', 60)).toEqual(
      [5, 6, 7, 8, 9, 10, 11].map((hour) => `2026-11-01T${String(hour).padStart(2, '0')}:00:00.000Z`),
    )
    expect(await nightStarts('2026-10-26T15:00:00Z', '2026-11-01', 30)).toHaveLength(13)
  })

  it('has five when an hour is left out, none at 02:00', async () => {
    // 00:00 and 01:00 before the change, then 03:00 to 05:00: never 02:00.
    expect(await nightStarts('2027-03-08T15:00:00Z', '2027-03-14', 60)).toEqual(
      [6, 7, 8, 9, 10].map((hour) => `2027-03-14T${String(hour).padStart(2, '0')}:00:00.000Z`),
    )
    expect(await nightStarts('2027-03-08T15:00:00Z', '2027-03-14', 30)).toHaveLength(9)
  })
})

describe('the number of statements', () => {
  it('is two for the slots of a trainer, with no booking or fifty, and three to open the page', async () => {
    const own = await createScene(world)
    await world.database.db.insert(calendarConnections).values({
      id: world.deps.ids.next(),
      userId: own.trainer.userId,
      provider: 'test',
      label: 'Test calendar',
      createdAt: world.clock.now(),
    })
    const { link } = await createLinked(world, own)
    let statements = 0
    const logger = {
      logQuery: () => {
        statements += 1
      },
    }
    const counting = await buildApp({
      ...world.deps,
      db: drizzle(world.database.sql, { casing: 'snake_case', logger }),
    })
    const count = async (url: string) => {
      statements = 0
      const answer = await counting.inject({ url, headers: { authorization: `Bearer ${link}` } })
      expect(answer.statusCode).toBe(200)
      return statements
    }
    try {
      expect(await count('/v1/scheduling/slots?durationMinutes=60')).toBe(2)
      expect(await count('/v1/scheduling')).toBe(3)
      const { id } = await createClaimed(world, own)
      const rows = Array.from({ length: 50 }, (_, index) => {
        const startAt = new Date(Date.parse('2026-11-24T00:00:00Z') + index * 3_600_000)
        return {
          ...bookingOf(own, id),
          id: world.deps.ids.next(),
          startAt,
          endAt: new Date(startAt.getTime() + 30 * MINUTE),
        }
      })
      for (const row of rows) {
        const request = await createClaimed(world, own)
        await world.database.db.insert(bookings).values({ ...row, trainingRequestId: request.id })
      }
      expect(await count('/v1/scheduling/slots?durationMinutes=60')).toBe(2)
    } finally {
      await counting.close()
    }
  })
})

describe('the preview for staff', () => {
  const preview = (own: SchedulingScene, id: string, as: string) =>
    world.call({ url: `/v1/organizations/${own.organization.slug}/requests/${id}/open-slots`, as })

  it('counts the distinct starts that the customer would get, in whichever length', async () => {
    const own = await createScene(world)
    const { id, link } = await createLinked(world, own)
    const offered = await Promise.all(
      [30, 60].map((minutes) => slotsOf(world, link, `durationMinutes=${minutes}&to=2026-12-31`)),
    )
    const count = new Set(offered.flatMap(({ slots }) => slots.map((slot) => slot.start))).size
    // A whole hour begins where half an hour can begin, so only the half-hours count: 12 on the first day, 9 × 16, and 1.
    expect(count).toBe(12 + 9 * 16 + 1)
    expect(offered.map(({ slots }) => slots.length)).toEqual([count, count - 10])
    for (const as of [own.trainer, own.admin]) {
      const answer = await preview(own, id, as.accessToken)
      expect(answer.json()).toEqual({ count, firstStart: '2026-11-23T17:00:00.000Z' })
    }
    const key = await createApiKey(world, own.organization, own.admin.userId, ['requests:read'])
    expect((await preview(own, id, key)).json()).toMatchObject({ count })
  })

  it('is of the caller while nobody has the request, and of nobody for who cannot train', async () => {
    const own = await createScene(world)
    const { id } = await createClaimed(world, own)
    await world.database.db.update(trainingRequests).set({ status: 'trainers_notified', claimedByUserId: null })
    const idle = await createMember(world, own.organization, { firstName: 'Tom' })
    expect((await preview(own, id, own.trainer.accessToken)).json().count).toBe(157)
    expect((await preview(own, id, idle.accessToken)).json()).toEqual({ count: 0, firstStart: null })
    expect((await preview(own, id, own.admin.accessToken)).json()).toEqual({ count: 0, firstStart: null })
  })

  it('is refused as the request itself is, and says nothing on ignorance', async () => {
    const own = await createScene(world)
    const { id } = await createClaimed(world, own)
    const late = await createMember(world, own.organization)
    const stranger = await createMember(world, scene.organization)
    expect((await preview(own, id, late.accessToken)).json()).toMatchObject({ code: 'request_already_claimed' })
    expect((await preview(own, id, stranger.accessToken)).json()).toMatchObject({ code: 'not_found' })
    await world.database.db.insert(calendarConnections).values({
      id: world.deps.ids.next(),
      userId: own.trainer.userId,
      provider: 'test',
      label: 'Test calendar',
      createdAt: world.clock.now(),
    })
    await (world.deps.calendars as TestCalendar).setReadable(own.trainer.userId, false)
    expect((await preview(own, id, own.trainer.accessToken)).json()).toEqual({ count: 0, firstStart: null })
  })

  it('follows the session type and the trainer’s other hours', async () => {
    const own = await createScene(world, { settings: { sessionDurationsMinutes: [60, 480] } })
    const longer = await createSessionType(world, own.organization, { prices: { 480: 20000 } })
    const { id } = await createClaimed(world, own, { sessionTypeId: longer.id })
    expect((await preview(own, id, own.trainer.accessToken)).json()).toMatchObject({
      firstStart: '2026-11-24T15:00:00.000Z',
    })
    await createAvailability(world, own.trainer.userId, { daysOfWeek: [1], startTime: '17:00', endTime: '20:00' })
    expect((await preview(own, id, own.trainer.accessToken)).json()).toMatchObject({
      firstStart: '2026-11-23T17:00:00.000Z',
    })
  })
})
