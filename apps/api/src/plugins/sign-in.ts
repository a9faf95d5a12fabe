import fastifyCookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Config } from '../config.ts'
import { AppError } from '../errors/app-error.ts'
import type { BegunSignIn } from '../modules/identity/begin-sign-in.ts'
import { ACCESS_TOKEN_LIFETIME_SECONDS } from './auth.ts'

type Environment = Pick<Config, 'environment'>

const NAME = 'ordinatus_refresh'
/** Browsers keep a `__Host-` cookie only from this host itself, over https, for all its paths (RFC 6265bis §4.1.3.2). */
const HOST_NAME = `__Host-${NAME}`

/** The refresh cookie's name and where it is sent: to signing in alone, except where its name asks for every path. */
function refreshCookie({ environment }: Environment) {
  return environment === 'production'
    ? { name: HOST_NAME, path: '/', secure: true }
    : { name: NAME, path: '/v1/auth', secure: false }
}

/** The refresh token that the browser sent; null when there is none. */
export function refreshTokenOf(request: FastifyRequest, config: Environment): string | null {
  const header = request.headers.cookie
  const value = header === undefined ? undefined : request.server.parseCookie(header)[refreshCookie(config).name]
  return value === undefined || value === '' ? null : value
}

function setRefreshCookie(reply: FastifyReply, config: Environment, value: string, expiresAt: Date): void {
  const { name, path, secure } = refreshCookie(config)
  reply.header(
    'set-cookie',
    reply.server.serializeCookie(name, value, { path, secure, httpOnly: true, sameSite: 'lax', expires: expiresAt }),
  )
}

/** Makes the browser forget its refresh token. */
export function clearRefreshCookie(reply: FastifyReply, config: Environment): void {
  setRefreshCookie(reply, config, '', new Date(0))
}

/** Hands a sign-in to its browser: the refresh token as a cookie that no script can read, the access token in the answer. */
export function credentialsOf(
  reply: FastifyReply,
  config: Environment,
  signIn: BegunSignIn,
): { accessToken: string; tokenType: 'Bearer'; expiresIn: number } {
  setRefreshCookie(reply, config, signIn.refreshToken, signIn.refreshTokenExpiresAt)
  const accessToken = reply.server.jwt.sign({ sub: signIn.userId, signInId: signIn.signInId })
  return { accessToken, tokenType: 'Bearer', expiresIn: ACCESS_TOKEN_LIFETIME_SECONDS }
}

/**
 * Refuses a call that a page of another site makes with this browser's cookie: 403 `origin_not_allowed`. Whoever sends no
 * `Origin` is no page. The one origin is the configured `APP_URL`; outside production also whatever host was called, so
 * that 127.0.0.1, localhost and the development server all work.
 */
export function refuseForeignOrigin(config: Pick<Config, 'environment' | 'appUrl'>) {
  const own = new URL(config.appUrl).origin
  return async (request: FastifyRequest): Promise<void> => {
    const { origin } = request.headers
    if (origin === undefined || origin === own) return
    if (config.environment !== 'production' && URL.canParse(origin) && new URL(origin).host === request.headers.host)
      return
    throw new AppError('origin_not_allowed')
  }
}

/** Reads and writes cookies for whoever asks; only signing in does, so no other request is looked through for them. */
export const signInPlugin = fastifyPlugin(
  async (app: FastifyInstance) => {
    await app.register(fastifyCookie, { hook: false })
  },
  { name: 'sign-in' },
)
