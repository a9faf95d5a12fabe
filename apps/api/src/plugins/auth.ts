import fastifyJwt from '@fastify/jwt'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { AppDeps } from '../deps.ts'
import { API_KEY_PREFIX, isScopeGranted } from '../domain/api-key-scopes.ts'
import { type Caller, CUSTOMER, isOrgAdmin, isTrainer } from '../domain/caller.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { AppError } from '../errors/app-error.ts'
import { callerFinder } from '../modules/organizations/find-caller.ts'
import { linkFinder, type PresentedLink } from '../modules/scheduling/find-link.ts'
import type { Audience } from './audience.ts'
import { limiters } from './rate-limits.ts'

/** What an access token says: the person and the sign-in it came from, nothing that could go stale. */
export interface AccessTokenPayload {
  sub: string
  signInId: string
}

/** Seconds; api.md "Credentials". */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 15 * 60

declare module 'fastify' {
  interface FastifyRequest {
    accessTokenPayload: AccessTokenPayload | null
    accessTokenEndsAt: Date | null
    caller: Caller | null
    scope: OrganizationScope | null
    link: PresentedLink | null
  }
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: AccessTokenPayload
    user: AccessTokenPayload
  }
}

/** The signed-in person. Only routes whose audience asks for one may call it. */
export function signedInUserOf(request: FastifyRequest): AccessTokenPayload {
  if (request.accessTokenPayload === null) throw new AppError('unauthenticated')
  return request.accessTokenPayload
}

/** When the presented access token runs out, by the true clock. Only routes for signed-in people may call it. */
export function accessTokenEndsAt(request: FastifyRequest): Date {
  if (request.accessTokenEndsAt === null) throw new AppError('unauthenticated')
  return request.accessTokenEndsAt
}

/** Who is calling, within the organization that {@link scopeOf} names. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new AppError('unauthenticated')
  return request.caller
}

/** The organization that the caller was let into. */
export function scopeOf(request: FastifyRequest): OrganizationScope {
  if (request.scope === null) throw new AppError('not_found')
  return request.scope
}

/** The link that was presented, of whichever kind the route lets in. */
export function presentedLinkOf(request: FastifyRequest): PresentedLink {
  if (request.link === null) throw new AppError('link_not_found')
  return request.link
}

/** The scheduling link that was presented. */
export function schedulingLinkOf(request: FastifyRequest): Extract<PresentedLink, { kind: 'scheduling' }> {
  if (request.link?.kind !== 'scheduling') throw new AppError('link_not_found')
  return request.link
}

/** The checkout return, manage or feedback link that was presented. */
export function bookingLinkOf(request: FastifyRequest): Exclude<PresentedLink, { kind: 'scheduling' }> {
  if (request.link === null || request.link.kind === 'scheduling') throw new AppError('link_not_found')
  return request.link
}

function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization
  const match = header === undefined ? null : /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(header)
  if (match?.[1] === undefined)
    throw new AppError('unauthenticated', { detail: 'Send your credential as "Authorization: Bearer …".' })
  return match[1]
}

function scopesOf(audience: readonly Audience[]) {
  return audience.flatMap((one) => (typeof one === 'object' ? [one.apiKey] : []))
}

/**
 * Lets in who may come in, route by route. A route names its audiences; this plugin turns the presented credential into
 * a caller and, where the path names an organization, mints the scope that repositories demand.
 *
 * Refusals: 401 without a usable credential (`access_token_expired` when it has only run out), 404 for an organization
 * the caller is no member of, 403 for a member who lacks the role or a key that lacks the scope.
 */
