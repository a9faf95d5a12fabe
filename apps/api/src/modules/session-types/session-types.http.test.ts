import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import {
  createMember,
  createOrganization,
  createSessionType,
  type TestMember,
  type TestOrganization,
} from '../../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../../test/test-world.ts'

let world: TestWorld
let organization: TestOrganization
let trainer: TestMember

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z' })
})
afterAll(() => world.close())

beforeEach(async () => {
  organization = await createOrganization(world)
  trainer = await createMember(world, organization, { role: 'trainer' })
})

const list = (query = '') =>
  world.call({ url: `/v1/organizations/${organization.slug}/session-types${query}`, as: trainer.accessToken })

it('A trainer reads what the organization sells, and nothing of another', async () => {
  const own = await createSessionType(world, organization)
  await createSessionType(world, await createOrganization(world))
  const answer = await list('?status=active')
  expect(answer.statusCode).toBe(200)
  expect(answer.json().data.map(({ id }: { id: string }) => id)).toEqual([own.id])
  expect((await list('?status=archived')).json()).toEqual({ data: [], nextCursor: null })
})

it('Pages come oldest first, none twice', async () => {
  const first = await createSessionType(world, organization)
  const second = await createSessionType(world, organization)
  const page = (await list('?limit=1')).json()
  expect(page.data).toMatchObject([{ id: first.id }])
  expect((await list(`?limit=1&cursor=${page.nextCursor}`)).json()).toMatchObject({
    data: [{ id: second.id }],
    nextCursor: null,
  })
})
