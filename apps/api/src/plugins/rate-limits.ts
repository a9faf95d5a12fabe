import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { AppError } from '../errors/app-error.ts'

const MINUTE = 60_000

/** One limit: so many in a window, counted per key. Sources: api.md "Rate limits". */
interface Limit {
  max: number
  windowMilliseconds: number
}

const UNKNOWN_CREDENTIALS: Limit = { max: 30, windowMilliseconds: MINUTE }
const LIVE_LINK: Limit = { max: 120, windowMilliseconds: MINUTE }
const CALLER: Limit = { max: 600, windowMilliseconds: MINUTE }
const SUBMIT_PER_MINUTE: Limit = { max: 10, windowMilliseconds: MINUTE }
const SUBMIT_PER_HOUR: Limit = { max: 60, windowMilliseconds: 60 * MINUTE }
const SIGN_IN: Limit = { max: 10, windowMilliseconds: 5 * MINUTE }
const SIGN_UP: Limit = { max: 10, windowMilliseconds: 60 * MINUTE }

export type Limiters = ReturnType<typeof limiters>

/**
 * The limits of api.md, each a function that counts one use and throws 429 `rate_limited` with `Retry-After` (seconds)
 * when it was one too many. `scale` multiplies them all; 0 turns them off. Counters are kept per process.
 */
export function limiters(app: FastifyInstance, scale: number) {
  function limiter(limit: Limit): (request: FastifyRequest, key: string) => Promise<void> {
    if (scale === 0) return async () => {}
    const keys = new WeakMap<FastifyRequest, string>()
    const count = app.createRateLimit({
      max: Math.max(1, Math.floor(limit.max * scale)),
      timeWindow: limit.windowMilliseconds,
      keyGenerator: (request) => keys.get(request) ?? request.ip,
    })
    return async (request, key) => {
      keys.set(request, key)
      const result = await count(request)
      if (result.isAllowed || !result.isExceeded) return
      throw new AppError('rate_limited', {
        detail: `Too many tries. Wait ${result.ttlInSeconds} seconds, then try again.`,
        retryAfterSeconds: result.ttlInSeconds,
      })
    }
  }
  const unknownCredentials = limiter(UNKNOWN_CREDENTIALS)
  const liveLink = limiter(LIVE_LINK)
  const caller = limiter(CALLER)
  const submitPerMinute = limiter(SUBMIT_PER_MINUTE)
  const submitPerHour = limiter(SUBMIT_PER_HOUR)
  const signIn = limiter(SIGN_IN)
  const signUp = limiter(SIGN_UP)
  return {
    /** A link, key or access token that nobody has issued, counted per address: 30 a minute. */
    unknownCredential: (request: FastifyRequest) => unknownCredentials(request, request.ip),
    liveLink,
    caller,
    /** A form sent in, counted per address: 10 a minute and 60 an hour. */
    async formSubmission(request: FastifyRequest): Promise<void> {
      await submitPerMinute(request, request.ip)
      await submitPerHour(request, request.ip)
    },
    /** A sign-in tried, counted per address and email: 10 per 5 minutes. */
    signIn: (request: FastifyRequest, email: string) => signIn(request, `${request.ip} ${email.trim().toLowerCase()}`),
    signUp: (request: FastifyRequest) => signUp(request, request.ip),
  }
}

/** Makes the limiter store available; the limits themselves are applied where the caller is known. */
export const rateLimitsPlugin = fastifyPlugin(
  async (app: FastifyInstance) => {
    await app.register(fastifyRateLimit, { global: false, cache: 50_000 })
  },
  { name: 'rate-limits' },
)