export const authPlugin = fastifyPlugin<{ deps: AppDeps }>(
  async (app: FastifyInstance, { deps }) => {
    const callers = callerFinder(deps.db)
    const links = linkFinder(deps.db)
    const limits = limiters(app, deps.config.rateLimitScale)

    await app.register(fastifyJwt, {
      secret: deps.secrets.accessTokenKey,
      sign: { algorithm: 'HS256', expiresIn: ACCESS_TOKEN_LIFETIME_SECONDS },
      verify: { algorithms: ['HS256'] },
    })
    app.decorateRequest('accessTokenPayload', null)
    app.decorateRequest('accessTokenEndsAt', null)
    app.decorateRequest('caller', null)
    app.decorateRequest('scope', null)
    app.decorateRequest('link', null)

    async function admitLink(request: FastifyRequest, secret: string, audience: readonly Audience[]): Promise<void> {
      const digest = deps.secrets.digest(secret)
      let link: PresentedLink | null = null
      if (audience.includes('schedulingToken')) link = await links.scheduling(digest)
      if (link === null && audience.includes('returnToken')) link = await links.ofBooking(digest, 'checkout_return')
      if (link === null && audience.includes('manageToken')) link = await links.ofBooking(digest, 'manage')
      if (link === null && audience.includes('feedbackToken')) link = await links.ofBooking(digest, 'feedback')
      if (link === null) {
        await limits.unknownCredential(request)
        throw new AppError('link_not_found')
      }
      await limits.liveLink(request, digest.toString('base64url'))
      request.link = link
      request.scope = link.scope
      request.caller = CUSTOMER
    }

    async function admitApiKey(request: FastifyRequest, key: string, audience: readonly Audience[]): Promise<void> {
      const found = await callers.apiKey(deps.secrets.digest(key))
      if (found === null) {
        await limits.unknownCredential(request)
        throw new AppError('unauthenticated', { detail: 'This API key is unknown or was revoked.' })
      }
      await limits.caller(request, `key:${found.caller.keyId}`)
      const slug = organizationSlugOf(request)
      // Without an organization in its path a route is for people: the scope is what is missing.
      if (slug !== null && !(await callers.slugLeadsTo(slug, found.scope))) throw new AppError('not_found')
      const needed = scopesOf(audience)
      if (!needed.some((scope) => isScopeGranted(found.caller.scopes, scope)))
        throw new AppError('insufficient_scope', {
          detail:
            needed.length === 0
              ? 'API keys cannot do this; sign in instead.'
              : `This API key lacks the scope ${needed.join(' or ')}.`,
        })
      const now = deps.clock.unmoved()
      if (found.lastUsedAt === null || now.getTime() - found.lastUsedAt.getTime() > 60_000)
        await callers.noteApiKeyUse(found.caller.keyId, now)
      request.caller = found.caller
      request.scope = found.scope
    }

    async function admitUser(
      request: FastifyRequest,
      accessToken: string,
      audience: readonly Audience[],
    ): Promise<void> {
      let payload: AccessTokenPayload & { exp?: number }
      try {
        payload = app.jwt.verify<AccessTokenPayload>(accessToken)
      } catch (error) {
        const expired = (error as { code?: string }).code === 'FAST_JWT_EXPIRED'
        if (!expired) await limits.unknownCredential(request)
        throw new AppError(expired ? 'access_token_expired' : 'unauthenticated')
      }
      request.accessTokenPayload = { sub: payload.sub, signInId: payload.signInId }
      request.accessTokenEndsAt = payload.exp === undefined ? null : new Date(payload.exp * 1000)
      await limits.caller(request, `user:${payload.sub}`)
      const slug = organizationSlugOf(request)
      if (slug === null) {
        if (!(await callers.isSignedIn({ userId: payload.sub, signInId: payload.signInId })))
          throw new AppError('unauthenticated', { detail: 'This sign-in has ended. Sign in again.' })
        return
      }
      const found = await callers.memberOf({ userId: payload.sub, signInId: payload.signInId, slug })
      if (found === null) {
        if (!(await callers.isSignedIn({ userId: payload.sub, signInId: payload.signInId })))
          throw new AppError('unauthenticated', { detail: 'This sign-in has ended. Sign in again.' })
        throw new AppError('not_found')
      }
      request.caller = found.caller
      request.scope = found.scope
      if (audience.includes('member')) return
      if (audience.includes('orgAdmin') && isOrgAdmin(found.caller)) return
      if (audience.includes('trainer') && isTrainer(found.caller)) return
      throw new AppError(audience.includes('orgAdmin') ? 'org_admin_required' : 'trainer_role_required')
    }

    app.addHook('onRequest', async (request) => {
      const audience = request.routeOptions.config.audience
      if (audience === undefined || audience.includes('public')) return
      const secret = bearerOf(request)
      if (audience.some((one) => typeof one === 'string' && one.endsWith('Token'))) {
        await admitLink(request, secret, audience)
      } else if (secret.startsWith(API_KEY_PREFIX)) {
        await admitApiKey(request, secret, audience)
      } else {
        await admitUser(request, secret, audience)
      }
    })
  },
  { name: 'auth', dependencies: ['rate-limits'] },
)

function organizationSlugOf(request: FastifyRequest): string | null {
  const params = request.params as { org?: unknown }
  return typeof params.org === 'string' ? params.org : null
}
