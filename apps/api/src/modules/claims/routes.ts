import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { notBuilt } from '../../wire/problem.ts'
import { closed, ref } from '../../wire/schema.ts'
import { RequestParams, TrainingRequest } from '../requests/schemas.ts'

/** The one command that trainers race for. */
export const claimRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app) => {
  app.post(
    '/v1/organizations/:org/requests/:requestId/claim',
    {
      config: {
        audience: ['member'],
        problems: ['request_already_claimed', 'trainer_role_required', 'not_eligible', 'invalid_state'],
      },
      schema: {
        operationId: 'claimRequest',
        tags: ['Requests'],
        summary: 'Claim This Request',
        description:
          'The first trainer wins; everyone else reads 409 `request_already_claimed`. The owner claiming again gets 200 and nothing happens. Eligibility is judged at the moment of the claim.',
        params: RequestParams,
        body: closed({}),
        response: { 200: ref(TrainingRequest) },
      },
    },
    async () => notBuilt(),
  )
}
