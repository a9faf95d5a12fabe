import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMember, createOrganization, type TestMember, type TestOrganization } from '../../test/factories.ts'
import { createTestWorld, type TestWorld } from '../../test/test-world.ts'
import { buildApp } from '../app.ts'

let world: TestWorld
let organization: TestOrganization
let admin: TestMember

beforeAll(async () => {
  world = await createTestWorld({ now: '2026-11-23T15:00:00Z' })
  organization = await createOrganization(world)
  admin = await createMember(world, organization, { role: 'org_admin' })
})
afterAll(() => world.close())

const JSON_HEADERS = { 'content-type': 'application/json' }
const logIn = '/v1/auth/login'

/** Every field that a refusal may have: nothing of an error beyond these ever leaves. */
const FIELDS = ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId', 'errors']

describe('bodies', () => {
  test('a body that is not JSON is malformed_request', async () => {
    const answer = await world.app.inject({ method: 'POST', url: logIn, headers: JSON_HEADERS, payload: '{"email": ' })
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.json()).toEqual({
      type: '/problems/malformed_request',
      title: 'Malformed request',
      status: 400,
      detail: 'The request could not be read. Send valid JSON and well-formed headers.',
      instance: logIn,
      code: 'malformed_request',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  test('a body that would poison the prototype is malformed_request', async () => {
    for (const payload of ['{"__proto__": {"admin": true}}', '{"constructor": {"prototype": {"admin": true}}}']) {
      const answer = await world.app.inject({ method: 'POST', url: logIn, headers: JSON_HEADERS, payload })
      expect(answer.json()).toMatchObject({ code: 'malformed_request' })
    }
  })

  test('each wrong field is named with a pointer and a sentence, unknown ones included', async () => {
    const answer = await world.call({
      method: 'POST',
      url: '/v1/auth/signup',
      body: { firstName: ' ', lastName: 'Miller', email: 'ada', password: 'short', organizationName: 7, 'a/b~c': 1 },
    })
    expect(answer.statusCode).toBe(422)
    const body = answer.json()
    expect(body).toMatchObject({ code: 'validation_failed', status: 422 })
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/organizationSlug', message: 'Is required.' },
        { pointer: '/a~1b~0c', message: 'Is not a known field.' },
        {
          pointer: '/firstName',
          message: 'Must be one line of text, not blank, without characters that turn its direction.',
        },
        { pointer: '/email', message: 'Must be an email address.' },
        { pointer: '/password', message: 'Must have at least 10 characters.' },
        { pointer: '/organizationName', message: 'Must be text.' },
      ]),
    )
    expect(body.errors).toHaveLength(6)
    expect(answer.body).not.toContain('short')
  })

  test('a number sent as text is not taken for a number', async () => {
    const answer = await world.call({
      method: 'POST',
      url: '/v1/me/availability/rules',
      as: admin.accessToken,
      body: { scheduleType: 'custom', daysOfWeek: ['1'], startTime: '09:00', endTime: '17:00' },
    })
    expect(answer.json()).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/daysOfWeek/0', message: 'Must be a whole number.' }],
    })
  })

  test('text that the database cannot hold is refused as a field, not as a failure', async () => {
    for (const name of ['a\u0000b', 'a\ud800b', 'a\nb']) {
      const answer = await world.call({
        method: 'PATCH',
        url: '/v1/me',
        as: admin.accessToken,
        body: { firstName: name },
      })
      expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/firstName' }] })
    }
  })

  test('a body in another form than JSON is unsupported_media_type', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const answer = await world.app.inject({
        method: 'POST',
        url: logIn,
        headers: { 'content-type': type },
        payload: 'email=a',
      })
      expect(answer.statusCode).toBe(415)
      expect(answer.json()).toMatchObject({ code: 'unsupported_media_type', instance: logIn })
    }
  })

  test('a body of one mebibyte is still read, one byte more is body_too_large', async () => {
    const padded = (bytes: number) => `{"email":"a"}${' '.repeat(bytes - 13)}`
    const fits = await world.app.inject({
      method: 'POST',
      url: logIn,
      headers: JSON_HEADERS,
      payload: padded(1024 * 1024),
    })
    const exceeds = await world.app.inject({
      method: 'POST',
      url: logIn,
      headers: JSON_HEADERS,
      payload: padded(1024 * 1024 + 1),
    })
    expect(fits.json()).toMatchObject({ code: 'validation_failed' })
    expect(exceeds.json()).toMatchObject({ code: 'body_too_large', status: 413 })
  })

  test('an absent body and an empty one both lack the required fields', async () => {
    const absent = await world.app.inject({ method: 'POST', url: logIn })
    const empty = await world.app.inject({ method: 'POST', url: logIn, headers: JSON_HEADERS, payload: '' })
    for (const answer of [absent, empty]) expect(answer.json()).toMatchObject({ code: 'validation_failed' })
  })
})

