import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { holdBooking, payAndConfirm } from '../../../test/booking-scene.ts'
import { createAvailability, createMember, createOrganization, createSessionType } from '../../../test/factories.ts'
import { connectCalendar } from '../../../test/notification-scene.ts'
import {
  createLinked,
  createScene,
  type SceneOptions,
  type SchedulingScene,
  slotsOf,
} from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { createTestCalendar, type TestCalendar } from '../../platform/calendars/test-calendar.ts'
import type { SlotExplanation, Slots } from './schemas.ts'

// A Monday, 09:00 in Chicago, where the trainer works from nine to five.
const NOW = '2026-11-23T15:00:00.000Z'
/** Tuesday, 10:00. */
const OPEN = '2026-11-24T16:00:00.000Z'

let world: TestWorld
let calendar: TestCalendar

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
  calendar = await createTestCalendar({ sql: world.testDatabase.open(2).sql })
})
beforeEach(() => world.clock.moveTo(NOW))
afterAll(() => world.close())

interface Asked {
  as?: string
  durationMinutes?: number
  trainerId?: string
  sessionTypeId?: string
  organization?: string
}
function queryOf(scene: SchedulingScene, { as: _, ...asked }: Asked, more: Record<string, string> = {}): string {
  const all = { organization: scene.organization.slug, durationMinutes: 60, ...asked, ...more }
  return new URLSearchParams(
    Object.entries(all).map(([name, value]): [string, string] => [name, `${value}`]),
  ).toString()
}
const ask = (scene: SchedulingScene, start: string, asked: Asked = {}) =>
  world.call({
    url: `/v1/me/availability/explain?${queryOf(scene, asked, { start })}`,
    as: asked.as ?? scene.trainer.accessToken,
  })
async function explain(scene: SchedulingScene, start: string, asked: Asked = {}): Promise<SlotExplanation> {
  const answer = await ask(scene, start, asked)
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json()
}
const preview = (scene: SchedulingScene, asked: Asked = {}, more: Record<string, string> = {}) =>
  world.call({
    url: `/v1/me/availability/preview?${queryOf(scene, asked, more)}`,
    as: asked.as ?? scene.trainer.accessToken,
  })
const blackout = (scene: SchedulingScene, body: object) =>
  world.call({ method: 'POST', url: '/v1/me/availability/blackouts', as: scene.trainer.accessToken, body })
async function confirmed(scene: SchedulingScene, start: string) {
  const held = await holdBooking(world, scene, start)
  await payAndConfirm(world, scene, held)
  return held
}

