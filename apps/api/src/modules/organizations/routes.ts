import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { closedPageQuery } from '../../wire/page.ts'
import { notBuilt } from '../../wire/problem.ts'
import { ref } from '../../wire/schema.ts'
import {
  ApiKeyPage,
  ApiKeyParams,
  CreateApiKeyBody,
  CreatedApiKey,
  ListMembersQuery,
  MemberPage,
  OrganizationSettings,
  OrgParams,
  UpdateSettingsBody,
} from './schemas.ts'

/** The organization's settings, its people and its API keys. */
export const organizationRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app) => {
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
    async () => notBuilt(),
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
    async () => notBuilt(),
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
    async () => notBuilt(),
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
    async () => notBuilt(),
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
    async () => notBuilt(),
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
    async () => notBuilt(),
  )
}
