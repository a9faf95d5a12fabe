import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { scopeOf } from '../../plugins/auth.ts'
import { sessionTypePage } from '../../views/session-types.ts'
import { OrgParams } from '../organizations/schemas.ts'
import { ListSessionTypesQuery, SessionTypePage } from './schemas.ts'

/** What the organization sells, for everyone in it. */
export const sessionTypeRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.get(
    '/v1/organizations/:org/session-types',
    {
      config: { audience: ['member', { apiKey: 'organization:read' }] },
      schema: {
        operationId: 'listSessionTypes',
        tags: ['Session types'],
        summary: 'List session types',
        description: 'Oldest first, archived ones included. `status=active` lists what is sold.',
        params: OrgParams,
        querystring: ListSessionTypesQuery,
        response: { 200: SessionTypePage },
      },
    },
    async (request) => sessionTypePage(deps.db, scopeOf(request), request.query),
  )
}