describe('why a time is not offered', () => {
  it('has no answer for one that is', async () => {
    const scene = await createScene(world)
    expect(await explain(scene, OPEN)).toEqual({ offered: true, obstacles: [] })
  })

  const cases: [string, string, Asked, SceneOptions, { kind: string; label: string }][] = [
    [
      'a Saturday',
      '2026-11-28T16:00:00Z',
      {},
      {},
      { kind: 'outside_hours', label: 'This time is outside your weekly hours.' },
    ],
    [
      'ten past',
      '2026-11-24T16:10:00Z',
      {},
      {},
      {
        kind: 'off_grid',
        label:
          'Sessions start every 30 minutes: here at Tue, Nov 24, 2026, 10:00 AM CST and Tue, Nov 24, 2026, 10:30 AM CST.',
      },
    ],
    [
      'half past four',
      '2026-11-24T22:30:00Z',
      {},
      {},
      {
        kind: 'runs_past_window',
        label: 'The session would run past the end of your weekly hours: Tue, Nov 24, 2026, 5:00 PM CST.',
      },
    ],
    [
      'in an hour',
      '2026-11-23T16:00:00Z',
      {},
      {},
      {
        kind: 'notice',
        label: 'Too soon: with the organization’s notice, the earliest start now is Mon, Nov 23, 2026, 11:00 AM CST.',
      },
    ],
    [
      'in three weeks',
      '2026-12-15T16:00:00Z',
      {},
      {},
      {
        kind: 'horizon',
        label: 'Too far ahead: the latest start that can be booked now is Mon, Dec 7, 2026, 9:00 AM CST.',
      },
    ],
    [
      'a length that the window does not take',
      OPEN,
      {},
      { hours: { durationsMinutes: [15, 30] } },
      {
        kind: 'length_not_in_rule',
        label: 'In your weekly hours, this window takes only sessions of 15 or 30 minutes.',
      },
    ],
    [
      'a length that the organization does not allow',
      OPEN,
      {},
      { settings: { sessionDurationsMinutes: [30] } },
      { kind: 'length_not_offered', label: 'The organization does not allow sessions of 60 minutes.' },
    ],
    [
      'half an hour ahead, to be paid for',
      '2026-11-23T15:30:00Z',
      {},
      { settings: { minimumNoticeMinutes: 0 } },
      {
        kind: 'payment_lead',
        label:
          'To be paid for in time, a session has to start 40 minutes from now at the earliest: Mon, Nov 23, 2026, 9:40 AM CST.',
      },
    ],
  ]
  it.each(cases)('says it in words, with times in my zone: %s', async (_name, start, asked, options, expected) => {
    const scene = await createScene(world, options)
    expect(await explain(scene, start, asked)).toMatchObject({ offered: false, obstacles: [expected] })
  })

  it('names rule, blackout, session and calendar event by id and interval', async () => {
    const scene = await createScene(world)
    const { id } = (await blackout(scene, { startDate: '2026-11-25', endDate: '2026-11-25' })).json()
    expect(await explain(scene, '2026-11-25T16:00:00Z')).toEqual({
      offered: false,
      obstacles: [
        {
          kind: 'blackout',
          id,
          label: 'Time off: Wed, Nov 25, 2026 · 12:00 AM–Thu, Nov 26, 2026 12:00 AM CST (America/Chicago).',
          start: '2026-11-25T06:00:00.000Z',
          end: '2026-11-26T06:00:00.000Z',
        },
      ],
    })
    const { bookingId } = await confirmed(scene, OPEN)
    expect((await explain(scene, '2026-11-24T16:30:00Z')).obstacles).toMatchObject([
      { kind: 'booking', id: bookingId, start: OPEN, end: '2026-11-24T17:00:00.000Z' },
    ])
    await connectCalendar(world, scene.trainer.userId)
    await calendar.addBusy({
      userId: scene.trainer.userId,
      startAt: new Date('2026-11-26T16:00:00Z'),
      endAt: new Date('2026-11-26T17:00:00Z'),
      title: 'Dentist',
    })
    const busy = await explain(scene, '2026-11-26T16:00:00Z')
    expect(busy.obstacles).toMatchObject([{ kind: 'busy', start: '2026-11-26T16:00:00.000Z' }])
    expect(JSON.stringify(busy)).not.toContain('Dentist')
    await calendar.setReadable(scene.trainer.userId, false)
    expect((await explain(scene, '2026-11-27T16:00:00Z')).obstacles).toMatchObject([{ kind: 'calendar_unreadable' }])
  })

  it('says that a buffer keeps the distance, and what a missing price or payment provider does', async () => {
    const scene = await createScene(world, { settings: { bufferAfterMinutes: 15 }, prices: { 30: 5000, 60: null } })
    await blackout(scene, { startDate: '2026-11-25', endDate: '2026-11-25', startTime: '12:00', endTime: '13:00' })
    expect(
      (await explain(scene, '2026-11-25T17:30:00Z', { durationMinutes: 30 })).obstacles.map(({ label }) => label),
    ).toEqual(['Too close to time off: Wed, Nov 25, 2026 · 12:00–1:00 PM CST (America/Chicago).'])
    expect((await explain(scene, OPEN)).obstacles).toMatchObject([{ kind: 'no_price' }])
    await world.withoutPayments(async () => {
      expect((await explain(scene, OPEN, { durationMinutes: 30 })).obstacles).toMatchObject([
        { kind: 'payments_not_configured' },
      ])
    })
  })

  it('judges by the session type that is named, else by one that sells the length', async () => {
    const scene = await createScene(world, { prices: { 30: 5000 } })
    const longer = await createSessionType(world, scene.organization, { name: 'Long help', prices: { 90: 12000 } })
    expect((await explain(scene, OPEN, { durationMinutes: 90 })).offered).toBe(true)
    expect(
      (await explain(scene, OPEN, { durationMinutes: 90, sessionTypeId: scene.sessionType.id })).obstacles,
    ).toMatchObject([{ kind: 'length_not_offered' }, { kind: 'no_price' }])
    expect((await explain(scene, OPEN, { durationMinutes: 30, sessionTypeId: longer.id })).obstacles[0]?.label).toBe(
      '“Long help” is not sold in 30 minutes.',
    )
    const foreign = await createSessionType(world, (await createScene(world)).organization)
    expect((await ask(scene, OPEN, { sessionTypeId: foreign.id })).json()).toMatchObject({ code: 'not_found' })
  })

  it('has dates of a rule that is not in force yet, or no more', async () => {
    const scene = await createScene(world)
    const { data } = (await world.call({ url: '/v1/me/availability/rules', as: scene.trainer.accessToken })).json()
    const change = (body: object) =>
      world.call({
        method: 'PATCH',
        url: `/v1/me/availability/rules/${data[0].id}`,
        as: scene.trainer.accessToken,
        body,
      })
    await change({ firstDate: '2026-12-01' })
    expect((await explain(scene, OPEN)).obstacles).toMatchObject([
      {
        kind: 'rule_not_in_force',
        id: data[0].id,
        label: 'The weekly hours that would hold this time have their first day on Dec 1, 2026.',
      },
    ])
    await change({ firstDate: null, lastDate: '2026-11-23' })
    expect((await explain(scene, OPEN)).obstacles[0]?.label).toBe(
      'The weekly hours that would hold this time had their last day on Nov 23, 2026.',
    )
  })

  it('agrees with what is offered, minute by minute', async () => {
    const scene = await createScene(world)
    await confirmed(scene, OPEN)
    const { link } = await createLinked(world, scene)
    const { slots } = await slotsOf(world, link, 'durationMinutes=60&from=2026-11-24&to=2026-11-24')
    const offered = new Set(slots.map(({ start }) => start))
    for (let at = Date.parse('2026-11-24T14:30:00Z'); at <= Date.parse('2026-11-24T23:30:00Z'); at += 5 * 60_000) {
      const start = new Date(at).toISOString()
      const explanation = await explain(scene, start)
      expect(explanation.offered, start).toBe(offered.has(start))
      expect(explanation.obstacles.length > 0, start).toBe(!explanation.offered)
    }
  })
})

