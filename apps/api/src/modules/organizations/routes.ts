import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { command } from '../../plugins/idempotency.ts'
import { limiters } from '../../plugins/rate-limits.ts'
import { credentialsOf, refuseForeignOrigin } from '../../plugins/sign-in.ts'
import { apiKey, apiKeyPage } from '../../views/api-keys.ts'
import { stripeIntegrationOf } from '../../views/integrations.ts'
import { signedInPerson } from '../../views/me.ts'
import { memberPage } from '../../views/members.ts'
import { settingsOf } from '../../views/settings.ts'
import { closedPageQuery } from '../../wire/page.ts'
import { ref } from '../../wire/schema.ts'
import { SignIn, SignUpBody } from '../identity/schemas.ts'
import { connectStripe } from './connect-stripe.ts'
import { createApiKey } from './create-api-key.ts'
import { disconnectStripe } from './disconnect-stripe.ts'
import { revokeApiKey } from './revoke-api-key.ts'
import {
  ApiKeyPage,
  ApiKeyParams,
  ConnectStripeBody,
  CreateApiKeyBody,
  CreatedApiKey,
  Integration,
  IntegrationList,
  ListMembersQuery,
  MemberPage,
  OrganizationSettings,
  OrgParams,
  UpdateSettingsBody,
} from './schemas.ts'
import { signUp } from './sign-up.ts'
import { updateSettings } from './update-settings.ts'

/** The organization's making, its settings, its people and its API keys. */
export const organizationRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  const limits = limiters(app, deps.config.rateLimitScale)

  app.post(
    '/v1/auth/signup',
    {
      onRequest: refuseForeignOrigin(deps.config),
      preHandler: (request) => limits.signUp(request),
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
    async (request, reply) => {
      const signIn = await signUp(deps, request.body)
      reply.code(201)
      return { ...credentialsOf(reply, deps.config, signIn), ...(await signedInPerson(deps.db, signIn.userId)) }
    },
  )

  app.get(
    '/v1/organizations/:org/settings',
    {
      config: { audience: ['orgAdmin', { apiKey: 'organization:read' }] },
      schema: {
        operationId: 'getSettings',
        tags: ['Organization'],
        summary: 'Read the settings',
        description: 'All settings with their present values.',
        params: OrgParams,
        response: { 200: ref(OrganizationSettings) },
      },
    },
    async (request) => settingsOf(deps.db, scopeOf(request)),
  )

  app.patch(
    '/v1/organizations/:org/settings',
    {
      config: { audience: ['orgAdmin', { apiKey: 'organization:write' }] },
      schema: {
        operationId: 'updateSettings',
        tags: ['Organization'],
        summary: 'Change settings',
        description:
          'Changes what is sent and keeps the rest. Booked sessions keep the price and rules they were made with.',
        params: OrgParams,
        body: UpdateSettingsBody,
        response: { 200: ref(OrganizationSettings) },
      },
    },
    async (request) => {
      const scope = scopeOf(request)
      await updateSettings(deps, { scope, caller: callerOf(request), changes: request.body })
      return settingsOf(deps.db, scope)
    },
  )

  app.get(
    '/v1/organizations/:org/members',
    {
      config: { audience: ['orgAdmin', { apiKey: 'organization:read' }] },
      schema: {
        operationId: 'listMembers',
        tags: ['Organization'],
        summary: 'List the people of the organization',
        description: 'By name. `status=active&trainers=true` lists everyone a request can be assigned to.',
        params: OrgParams,
        querystring: ListMembersQuery,
        response: { 200: MemberPage },
      },
    },
    async (request) => memberPage(deps.db, scopeOf(request), request.query),
  )

  app.get(
    '/v1/organizations/:org/api-keys',
    {
      config: { audience: ['orgAdmin'] },
      schema: {
        operationId: 'listApiKeys',
        tags: ['API keys'],
        summary: 'List API keys',
        description: 'Newest first, revoked ones included. The secrets are not kept and cannot be shown.',
        params: OrgParams,
        querystring: closedPageQuery,
        response: { 200: ApiKeyPage },
      },
    },
    async (request) => apiKeyPage(deps.db, scopeOf(request), request.query),
  )

  app.post(
    '/v1/organizations/:org/api-keys',
    {
      config: { audience: ['orgAdmin'], problems: ['name_taken'] },
      schema: {
        operationId: 'createApiKey',
        tags: ['API keys'],
        summary: 'Make an API key',
        description: 'The answer holds the secret, once. A key acts as an Organizational Admin within its scopes.',
        params: OrgParams,
        body: CreateApiKeyBody,
        response: { 201: ref(CreatedApiKey) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const scope = scopeOf(request)
        const made = await createApiKey(deps, { scope, caller: callerOf(request), ...request.body })
        return { status: 201, body: { ...(await apiKey(deps.db, scope, made.id)), key: made.key } }
      }),
  )

  app.delete(
    '/v1/organizations/:org/api-keys/:apiKeyId',
    {
      config: { audience: ['orgAdmin'] },
      schema: {
        operationId: 'revokeApiKey',
        tags: ['API keys'],
        summary: 'Revoke an API key',
        description: 'The key stops working at once. Revoking it again changes nothing.',
        params: ApiKeyParams,
        response: { 204: Type.Null({ description: 'Revoked.' }) },
      },
    },
    async (request, reply) => {
      await revokeApiKey(deps, { scope: scopeOf(request), apiKeyId: request.params.apiKeyId })
      reply.code(204)
      return null
    },
  )

  app.get(
    '/v1/organizations/:org/integrations',
    {
      config: { audience: ['orgAdmin'] },
      schema: {
        operationId: 'listIntegrations',
        tags: ['Organization'],
        summary: 'List the integrations',
        description: 'Where the organization takes money, and what its webhook has to look like. Never a secret.',
        params: OrgParams,
        response: { 200: IntegrationList },
      },
    },
    async (request) => ({ data: [await stripeIntegrationOf(deps, scopeOf(request))] }),
  )

  app.put(
    '/v1/organizations/:org/integrations/stripe',
    {
      config: { audience: ['orgAdmin'], problems: ['payment_provider_unavailable'] },
      schema: {
        operationId: 'connectStripe',
        tags: ['Organization'],
        summary: 'Connect the organization’s own Stripe account, or change its keys',
        description:
          'A secret key is tried at Stripe first: one that Stripe does not take answers 422 at `/secretKey`. From then on new payments are made in this account; earlier ones stay where they were made. First connect with the secret key, then make a webhook endpoint at Stripe for `webhookUrl` and send its signing secret.',
        params: OrgParams,
        body: ConnectStripeBody,
        response: { 200: ref(Integration) },
      },
    },
    async (request) => {
      const scope = scopeOf(request)
      await connectStripe(deps, { scope, caller: callerOf(request), ...request.body })
      return stripeIntegrationOf(deps, scope)
    },
  )

  app.delete(
    '/v1/organizations/:org/integrations/stripe',
    {
      config: { audience: ['orgAdmin'] },
      schema: {
        operationId: 'disconnectStripe',
        tags: ['Organization'],
        summary: 'Disconnect the organization’s own Stripe account',
        description:
          'New payments are no longer made there. Those made with it are still settled and paid back there. Again changes nothing.',
        params: OrgParams,
        response: { 204: Type.Null({ description: 'Disconnected.' }) },
      },
    },
    async (request, reply) => {
      await disconnectStripe(deps, { scope: scopeOf(request), caller: callerOf(request) })
      reply.code(204)
      return null
    },
  )
}
