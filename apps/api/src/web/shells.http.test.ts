import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOrganization } from '../../test/factories.ts'
import { createLinked, createScene } from '../../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../../test/test-world.ts'
import { sessionTypes } from '../db/schema/session-types.ts'

const shell = (name: string) =>
  `<html><head><script nonce="__CSP_NONCE__" type="module" src="/assets/${name}.js"></script></head><body>${name}<div id="root"></div></body></html>`

let webRoot: string
let world: TestWorld

beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'ordinatus-web-'))
  await mkdir(join(webRoot, 'assets'))
  await writeFile(join(webRoot, 'index.html'), shell('staff'))
  await writeFile(join(webRoot, 'customer.html'), shell('customer'))
  await writeFile(join(webRoot, 'assets/customer-abc.js'), 'export {}')
  await writeFile(join(webRoot, 'assets/booking.css'), `.times { display: grid; }/* ${'long enough '.repeat(300)} */`)
  await mkdir(join(webRoot, 'prerender'))
  await writeFile(
    join(webRoot, 'prerender/prerender.mjs'),
    `export function prerenderBookingPage(body) {
      const { name } = JSON.parse(body).sessionType
      if (name === 'broken') throw new Error('cannot be drawn')
      return name === 'nothing to draw' ? null : { html: '<h1>' + name + '</h1>', styles: ':root{--drawn:1}' }
    }`,
  )
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
    expect([url, answer.statusCode, answer.body.includes(`<body>${name}<div id="root"></div></body>`)]).toEqual([
      url,
      200,
      true,
    ])
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
  expect(body).not.toContain('href="/assets/shared.js"')
})

test('the booking page brings its styles along, and keeps the loader from asking for them again', async () => {
  const { body } = await page('/book/some-secret')
  expect(body).toMatch(/<style nonce="[^"]+">\.times \{/)
  expect(body).toContain('<link rel="stylesheet" href="/assets/booking.css" disabled>')
  expect((await page('/f/demo/support')).body).not.toContain('.times')
})

test('a page is compressed for whoever takes it so, and for nobody else', async () => {
  const packed = await page('/book/some-secret', { accept: 'text/html', 'accept-encoding': 'gzip, br' })
  expect(packed.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(packed.rawPayload).toString()).toContain('.times')
  for (const refusing of ['', 'br', 'gzip;q=0', 'br, gzip;q=0.0'])
    expect(
      (await page('/book/some-secret', { accept: 'text/html', 'accept-encoding': refusing })).headers[
        'content-encoding'
      ],
    ).toBeUndefined()
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

test('the booking page brings along what its link opens, as the call itself would answer it', async () => {
  const scene = await createScene(world)
  const { link } = await createLinked(world, scene)
  await world.database.db.update(sessionTypes).set({ description: 'Ends here: </script><script>alert(1)</script>' })
  const { body } = await page(`/book/${link}`)
  const [, text = ''] = /<script type="application\/json" id="early-scheduling">(.*?)<\/script>/.exec(body) ?? []
  const early = JSON.parse(text)
  const asked = await world.call({ url: '/v1/scheduling', as: link })
  expect(early).toMatchObject({ status: 200, contentType: asked.headers['content-type'] })
  expect(JSON.parse(early.body)).toEqual(asked.json())
  expect(early.body).toContain('</script>')
  expect(body.match(/<\/script>/g)).toHaveLength(2)
})

test('the booking page begins as the build draws it, and without that where it cannot be drawn', async () => {
  const scene = await createScene(world)
  const { link } = await createLinked(world, scene)
  const { sessionType } = scene
  const startOf = async (name: string) => {
    await world.database.db.update(sessionTypes).set({ name }).where(eq(sessionTypes.id, sessionType.id))
    const { body, headers } = await page(`/book/${link}`)
    const nonce = /'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1]
    expect(body).toContain('"status":200')
    return {
      root: /<div id="root">(.*)<\/div>/.exec(body)?.[1],
      hasStyles: body.includes(`<style nonce="${nonce}">:root{--drawn:1}</style></head>`),
    }
  }
  expect(await startOf('$& whole')).toEqual({ root: '<h1>$& whole</h1>', hasStyles: true })
  expect(await startOf('nothing to draw')).toEqual({ root: '', hasStyles: false })
  expect(await startOf('broken')).toEqual({ root: '', hasStyles: false })
})

test('a dead link is known with the page; a return page brings nothing along', async () => {
  expect((await page('/book/some-secret')).body).toContain('link_not_found')
  for (const url of ['/book/return/some-secret', '/book/', '/feedback/some-secret'])
    expect((await page(url)).body).not.toContain('early-scheduling')
})