describe('an admin who asks about a trainer', () => {
  it('sees sessions of the organization, and of the rest only that it is busy', async () => {
    const scene = await createScene(world)
    const elsewhere = await createScene(world, { trainer: { userId: scene.trainer.userId } })
    const here = await confirmed(scene, OPEN)
    await confirmed(elsewhere, '2026-11-24T18:00:00.000Z')
    await blackout(scene, { startDate: '2026-11-25', endDate: '2026-11-25', reason: 'Secret clinic' })
    await connectCalendar(world, scene.trainer.userId)
    await calendar.addBusy({
      userId: scene.trainer.userId,
      startAt: new Date('2026-11-26T16:00:00Z'),
      endAt: new Date('2026-11-26T17:00:00Z'),
    })
    const asked = { as: scene.admin.accessToken, trainerId: scene.trainer.userId }
    expect((await explain(scene, OPEN, asked)).obstacles).toMatchObject([{ kind: 'booking', id: here.bookingId }])
    for (const [start, from, to] of [
      ['2026-11-24T18:00:00.000Z', '2026-11-24T18:00:00.000Z', '2026-11-24T19:00:00.000Z'],
      ['2026-11-25T16:00:00.000Z', '2026-11-25T06:00:00.000Z', '2026-11-26T06:00:00.000Z'],
      ['2026-11-26T16:00:00.000Z', '2026-11-26T16:00:00.000Z', '2026-11-26T17:00:00.000Z'],
    ] as const) {
      const { obstacles } = await explain(scene, start, asked)
      expect(obstacles).toEqual([{ kind: 'busy_elsewhere', label: expect.any(String), start: from, end: to }])
      expect(obstacles[0]?.label).toMatch(/^Busy elsewhere: /)
    }
    // The admin of the other organization sees it the other way round.
    const there = { as: elsewhere.admin.accessToken, trainerId: scene.trainer.userId }
    expect((await explain(elsewhere, OPEN, there)).obstacles).toMatchObject([{ kind: 'busy_elsewhere' }])
    // Its trainer sees both, and the time off as such.
    expect((await explain(elsewhere, OPEN)).obstacles).toMatchObject([{ kind: 'booking', id: here.bookingId }])
  })

  it('reads times in their own zone', async () => {
    const scene = await createScene(world)
    const berlin = await createMember(world, scene.organization, { role: 'org_admin', timeZone: 'Europe/Berlin' })
    const { obstacles } = await explain(scene, '2026-11-24T16:10:00Z', {
      as: berlin.accessToken,
      trainerId: scene.trainer.userId,
    })
    expect(obstacles[0]?.label).toContain('5:00 PM GMT+1')
  })
})

