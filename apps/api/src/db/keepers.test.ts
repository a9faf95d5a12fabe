import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMember } from '../../test/factories.ts'
import { createConfirmed } from '../../test/notification-scene.ts'
import { createClaimed, createScene, type SchedulingScene, sendLink } from '../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../test/test-world.ts'
import { HELD_STATUSES, REQUEST_STATUSES, UNCLAIMED_STATUSES } from '../domain/training-request.ts'
import { pgErrorOf } from './pg-errors.ts'

const START = '2026-11-24T16:00:00.000Z'

let world: TestWorld
let scene: SchedulingScene
let stranger: string

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00.000Z' })
  scene = await createScene(world)
  stranger = (await createMember(world, (await createScene(world)).organization)).userId
})
afterAll(() => world.close())

/** What the database says to a statement: the code of its refusal, or null. Nothing of it stays. */
async function refusalOf(statement: string): Promise<string | null> {
  let refusal: string | null = null
  await world.database.db
    .transaction(async (tx) => {
      await tx.execute(sql.raw(statement)).catch((error: unknown) => {
        refusal = pgErrorOf(error)?.code ?? String(error)
      })
      tx.rollback()
    })
    .catch(() => {})
  return refusal
}

const CHECK = '23514'
const FOREIGN_KEY = '23503'
const RESTRICT = '23001'

describe('the database', () => {
  it('has somebody hold each request that is held or done, and nobody one that is open to all', async () => {
    const { id } = await createClaimed(world, scene)
    const become = (status: string, holder: string) =>
      refusalOf(`update training_requests set status = '${status}', claimed_by_user_id = ${holder} where id = '${id}'`)
    const held = `'${scene.trainer.userId}'`
    for (const status of REQUEST_STATUSES) {
      const isOpen = (UNCLAIMED_STATUSES as readonly string[]).includes(status)
      const needsHolder = (HELD_STATUSES as readonly string[]).includes(status) || status === 'completed'
      expect([status, await become(status, held)]).toEqual([status, isOpen ? CHECK : null])
      expect([status, await become(status, 'null')]).toEqual([status, needsHolder ? CHECK : null])
    }
  })

  it('knows no link and no pay of somebody who is not of the organization', async () => {
    const { id } = await createClaimed(world, scene)
    await sendLink(world, scene, id)
    const handTo = (userId: string) =>
      refusalOf(`update scheduling_tokens set trainer_user_id = '${userId}' where training_request_id = '${id}'`)
    expect(await handTo(stranger)).toBe(FOREIGN_KEY)
    expect(await handTo(scene.admin.userId)).toBeNull()
    const { bookingId } = await createConfirmed(world, scene, START)
    const pay = (userId: string) =>
      refusalOf(`insert into payout_lines (id, organization_id, booking_id, trainer_user_id, kind, amount_minor,
        currency, share_percent, created_at) values ('${world.deps.ids.next()}', '${scene.organization.id}',
        '${bookingId}', '${userId}', 'earned', 100, 'USD', 50, now())`)
    expect(await pay(stranger)).toBe(FOREIGN_KEY)
    expect(await pay(scene.trainer.userId)).toBeNull()
  })

  it('changes nothing of an event but its number, once', async () => {
    await createClaimed(world, scene)
    const { id } = await createClaimed(world, scene)
    await sendLink(world, scene, id)
    const set = (change: string) => refusalOf(`update events set ${change} where training_request_id = '${id}'`)
    expect(await set('relayed_sequence = 1000000')).toBeNull()
    for (const change of [
      'training_request_id = null',
      `training_request_id = '${world.deps.ids.next()}'`,
      `booking_id = '${world.deps.ids.next()}'`,
      `name = 'request_claimed'`,
      'organization_id = null',
      `payload = '{}'`,
      'occurred_at = now()',
    ])
      expect([change, await set(change)]).toEqual([change, RESTRICT])
    await world.settle()
    expect(await set('relayed_sequence = 1000000')).toBe(RESTRICT)
  })

  it.each(['training_request_history', 'booking_history', 'events', 'payout_lines'])(
    'cannot be emptied of what happened: %s',
    async (table) => {
      // Others refer to events, so that they could only go together.
      if (table !== 'events') expect(await refusalOf(`truncate ${table}`)).toBe(RESTRICT)
      expect(await refusalOf(`truncate ${table} cascade`)).toBe(RESTRICT)
    },
  )
})
