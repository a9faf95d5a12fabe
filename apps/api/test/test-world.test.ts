import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMember, createOrganization } from './factories.ts'
import { createTestWorld, type TestWorld } from './test-world.ts'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z' })
})
afterAll(() => world.close())

test('the app answers health and readiness through all layers', async () => {
  expect((await world.call({ url: '/healthz' })).json()).toEqual({ status: 'ok' })
  expect((await world.call({ url: '/readyz' })).json()).toEqual({ status: 'ok' })
})

test('an unknown path under the API is a problem', async () => {
  const answer = await world.call({ url: '/v1/nothing-here' })
  expect(answer.statusCode).toBe(404)
  expect(answer.json()).toMatchObject({ code: 'not_found', status: 404 })
})

test('a member is let in and a stranger is not', async () => {
  const mine = await createOrganization(world)
  const other = await createOrganization(world)
  const admin = await createMember(world, mine, { role: 'org_admin' })
  const stranger = await createMember(world, other, { role: 'org_admin' })
  const url = `/v1/organizations/${mine.slug}/settings`
  expect((await world.call({ url })).json()).toMatchObject({ code: 'unauthenticated' })
  expect((await world.call({ url, as: stranger.accessToken })).json()).toMatchObject({ code: 'not_found' })
  expect((await world.call({ url, as: admin.accessToken })).statusCode).not.toBe(404)
})