describe('who may see a schedule', () => {
  it('is its trainer and the admins of the organization; nobody else', async () => {
    const scene = await createScene(world)
    const stranger = await createScene(world)
    const colleague = await createMember(world, scene.organization)
    const idle = await createMember(world, scene.organization, { role: 'org_admin' })
    const trainerId = scene.trainer.userId
    const refusals: [Asked, string][] = [
      [{ as: stranger.trainer.accessToken }, 'not_found'],
      [{ as: stranger.admin.accessToken, trainerId }, 'not_found'],
      [{ organization: stranger.organization.slug }, 'not_found'],
      [{ organization: 'nobody' }, 'not_found'],
      [{ as: colleague.accessToken, trainerId }, 'org_admin_required'],
      [{ as: idle.accessToken }, 'trainer_role_required'],
      [{ as: scene.admin.accessToken, trainerId: idle.userId }, 'not_found'],
      [{ as: scene.admin.accessToken, trainerId: stranger.trainer.userId }, 'not_found'],
    ]
    for (const [asked, code] of refusals) {
      expect((await ask(scene, OPEN, asked)).json(), JSON.stringify(asked)).toMatchObject({ code })
      expect((await preview(scene, asked)).json(), JSON.stringify(asked)).toMatchObject({ code })
    }
    expect((await ask(scene, OPEN, { trainerId })).statusCode).toBe(200)
    const inactive = await createMember(world, scene.organization, { status: 'inactive' })
    expect((await ask(scene, OPEN, { as: inactive.accessToken })).json()).toMatchObject({ code: 'not_found' })
  })

  it('asks with an instant, a length and an organization, and nothing unknown', async () => {
    const scene = await createScene(world)
    for (const query of [
      'durationMinutes=60&start=2026-11-24T16:00:00Z',
      `organization=${scene.organization.slug}&durationMinutes=60`,
      `organization=${scene.organization.slug}&durationMinutes=60&start=tomorrow`,
      `organization=${scene.organization.slug}&durationMinutes=60&start=${OPEN}&page=2`,
    ])
      expect(
        (await world.call({ url: `/v1/me/availability/explain?${query}`, as: scene.trainer.accessToken })).json(),
      ).toMatchObject({ code: 'invalid_query' })
  })

  it('is told honestly that an organization sells nothing', async () => {
    const organization = await createOrganization(world)
    const trainer = await createMember(world, organization)
    const scene = { ...(await createScene(world)), organization, trainer }
    expect(await explain(scene, OPEN)).toMatchObject({ offered: false, obstacles: [{ kind: 'length_not_offered' }] })
    expect((await preview(scene)).json()).toMatchObject({ code: 'not_found' })
  })
})

describe('the preview of my schedule', () => {
  it('is what a customer with a link is shown, in any zone and length', async () => {
    const scene = await createScene(world)
    await confirmed(scene, OPEN)
    const { link } = await createLinked(world, scene)
    for (const [durationMinutes, timeZone] of [
      [60, 'Asia/Kathmandu'],
      [30, 'America/New_York'],
      [45, 'Europe/Berlin'],
    ] as const) {
      const range = { from: '2026-11-24', to: '2026-12-01', timeZone }
      const shown = (await preview(scene, { durationMinutes }, range)).json<Slots>()
      const customer = await slotsOf(
        world,
        link,
        new URLSearchParams({ durationMinutes: String(durationMinutes), ...range }).toString(),
      )
      if (durationMinutes === 45) {
        expect(shown.notice?.code).toBe('no_price')
        expect(customer.notice?.code).toBe('no_price')
      } else {
        expect(shown.slots.length).toBeGreaterThan(10)
        expect(shown).toEqual(customer)
      }
    }
    const unasked = (await preview(scene)).json<Slots>()
    expect(unasked.timeZone).toBe('America/Chicago')
    const admins = await preview(scene, { as: scene.admin.accessToken, trainerId: scene.trainer.userId })
    expect(admins.json()).toEqual(unasked)
  })

  it('warns when the coming two weeks have no open time, also while a later day is shown that has', async () => {
    const scene = await createScene(world, { settings: { bookingHorizonDays: 60 } })
    const later = { from: '2026-12-14', to: '2026-12-18' }
    expect((await preview(scene, {}, later)).json()).toMatchObject({ notice: null })
    await blackout(scene, { startDate: '2026-11-23', endDate: '2026-12-06' })
    // Fourteen days to the millisecond: nine o'clock on Monday the 7th counts among them.
    expect((await preview(scene, {}, later)).json()).toMatchObject({ notice: null })
    await blackout(scene, { startDate: '2026-12-07', endDate: '2026-12-07', startTime: '09:00', endTime: '09:30' })
    const warned = (await preview(scene, {}, later)).json<Slots>()
    expect(warned.slots.length).toBeGreaterThan(0)
    expect(warned.notice).toEqual({
      code: 'no_open_slots',
      message: 'The coming two weeks have no open time at all: customers find nothing to choose.',
    })
  })

  it('warns of one length that finds no time while another does', async () => {
    const scene = await createScene(world, { hours: { startTime: '09:00', endTime: '09:30' } })
    expect((await preview(scene)).json<Slots>().notice?.message).toBe(
      'The coming two weeks have no open time for 60 minutes.',
    )
    await createAvailability(world, scene.trainer.userId, { startTime: '09:30', endTime: '10:00' })
    expect((await preview(scene)).json<Slots>().notice).toBeNull()
  })
})
