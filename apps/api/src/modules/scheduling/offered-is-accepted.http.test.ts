import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bookingUrl, holdBooking, payAndConfirm } from '../../../test/booking-scene.ts'
import { createAvailability } from '../../../test/factories.ts'
import { choose, createLinked, createScene, type SchedulingScene, slotsOf } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'

/*
 * What is offered and what is accepted cannot differ, over HTTP, while the clock stands still: every offered start is
 * booked, one after the other with the same link (the customer's own hold never stands in their way), and every other
 * minute of the sample is refused.
 */

// A Saturday noon in Chicago, in whose night the clocks go back.
const NOW = '2026-10-31T17:00:00.000Z'
const MINUTE = 60_000
const HORIZON_MS = 2 * 86_400_000
/** Coprime to every step and length, so that the sample meets every minute of an hour. */
const SAMPLED_EVERY = 17

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
afterAll(() => world.close())

const iso = (at: number) => new Date(at).toISOString()

async function judged(link: string, start: string, durationMinutes: number): Promise<string> {
  const answer = await choose(world, link, start, { durationMinutes })
  return answer.statusCode < 300 ? 'booked' : (answer.json<{ code: string }>().code ?? String(answer.statusCode))
}

/** Tries every offered start and a sample of all other minutes; answers the offered ones. */
async function tryEverything(link: string, durationMinutes: number): Promise<string[]> {
  const { slots } = await slotsOf(world, link, `durationMinutes=${durationMinutes}&from=2026-10-30&to=2026-11-04`)
  const offered = slots.map(({ start }) => start)
  const sample = new Set(offered)
  const beside = (at: number) => [at - MINUTE, at + MINUTE]
  for (const start of offered) for (const at of beside(Date.parse(start))) sample.add(iso(at))
  const now = Date.parse(NOW)
  for (let at = now - 60 * MINUTE; at <= now + HORIZON_MS + 60 * MINUTE; at += SAMPLED_EVERY * MINUTE)
    sample.add(iso(at))
  const differing: string[] = []
  for (const start of [...sample].sort()) {
    const expected = slots.some((slot) => slot.start === start) ? 'booked' : 'slot_unavailable'
    const found = await judged(link, start, durationMinutes)
    if (found !== expected) differing.push(`${start}: ${expected} was expected, ${found} came`)
  }
  expect(differing).toEqual([])
  return offered
}

async function command(scene: SchedulingScene, bookingId: string, name: string, body: object): Promise<void> {
  const answer = await world.call({
    method: 'POST',
    url: bookingUrl(scene, bookingId, name),
    as: scene.trainer.accessToken,
    body,
  })
  if (answer.statusCode !== 200) throw new Error(answer.body)
}

describe('every offered time can be booked and every other is refused', () => {
  it('through a night with two one-o’clocks, after canceling, moving and a change of length, for a trainer of two organizations', {
    timeout: 400_000,
  }, async () => {
    const everyDay = [1, 2, 3, 4, 5, 6, 7]
    const scene = await createScene(world, {
      settings: { bookingHorizonDays: 2, bufferAfterMinutes: 10 },
      hours: { daysOfWeek: everyDay, startTime: '22:00', endTime: '03:00' },
    })
    await createAvailability(world, scene.trainer.userId, {
      daysOfWeek: everyDay,
      startTime: '09:20',
      endTime: '12:00',
    })
    await createAvailability(world, scene.trainer.userId, {
      daysOfWeek: [7],
      startTime: '12:00',
      endTime: '13:00',
      durationsMinutes: [30],
    })
    await world.call({
      method: 'POST',
      url: '/v1/me/availability/blackouts',
      as: scene.trainer.accessToken,
      body: { startDate: '2026-11-01', endDate: '2026-11-01', startTime: '09:45', endTime: '10:00' },
    })
    const elsewhere = await createScene(world, {
      trainer: { userId: scene.trainer.userId },
      settings: { bookingHorizonDays: 2, slotStepMinutes: 45, bufferBeforeMinutes: 20, timeZone: 'Asia/Kolkata' },
    })
    const book = async (of: SchedulingScene, start: string, durationMinutes = 60) => {
      const held = await holdBooking(world, of, start, durationMinutes)
      await payAndConfirm(world, of, held)
      return held
    }
    // 00:00 in the night of the change, 23:45 of the next evening on the other organization's grid.
    const first = await book(scene, '2026-11-01T05:00:00.000Z')
    await book(elsewhere, '2026-11-02T05:30:00.000Z', 30)

    const { link } = await createLinked(world, scene)
    const before = await tryEverything(link, 60)
    // 01:00 twice: the first at UTC-5, the second at UTC-6; nothing of what is booked in either organization.
    expect(before).toContain('2026-11-01T06:30:00.000Z')
    expect(before).toContain('2026-11-01T07:30:00.000Z')
    expect(before).not.toContain('2026-11-01T05:00:00.000Z')
    expect(before).not.toContain('2026-11-02T05:00:00.000Z')

    await command(scene, first.bookingId, 'reschedule', { start: '2026-11-01T07:00:00.000Z' })
    const moved = await tryEverything(link, 60)
    expect(moved).toContain('2026-11-01T05:00:00.000Z')
    expect(moved).not.toContain('2026-11-01T07:30:00.000Z')

    await command(scene, first.bookingId, 'cancel', {})
    const canceled = await tryEverything(link, 60)
    expect(canceled).toContain('2026-11-01T07:00:00.000Z')

    const shorter = await tryEverything(link, 30)
    expect(shorter.length).toBeGreaterThan(canceled.length)
    expect(shorter).toContain('2026-11-01T18:30:00.000Z')

    // The other organization sees this customer's last hold as taken, and everything else by its own rules.
    const there = await createLinked(world, elsewhere)
    const offered = await tryEverything(there.link, 60)
    expect(offered.length).toBeGreaterThan(3)
    const held = Date.parse(shorter.at(-1) ?? '')
    const overlapping = offered.filter((start) => {
      const at = Date.parse(start)
      return at < held + 30 * MINUTE && held < at + 60 * MINUTE
    })
    expect(overlapping).toEqual([])
  })

  it('a trainer of two organizations who is booked in one is not offered in the other', async () => {
    const scene = await createScene(world, { hours: { daysOfWeek: [7], startTime: '09:00', endTime: '17:00' } })
    const elsewhere = await createScene(world, { trainer: { userId: scene.trainer.userId } })
    const { link } = await createLinked(world, elsewhere)
    const ask = async () =>
      (await slotsOf(world, link, 'durationMinutes=60&from=2026-11-01&to=2026-11-01')).slots.map(({ start }) => start)
    const before = await ask()
    const start = '2026-11-01T18:00:00.000Z'
    const held = await holdBooking(world, scene, start)
    await payAndConfirm(world, scene, held)
    const gone = ['2026-11-01T17:30:00.000Z', start, '2026-11-01T18:30:00.000Z']
    expect(before.filter((one) => !gone.includes(one))).toEqual(await ask())
    expect(before).toEqual(expect.arrayContaining(gone))
    expect((await choose(world, link, start)).json()).toMatchObject({ code: 'slot_unavailable' })
    await command(scene, held.bookingId, 'cancel', {})
    expect(await ask()).toEqual(before)
  })
})
