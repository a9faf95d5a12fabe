import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMember, createOrganization } from '../../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { users } from '../../db/schema/identity.ts'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z' })
})
afterAll(() => world.close())

describe('The signed-in person', () => {
  it('sees who they are, what they are mailed and where they belong', async () => {
    const first = await createOrganization(world, { name: 'Zebra Support' })
    const second = await createOrganization(world, { name: 'Ant Support' })
    const { userId, accessToken } = await createMember(world, first, {
      role: 'org_admin',
      canTrain: true,
      firstName: 'Ada',
    })
    await createMember(world, second, { userId, role: 'trainer', canTrain: true, skills: ['zoho'] })
    const gone = await createOrganization(world)
    await createMember(world, gone, { userId, status: 'inactive' })
    const answer = await world.call({ url: '/v1/me', as: accessToken })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      id: userId,
      name: 'Ada Trainer',
      emailVerified: true,
      timeZone: 'America/Chicago',
      notificationPreferences: { newRequest: true, bookingConfirmed: false },
      memberships: [
        {
          organization: { slug: second.slug, name: 'Ant Support' },
          role: 'trainer',
          canTrain: false,
          skills: ['zoho'],
        },
        { organization: { slug: first.slug }, role: 'org_admin', roleLabel: 'Organizational Admin', canTrain: true },
      ],
    })
  })

  it('has the zone of the organization they joined first until they choose one', async () => {
    const first = await createOrganization(world, { name: 'Zebra', timeZone: 'Europe/Berlin' })
    const { userId, accessToken } = await createMember(world, first)
    await world.database.db.update(users).set({ timeZone: null }).where(eq(users.id, userId))
    world.clock.advanceMinutes(1)
    const second = await createOrganization(world, { name: 'Ant', timeZone: 'Asia/Tokyo' })
    await createMember(world, second, { userId })
    expect((await world.call({ url: '/v1/me', as: accessToken })).json().timeZone).toBe('Europe/Berlin')
    const chosen = await world.call({
      method: 'PATCH',
      url: '/v1/me',
      as: accessToken,
      body: { timeZone: 'Asia/Kolkata' },
    })
    expect(chosen.json().timeZone).toBe('Asia/Kolkata')
  })

  it('changes what they send and keeps the rest', async () => {
    const { accessToken } = await createMember(world, await createOrganization(world), { firstName: 'Tina' })
    const change = (body: object) => world.call({ method: 'PATCH', url: '/v1/me', as: accessToken, body })
    const renamed = await change({ firstName: ' Bettina ' })
    expect(renamed.json()).toMatchObject({ firstName: 'Bettina', lastName: 'Trainer', timeZone: 'America/Chicago' })
    await change({ notificationPreferences: { bookingConfirmed: true } })
    const merged = await change({ notificationPreferences: { newRequest: false } })
    expect(merged.json().notificationPreferences).toEqual({
      newRequest: false,
      paymentReceived: true,
      bookingConfirmed: true,
      bookingChanged: true,
      sessionReminder: true,
      newLinkRequested: true,
      attention: true,
    })
    expect((await change({})).json().notificationPreferences).toEqual(merged.json().notificationPreferences)
  })

  it('loses no preference when two are changed at once', async () => {
    const { accessToken } = await createMember(world, await createOrganization(world))
    const keys = ['newRequest', 'paymentReceived', 'bookingChanged', 'sessionReminder', 'attention']
    await Promise.all(
      keys.map((key) =>
        world.call({
          method: 'PATCH',
          url: '/v1/me',
          as: accessToken,
          body: { notificationPreferences: { [key]: false } },
        }),
      ),
    )
    const { notificationPreferences } = (await world.call({ url: '/v1/me', as: accessToken })).json()
    for (const key of keys) expect(notificationPreferences[key]).toBe(false)
  })

  it.each([
    [{ timeZone: 'Mars/Olympus' }, '/timeZone'],
    [{ timeZone: '+05:30' }, '/timeZone'],
    [{ firstName: '   ' }, '/firstName'],
    [{ firstName: '\u{e0041}\u{e007f}' }, '/firstName'],
    [{ lastName: '\u{e0100}' }, '/lastName'],
    [{ firstName: 'A\r\nBcc: x@example.com' }, '/firstName'],
    [{ email: 'other@example.com' }, '/email'],
    [{ notificationPreferences: { smoke: true } }, '/notificationPreferences/smoke'],
    [{ notificationPreferences: { newRequest: 'yes' } }, '/notificationPreferences/newRequest'],
  ])('cannot set %j', async (body, pointer) => {
    const { accessToken } = await createMember(world, await createOrganization(world))
    const answer = await world.call({ method: 'PATCH', url: '/v1/me', as: accessToken, body })
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] })
  })

  it.each(['{"__proto__":{"role":"org_admin"}}', '{"constructor":{"prototype":{"role":"org_admin"}}}'])(
    'cannot reach into objects with %s',
    async (body) => {
      const { accessToken } = await createMember(world, await createOrganization(world))
      const headers = { 'content-type': 'application/json' }
      const answer = await world.call({ method: 'PATCH', url: '/v1/me', as: accessToken, body, headers })
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toMatchObject({ code: 'malformed_request' })
    },
  )
})
