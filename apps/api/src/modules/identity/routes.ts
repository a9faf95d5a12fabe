import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { signedInUserOf } from '../../plugins/auth.ts'
import { limiters } from '../../plugins/rate-limits.ts'
import { clearRefreshCookie, credentialsOf, refreshTokenOf, refuseForeignOrigin } from '../../plugins/sign-in.ts'
import { me, signedInPerson } from '../../views/me.ts'
import { ref } from '../../wire/schema.ts'
import { logIn } from './log-in.ts'
import { logOut } from './log-out.ts'
import { refreshSession } from './refresh-session.ts'
import { LogInBody, Me, SignIn, UpdateMeBody } from './schemas.ts'
import { updateMe } from './update-me.ts'

const refreshCookie = [{ refreshCookie: [] }]

/** Signing in and out, and the signed-in person's own data. */
export const identityRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  const limits = limiters(app, deps.config.rateLimitScale)
  const onRequest = refuseForeignOrigin(deps.config)

  app.post(
    '/v1/auth/login',
    {
      onRequest,
      preHandler: (request) => limits.signIn(request, request.body.email),
      config: { audience: ['public'], problems: ['invalid_credentials', 'origin_not_allowed'] },
      schema: {
        operationId: 'logIn',
        tags: ['Sign-in'],
        summary: 'Sign in',
        description:
          'Answers with an access token for 15 minutes and sets the refresh cookie. An unknown email and a wrong password are told alike and take the same time. At most 10 tries in 5 minutes per address and email.',
        body: LogInBody,
        response: { 200: ref(SignIn) },
      },
    },
    async (request, reply) => {
      const signIn = await logIn(deps, request.body)
      return { ...credentialsOf(reply, deps.config, signIn), ...(await signedInPerson(deps.db, signIn.userId)) }
    },
  )

  app.post(
    '/v1/auth/refresh',
    {
      onRequest,
      config: { audience: ['public'], problems: ['unauthenticated', 'refresh_token_reused', 'origin_not_allowed'] },
      schema: {
        operationId: 'refreshSession',
        tags: ['Sign-in'],
        summary: 'Get a fresh access token',
        description:
          'Exchanges the refresh cookie for a new one and a fresh access token. A cookie that was used before ends the whole sign-in.',
        security: refreshCookie,
        response: { 200: ref(SignIn) },
      },
    },
    async (request, reply) => {
      const signIn = await refreshSession(deps, { refreshToken: refreshTokenOf(request, deps.config) })
      return { ...credentialsOf(reply, deps.config, signIn), ...(await signedInPerson(deps.db, signIn.userId)) }
    },
  )

  app.post(
    '/v1/auth/logout',
    {
      onRequest,
      config: { audience: ['public'], problems: ['origin_not_allowed'] },
      schema: {
        operationId: 'logOut',
        tags: ['Sign-in'],
        summary: 'Sign out',
        description:
          'Ends the sign-in of the refresh cookie and removes the cookie. Without a cookie there is nothing to do.',
        security: [{ refreshCookie: [] }, {}],
        response: { 204: Type.Null({ description: 'Signed out.' }) },
      },
    },
    async (request, reply) => {
      await logOut(deps, { refreshToken: refreshTokenOf(request, deps.config) })
      clearRefreshCookie(reply, deps.config)
      reply.code(204)
      return null
    },
  )

  app.get(
    '/v1/me',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'getMe',
        tags: ['Me'],
        summary: 'Who am I',
        description: 'The signed-in person with their organizations, roles and notification preferences.',
        response: { 200: ref(Me) },
      },
    },
    async (request) => me(deps.db, signedInUserOf(request).sub),
  )

  app.patch(
    '/v1/me',
    {
      config: { audience: ['user'] },
      schema: {
        operationId: 'updateMe',
        tags: ['Me'],
        summary: 'Change my name, time zone or notifications',
        description: 'Changes what is sent and keeps the rest.',
        body: UpdateMeBody,
        response: { 200: ref(Me) },
      },
    },
    async (request) => {
      const userId = signedInUserOf(request).sub
      await updateMe(deps, { userId, changes: request.body })
      return me(deps.db, userId)
    },
  )
}
