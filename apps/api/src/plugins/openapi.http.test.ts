import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorld, type TestWorld } from '../../test/test-world.ts'

let world: TestWorld

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z' })
})
afterAll(() => world.close())

interface Contract {
  openapi: string
  paths: Record<
    string,
    Record<
      string,
      { operationId: string; security?: unknown[]; requestBody?: { required: boolean }; responses: object }
    >
  >
}

const contract = async () => (await world.app.inject({ url: '/v1/openapi.json' })).json<Contract>()

test('the contract names every operation once and says who may call it', async () => {
  const { openapi, paths } = await contract()
  expect(openapi).toBe('3.1.0')
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  const names = operations.map(({ operationId }) => operationId)
  expect(new Set(names).size).toBe(names.length)
  for (const { operationId, security } of operations) expect(security, operationId).toBeInstanceOf(Array)
})

test('every operation declares its refusals as problem+json', async () => {
  const { paths } = await contract()
  const claim = paths['/v1/organizations/{org}/requests/{requestId}/claim']?.post
  expect(claim?.responses).toMatchObject({
    409: { $ref: '#/components/responses/request_already_claimed-or-invalid_state-or-idempotency_in_progress' },
    500: { $ref: '#/components/responses/internal_error' },
  })
  for (const path of Object.values(paths)) {
    for (const { operationId, responses } of Object.values(path)) {
      expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(['429', '500', '503']))
    }
  }
})

test('a body in which nothing is required may be left out', async () => {
  const { paths } = await contract()
  expect(paths['/v1/organizations/{org}/requests/{requestId}/release']?.post?.requestBody?.required).toBe(false)
  expect(paths['/v1/organizations/{org}/requests/{requestId}/assign']?.post?.requestBody?.required).toBe(true)
})

test('the docs page may run its own script and nothing else written in its text', async () => {
  const page = await world.app.inject({ url: '/docs/' })
  expect(page.statusCode).toBe(200)
  const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(page.body)?.[1] ?? ''
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain(`script-src 'self' 'sha256-${hash}'`)
  expect(policy).toContain("default-src 'none'")
})
