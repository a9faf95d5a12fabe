import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMember, createOrganization } from '../../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { refreshTokens, signIns } from '../../db/schema/identity.ts'
import { forgetEndedSignIns } from './forget-ended-sign-ins.ts'

const NOW = new Date('2026-11-23T15:00:00Z')
const DAY = 86_400_000

let world: TestWorld
let userId: string

beforeAll(async () => {
  world = await createTestWorld({ now: NOW.toISOString() })
  world.clock.stopUnmovedAt(NOW)
  userId = (await createMember(world, await createOrganization(world))).userId
})
beforeEach(async () => {
  await world.database.db.delete(signIns)
})
afterAll(() => world.close())

const ago = (days: number, milliseconds = 0) => new Date(NOW.getTime() - days * DAY + milliseconds)

async function signIn(end: { expiresAt?: Date; revokedAt?: Date }, issued: readonly Date[] = []): Promise<string> {
  const id = world.deps.ids.next()
  await world.database.db.insert(signIns).values({
    id,
    userId,
    createdAt: ago(89),
    expiresAt: end.expiresAt ?? ago(-1),
    revokedAt: end.revokedAt ?? null,
    revokedReason: end.revokedAt === undefined ? null : 'signed_out',
  })
  for (const issuedAt of issued)
    await world.database.db.insert(refreshTokens).values({
      id: world.deps.ids.next(),
      signInId: id,
      digest: world.deps.secrets.digest(world.deps.ids.next()),
      issuedAt,
      usedAt: issuedAt,
    })
  return id
}

const left = async () => (await world.database.db.select({ id: signIns.id }).from(signIns)).map(({ id }) => id).sort()

describe('A sign-in', () => {
  it('is kept for 30 days after it was signed out or ran out, and forgotten then with its refresh tokens', async () => {
    const signedOut = await signIn({ revokedAt: ago(30, 1) }, [ago(31)])
    const ranOut = await signIn({ expiresAt: ago(30, 1) })
    await signIn({ revokedAt: ago(30) }, [ago(31), ago(32)])
    await signIn({ expiresAt: ago(30) }, [ago(31)])
    expect(await forgetEndedSignIns(world.deps)).toBe(2)
    expect(await left()).toEqual([signedOut, ranOut].sort())
    expect(await world.database.db.$count(refreshTokens)).toBe(1)
    expect(await forgetEndedSignIns(world.deps)).toBe(0)
  })

  it('that lives loses only refresh tokens that ran out 30 days ago: 14 days after they were issued', async () => {
    const id = await signIn({}, [ago(44), ago(44, 1), ago(1)])
    expect(await forgetEndedSignIns(world.deps)).toBe(1)
    const rows = await world.database.db.select().from(refreshTokens).where(eq(refreshTokens.signInId, id))
    expect(rows.map(({ issuedAt }) => issuedAt.getTime()).sort()).toEqual(
      [ago(44, 1).getTime(), ago(1).getTime()].sort(),
    )
  })

  it('is counted by the true clock, wherever the product’s stands', async () => {
    await signIn({ revokedAt: ago(1) })
    world.clock.moveTo(ago(-60))
    const forgotten = await forgetEndedSignIns(world.deps)
    world.clock.moveTo(NOW)
    expect(forgotten).toBe(0)
  })
})
