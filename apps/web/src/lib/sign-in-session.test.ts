import { beforeEach, expect, test } from 'vitest'
import { aSignIn } from '../testing/fixtures.ts'
import { refusal, respond } from '../testing/handlers.ts'
import { server } from '../testing/server.ts'
import { answer } from './api.ts'
import { beginSignIn, currentAccessToken, forgetSignIn, restoreSignIn, signInState } from './sign-in-session.ts'
import { api } from './staff-api.ts'

beforeEach(forgetSignIn)

test('a first visit asks the API for nothing', async () => {
  await restoreSignIn()
  expect(signInState()).toBe('signed_out')
})

test('many calls at once refresh once, since the cookie works only once', async () => {
  let refreshes = 0
  server.use(
    respond('post', '/v1/auth/refresh', () => {
      refreshes += 1
      return { ...aSignIn(), accessToken: `token-${refreshes}` }
    }),
  )
  const tokens = await Promise.all(Array.from({ length: 5 }, () => currentAccessToken()))
  expect(new Set(tokens)).toEqual(new Set(['token-1']))
  expect(refreshes).toBe(1)
})

test('a token that the API refuses is renewed and the call sent once more', async () => {
  const seen: (string | null)[] = []
  beginSignIn({ ...aSignIn(), accessToken: 'old' })
  server.use(
    respond('post', '/v1/auth/refresh', () => ({ ...aSignIn(), accessToken: 'new' })),
    respond('patch', '/v1/me', async ({ request }) => {
      seen.push(request.headers.get('Authorization'))
      return request.headers.get('Authorization') === 'Bearer new' && (await request.text()).includes('Ada')
        ? refusal(404, 'not_found')
        : refusal(401, 'access_token_expired')
    }),
  )
  // The answer of the second attempt counts, whatever it is.
  await expect(answer(api.PATCH('/v1/me', { body: { firstName: 'Ada' } }))).rejects.toMatchObject({ code: 'not_found' })
  expect(seen).toEqual(['Bearer old', 'Bearer new'])
})

test('a refused refresh signs out', async () => {
  beginSignIn({ ...aSignIn(), expiresIn: 1 })
  server.use(respond('post', '/v1/auth/refresh', () => refusal(401, 'refresh_token_reused')))
  expect(await currentAccessToken()).toBeNull()
  expect(signInState()).toBe('signed_out')
})

test('a server that is away signs nobody out', async () => {
  beginSignIn({ ...aSignIn(), expiresIn: 1 })
  server.use(respond('post', '/v1/auth/refresh', () => refusal(503, 'service_unavailable')))
  await expect(currentAccessToken()).rejects.toMatchObject({ code: 'service_unavailable' })
  expect(signInState()).toBe('signed_in')
})

test('a page loaded in the middle of a refresh lets the browser take the cookie before it asks again', async () => {
  const askedAt = Date.now() - 1_900
  localStorage.setItem('ordinatus-signed-in', 'yes')
  localStorage.setItem('ordinatus-refresh-asked-at', String(askedAt))
  let askedAgainAt = 0
  server.use(
    respond('post', '/v1/auth/refresh', () => {
      askedAgainAt = Date.now()
      return aSignIn()
    }),
  )
  await restoreSignIn()
  expect(askedAgainAt - askedAt).toBeGreaterThanOrEqual(1_990)
  // An answer that was seen is waited for no more.
  expect(localStorage.getItem('ordinatus-refresh-asked-at')).toBeNull()
})
