import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOrganization } from '../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../test/test-world.ts'

const shell = (name: string) =>
  `<html><head><script nonce="__CSP_NONCE__" type="module" src="/assets/${name}.js"></script></head><body>${name}</body></html>`

let webRoot: string
let world: TestWorld

beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'ordinatus-web-'))
  await mkdir(join(webRoot, 'assets'))
  await writeFile(join(webRoot, 'index.html'), shell('staff'))
  await writeFile(join(webRoot, 'customer.html'), shell('customer'))
  await writeFile(join(webRoot, 'assets/customer-abc.js'), 'export {}')
  await writeFile(
    join(webRoot, 'manifest.json'),
    JSON.stringify({
      'customer.html': { file: 'assets/customer-abc.js', imports: ['_shared.js'] },
      '_shared.js': { file: 'assets/shared.js', imports: ['_shared.js'] },
      'src/customer/routes/booking-page.tsx': {
        file: 'assets/booking.js',
        css: ['assets/booking.css'],
        imports: ['_shared.js'],
      },
    }),
  )
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z', config: { webRoot } })
})

afterAll(async () => {
  await world.close()
  await rm(webRoot, { recursive: true, force: true })
})

const page = (url: string, headers: Record<string, string> = { accept: 'text/html' }) => world.call({ url, headers })

test('staff and customer addresses open their own shell, never stored', async () => {
  for (const [url, name] of [
    ['/', 'staff'],
    ['/o/demo', 'staff'],
    ['/book/some-secret', 'customer'],
    ['/f/demo/support', 'customer'],
  ] as const) {
    const answer = await page(url)
    expect([url, answer.statusCode, answer.body.includes(`<body>${name}</body>`)]).toEqual([url, 200, true])
    expect(answer.headers['cache-control']).toBe('no-store')
  }
})

test('each answer has a nonce of its own, in the policy and in the page', async () => {
  const nonceOf = async () => {
    const answer = await page('/o/demo')
    const policy = String(answer.headers['content-security-policy'])
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
    expect(policy).not.toContain('unsafe-inline')
    expect(answer.body).toContain(`nonce="${nonce}"`)
    expect(answer.body).not.toContain('__CSP_NONCE__')
    return nonce
  }
  expect(await nonceOf()).not.toBe(await nonceOf())
})

test('a page whose address is a secret tells no other site where it was', async () => {
  expect((await page('/book/some-secret')).headers['referrer-policy']).toBe('no-referrer')
})

test('the booking page asks for its own module at once, and for nothing that its entry brings', async () => {
  const { body } = await page('/book/some-secret')
  expect(body).toContain('href="/assets/booking.js"')
  expect(body).toContain('href="/assets/booking.css"')
  expect(body).not.toContain('href="/assets/shared.js"')
})

test('built files are kept for good; a missing one is a problem, never a page', async () => {
  const found = await page('/assets/customer-abc.js', {})
  expect(found.statusCode).toBe(200)
  expect(found.headers['cache-control']).toContain('immutable')
  const missing = await page('/assets/gone.js')
  expect(missing.statusCode).toBe(404)
  expect(missing.headers['content-type']).toContain('application/problem+json')
})

test('what is no page is a problem: API paths, other methods, clients that want no HTML', async () => {
  expect((await page('/v1/nothing')).json()).toMatchObject({ code: 'not_found' })
  expect((await world.call({ method: 'POST', url: '/o/demo', body: {} })).json()).toMatchObject({ code: 'not_found' })
  expect((await page('/o/demo', { accept: 'application/json' })).json()).toMatchObject({ code: 'not_found' })
})

test('only the embed page may be framed, and only by the sites that its organization has listed', async () => {
  const listed = await createOrganization(world, {
    embedAllowedOrigins: ['https://shop.example', 'https://a.example:8443'],
  })
  const unlisted = await createOrganization(world)
  const ancestorsOf = async (url: string) => {
    const { headers } = await page(url)
    return [/frame-ancestors ([^;]+)/.exec(String(headers['content-security-policy']))?.[1], headers['x-frame-options']]
  }
  expect(await ancestorsOf(`/embed/${listed.slug}/support`)).toEqual([
    'https://shop.example https://a.example:8443',
    undefined,
  ])
  expect(await ancestorsOf(`/embed/${unlisted.slug}/support`)).toEqual(["'none'", 'DENY'])
  expect(await ancestorsOf('/embed/nobody/support')).toEqual(["'none'", 'DENY'])
  expect(await ancestorsOf(`/f/${listed.slug}/support`)).toEqual(["'none'", 'DENY'])
})