describe('addresses', () => {
  test('an unknown parameter, a bad one and a strange cursor are invalid_query', async () => {
    const list = `/v1/organizations/${organization.slug}/requests`
    for (const [query, pointer] of [
      ['?colour=red', '/colour'],
      ['?limit=0', '/limit'],
      ['?limit=101', '/limit'],
      ['?limit=ten', '/limit'],
      ['?view=theirs', '/view'],
      ['?status=claimed&status=lost', '/status/1'],
      ['?cursor=', '/cursor'],
    ]) {
      const answer = await world.call({ url: list + query, as: admin.accessToken })
      expect(answer.statusCode, query).toBe(400)
      expect(answer.json(), query).toMatchObject({ code: 'invalid_query', instance: list, errors: [{ pointer }] })
    }
  })

  test('an unknown parameter is refused where no parameter is known', async () => {
    const answer = await world.call({ url: '/v1/me?verbose=true', as: admin.accessToken })
    expect(answer.json()).toMatchObject({
      code: 'invalid_query',
      errors: [{ pointer: '/verbose', message: 'Is not a known field.' }],
    })
  })

  test('an ill-formed id in the path is not_found', async () => {
    for (const id of ['42', 'urn:uuid:01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07', '01939b2c', `${'a'.repeat(300)}`]) {
      const answer = await world.call({
        url: `/v1/organizations/${organization.slug}/requests/${id}`,
        as: admin.accessToken,
      })
      expect(answer.statusCode, id).toBe(404)
      expect(answer.json()).toMatchObject({ code: 'not_found' })
      expect(answer.json()).not.toHaveProperty('errors')
    }
  })

  test('an unknown path and an unknown method are not_found', async () => {
    for (const [method, url] of [
      ['GET', '/v1/unknown'],
      ['DELETE', '/v1/me'],
      ['POST', '/v1/'],
    ] as const) {
      const answer = await world.call({ method, url, as: admin.accessToken })
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toMatchObject({ code: 'not_found' })
    }
  })

  test('a path that cannot be decoded is refused as a problem', async () => {
    const answer = await world.app.inject({ url: '/v1/organizations/%zz/settings' })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'malformed_request' })
  })

  test('the query of the address is not told back', async () => {
    const answer = await world.call({ url: '/v1/me?secret=hunter2', as: admin.accessToken })
    expect(answer.json().instance).toBe('/v1/me')
    expect(answer.headers['cache-control']).toBe('no-store')
  })
})

describe('failures of our own', () => {
  test('an unexpected error is internal_error and says nothing of itself', async () => {
    const app = await buildApp(world.deps, {
      standIns: async (standIns) => {
        standIns.get('/broken', { config: { audience: ['public'] } }, async () => {
          throw new Error('select * from users where password = hunter2')
        })
      },
    })
    const answer = await app.inject({ url: '/broken' })
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toMatchObject({ code: 'internal_error', status: 500 })
    expect(Object.keys(answer.json()).filter((field) => !FIELDS.includes(field))).toEqual([])
    expect(answer.body).not.toContain('hunter2')
    await app.close()
  })

  test('a database that cannot be reached is service_unavailable with Retry-After', async () => {
    const app = await buildApp(world.deps, {
      standIns: async (standIns) => {
        standIns.get('/away', { config: { audience: ['public'] } }, async () => {
          throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
        })
      },
    })
    const answer = await app.inject({ url: '/away' })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.json()).toMatchObject({ code: 'service_unavailable' })
    await app.close()
  })

  test('the app refuses to start when a route does not say who may call it', async () => {
    const app = await buildApp(world.deps, {
      standIns: async (standIns) => {
        standIns.get('/open-to-whom', async () => 'anyone')
      },
    })
    await expect(app.ready()).rejects.toThrow('GET /open-to-whom names no audience')
    await app.close()
  })

  test('what is not HTTP gets a problem and the line is closed', async () => {
    const [origin = ''] = await world.listen(1)
    const { port } = new URL(origin)
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('NOT HTTP AT ALL\r\n\r\n'))
      socket.on('data', (chunk) => {
        text += chunk.toString('utf8')
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({ code: 'malformed_request' })
  })
})

describe('OPTIONS', () => {
  const asked = (target: string, headers = '') =>
    new Promise<string>((resolve, reject) => {
      let text = ''
      world.listen(1).then(([origin = '']) => {
        const { port } = new URL(origin)
        const socket = connect(Number(port), '127.0.0.1', () =>
          socket.write(`OPTIONS ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`),
        )
        socket.on('data', (chunk) => {
          text += chunk.toString('utf8')
        })
        socket.on('close', () => resolve(text))
        socket.on('error', reject)
      }, reject)
    })

  test.each(['*', '/v1/me', '/no-such-path'])('of %s says what may be done, whoever asks', async (target) => {
    const answer = await asked(target)
    expect(answer).toMatch(/^HTTP\/1\.1 204 No Content\r\n/)
    expect(answer).toMatch(/\r\nallow: GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS\r\n/i)
  })

  test('before a call from another site still is a preflight', async () => {
    const answer = await asked('/v1/me', 'Origin: https://site.test\r\nAccess-Control-Request-Method: PATCH\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 204 No Content\r\n/)
    expect(answer).toMatch(/\r\naccess-control-allow-methods: GET, HEAD, POST, PATCH, PUT, DELETE\r\n/i)
  })
})

describe('headers', () => {
  test('an Idempotency-Key of 255 characters is taken, one of 256 and an empty one are malformed_request', async () => {
    const url = `/v1/organizations/${organization.slug}/requests/${world.deps.ids.next()}/claim`
    const codeWith = async (key: string) => {
      const headers = { 'idempotency-key': key }
      return (await world.call({ method: 'POST', url, as: admin.accessToken, headers })).json().code
    }
    expect(await codeWith('k'.repeat(255))).not.toBe('malformed_request')
    expect(await codeWith('k'.repeat(256))).toBe('malformed_request')
    expect(await codeWith('')).toBe('malformed_request')
  })
})
