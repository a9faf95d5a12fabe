import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { notBuilt } from '../../wire/problem.ts'
import { ref } from '../../wire/schema.ts'
import { LogInBody, Me, SignIn, SignUpBody, UpdateMeBody } from './schemas.ts'

const refreshCookie = [{ refreshCookie: [] }]

/** Sign-up, sign-in and the signed-in person's own data. */
export const identityRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app) => {
  app.post(
    '/v1/auth/signup',
    {
      config: { audience: ['public'], problems: ['email_already_registered', 'slug_taken', 'origin_not_allowed'] },
      schema: {
        operationId: 'signUp',
        tags: ['Sign-in'],
        summary: 'Make an organization and its first admin',
        description:
          'Makes the organization and signs its first Organizational Admin in. Sets the refresh cookie. The email becomes the organization’s support address.',
        body: SignUpBody,
        response: { 201: ref(SignIn) },
      },
    },
    async () => notBuilt(),
  )

  app.post(
    '/v1/auth/login',
    {
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
    async () => notBuilt(),
  )

  app.post(
    '/v1/auth/refresh',
    {
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
    async () => notBuilt(),
  )

  app.post(
    '/v1/auth/logout',
    {
      config: { audience: ['public'], problems: ['origin_not_allowed'] },
      schema: {
        operationId: 'logOut',
        tags: ['Sign-in'],
        summary: 'Sign out',
        description: 'Ends the sign-in of the refresh cookie and removes the cookie. Without a cookie there is nothing to do.',
        security: [{ refreshCookie: [] }, {}],
        response: { 204: Type.Null({ description: 'Signed out.' }) },
      },
    },
    async () => notBuilt(),
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
    async () => notBuilt(),
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
    async () => notBuilt(),
  )
}
