import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'
import { events } from '../../db/schema/events.ts'
import { signIns, users } from '../../db/schema/identity.ts'
import { organizationSlugs, organizations } from '../../db/schema/organizations.ts'

let world: TestWorld
let number = 0

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z' })
})
afterAll(() => world.close())

function someone(changes: object = {}) {
  number += 1
  return {
    firstName: 'Ada',
    lastName: 'Miller',
    email: `ada${number}@example.com`,
    password: 'tangerine-47-lamp',
    organizationName: 'Miller Support',
    organizationSlug: `miller-${number}`,
    timeZone: 'America/Chicago',
    ...changes,
  }
}

function signUp(body: object) {
  return world.call({ method: 'POST', url: '/v1/auth/signup', body })
}

describe('Signing up', () => {
  it('makes an organization with its admin, signed in, both in the zone of the browser', async () => {
    const body = someone()
    const answer = await signUp(body)
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 900,
      user: { email: body.email, name: 'Ada Miller', timeZone: 'America/Chicago', emailVerified: false },
      memberships: [
        { organization: { slug: body.organizationSlug, name: 'Miller Support' }, role: 'org_admin', canTrain: false },
      ],
    })
    const { accessToken } = answer.json()
    const settings = await world.call({ url: `/v1/organizations/${body.organizationSlug}/settings`, as: accessToken })
    expect(settings.json()).toMatchObject({
      name: 'Miller Support',
      supportEmail: body.email,
      timeZone: 'America/Chicago',
      currency: 'USD',
    })
    const rows = await world.database.db.select().from(events).where(eq(events.name, 'user_signed_up'))
    expect(rows.map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ userId: answer.json().user.id }),
    )
    const again = await world.call({
      method: 'POST',
      url: '/v1/auth/login',
      body: { email: body.email, password: body.password },
    })
    expect(again.statusCode).toBe(200)
  })

  it('without a zone starts in UTC', async () => {
    const { timeZone: _, ...body } = someone()
    const answer = await signUp(body)
    expect(answer.json().user.timeZone).toBe('UTC')
  })

  it('keeps the password as an argon2id hash only', async () => {
    const body = someone()
    await signUp(body)
    const [row] = await world.database.db.select().from(users).where(eq(users.email, body.email))
    expect(row?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('is refused for an email that has an account, in any letter case, and changes nothing', async () => {
    const body = someone()
    await signUp(body)
    const second = someone({ email: body.email.toUpperCase() })
    const answer = await signUp(second)
    expect(answer.statusCode).toBe(409)
    expect(answer.json()).toMatchObject({ code: 'email_already_registered' })
    expect(answer.headers['set-cookie']).toBeUndefined()
    const made = await world.database.db
      .select()
      .from(organizations)
      .where(eq(organizations.slug, second.organizationSlug))
    expect(made).toEqual([])
  })

  it('is refused for a slug that an organization has or ever had', async () => {
    const body = someone()
    const { memberships } = (await signUp(body)).json()
    expect((await signUp(someone({ organizationSlug: body.organizationSlug }))).json()).toMatchObject({
      code: 'slug_taken',
    })
    const organizationId = memberships[0].organization.id
    const present = `${body.organizationSlug}-new`
    await world.database.db.update(organizations).set({ slug: present }).where(eq(organizations.id, organizationId))
    await world.database.db
      .insert(organizationSlugs)
      .values({ slug: present, organizationId, createdAt: world.clock.now() })
    const former = await signUp(someone({ organizationSlug: body.organizationSlug }))
    expect(former.statusCode).toBe(409)
    expect(former.json()).toMatchObject({ code: 'slug_taken' })
  })

  it('of two at once with one email, one wins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { email } = someone()
      const answers = await Promise.all([signUp(someone({ email })), signUp(someone({ email }))])
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409])
    }
  })

  it.each([
    [{ organizationSlug: 'admin' }, '/organizationSlug'],
    [{ organizationSlug: 'o' }, '/organizationSlug'],
    [{ organizationSlug: 'Miller' }, '/organizationSlug'],
    [{ organizationSlug: '-miller' }, '/organizationSlug'],
    [{ password: 'password123' }, '/password'],
    [{ password: 'nine char' }, '/password'],
    [{ password: 'millersupport1' }, '/password'],
    [{ email: 'ada@@example.com' }, '/email'],
    [{ email: 'ada@example.com\r\nBcc: x@example.com' }, '/email'],
    [{ firstName: ' ' }, '/firstName'],
    [{ firstName: '\u{e0041}\u{e007f}' }, '/firstName'],
    [{ organizationName: '\u{e0041}' }, '/organizationName'],
    [{ timeZone: 'Somewhere' }, '/timeZone'],
    [{ role: 'org_admin' }, '/role'],
  ])('is refused with %j', async (changes, pointer) => {
    const before = await world.database.db.select().from(signIns)
    const answer = await signUp(someone(changes))
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] })
    expect(await world.database.db.select().from(signIns)).toHaveLength(before.length)
  })

  it('takes a password of ten characters', async () => {
    expect((await signUp(someone({ password: 'x7Kp!vQz2m' }))).statusCode).toBe(201)
  })

  it('says what is wrong with several fields at once', async () => {
    const answer = await signUp(someone({ organizationSlug: 'docs', password: 'qwertyuiop' }))
    expect(answer.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/organizationSlug',
      '/password',
    ])
  })
})

describe('A former slug', () => {
  it('still leads to the organization, for people and keys', async () => {
    const body = someone()
    const { accessToken, memberships } = (await signUp(body)).json()
    const organizationId = memberships[0].organization.id
    const made = await world.call({
      method: 'POST',
      url: `/v1/organizations/${body.organizationSlug}/api-keys`,
      as: accessToken,
      body: { name: 'Website', scopes: ['organization:read'] },
    })
    const present = `${body.organizationSlug}-new`
    await world.database.db.update(organizations).set({ slug: present }).where(eq(organizations.id, organizationId))
    await world.database.db
      .insert(organizationSlugs)
      .values({ slug: present, organizationId, createdAt: world.clock.now() })
    for (const slug of [body.organizationSlug, present]) {
      for (const as of [accessToken, made.json().key]) {
        const answer = await world.call({ url: `/v1/organizations/${slug}/settings`, as })
        expect(answer.statusCode).toBe(200)
      }
    }
    const me = await world.call({ url: '/v1/me', as: accessToken })
    expect(me.json().memberships[0].organization.slug).toBe(present)
  })
})
