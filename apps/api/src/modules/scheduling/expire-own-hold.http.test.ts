import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everythingOf, holdBooking, latest, requestUrl } from '../../../test/booking-scene.ts'
import { createMember, createSessionType } from '../../../test/factories.ts'
import { createScene } from '../../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { expireLapsedHolds } from '../bookings/expire-lapsed-holds.ts'

const NOW = '2026-11-23T15:00:00.000Z'
// An hour after the choice.
const DEADLINE = '2026-11-23T16:00:00.000Z'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: NOW })
})
afterAll(() => world.close())

describe('between the deadline of a reservation and its sweep', () => {
  it.each([
    ['release', 'trainers_notified', ['hold_ran_out', 'taken_back']],
    ['assign', 'claimed', ['hold_ran_out', 'assigned']],
    ['change the session type', 'expired', ['hold_ran_out']],
  ] as const)('%s goes through, after the reservation was recorded as run out', async (command, status, moves) => {
    world.clock.moveTo(NOW)
    const scene = await createScene(world)
    const other = await createMember(world, scene.organization)
    const sessionType = await createSessionType(world, scene.organization)
    const { requestId } = await holdBooking(world, scene, '2026-11-24T16:30:00Z')
    const give = () =>
      world.call({
        as: scene.admin.accessToken,
        ...(command === 'change the session type'
          ? { method: 'PATCH', url: requestUrl(scene, requestId), body: { sessionTypeId: sessionType.id } }
          : {
              method: 'POST',
              url: requestUrl(scene, requestId, command),
              body: command === 'assign' ? { trainerId: other.userId } : {},
            }),
      })
    world.clock.moveTo(new Date(Date.parse(DEADLINE) - 1))
    const before = await everythingOf(world, requestId)
    expect((await give()).json()).toMatchObject({ code: 'invalid_state', currentStatus: 'pending_payment' })
    expect(await everythingOf(world, requestId)).toEqual(before)
    world.clock.moveTo(DEADLINE)
    const answer = await give()
    expect([answer.statusCode, answer.json().status]).toEqual([200, status])
    const after = await everythingOf(world, requestId)
    expect(after.history.slice(before.history.length).map(({ occasion }) => occasion)).toEqual(moves)
    expect(latest(after)).toMatchObject({ status: 'expired', holdExpiresAt: null })
    expect(after.events.filter(({ name }) => name === 'booking_hold_expired')).toHaveLength(1)
    expect(await expireLapsedHolds(world.deps)).toBe(0)
  })

  it('a command that is refused for another reason changes nothing', async () => {
    world.clock.moveTo(NOW)
    const scene = await createScene(world)
    const { requestId } = await holdBooking(world, scene, '2026-11-24T16:30:00Z')
    world.clock.moveTo(DEADLINE)
    const before = await everythingOf(world, requestId)
    const answer = await world.call({
      method: 'POST',
      url: requestUrl(scene, requestId, 'assign'),
      as: scene.admin.accessToken,
      body: { trainerId: scene.admin.userId },
    })
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ pointer: '/trainerId' }] })
    expect(await everythingOf(world, requestId)).toEqual(before)
  })
})
