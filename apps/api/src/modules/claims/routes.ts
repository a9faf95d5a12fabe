import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { command } from '../../plugins/idempotency.ts'
import { trainingRequestAfterCommand } from '../../views/training-requests.ts'
import { ref } from '../../wire/schema.ts'
import { RequestParams, TrainingRequest } from '../requests/schemas.ts'
import { claimRequest } from './claim-request.ts'
import { ClaimBody } from './schemas.ts'

/** The one command that trainers race for. */
export const claimRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.post(
    '/v1/organizations/:org/requests/:requestId/claim',
    {
      config: {
        audience: ['member', { apiKey: 'requests:write' }],
        problems: ['request_already_claimed', 'trainer_role_required', 'not_eligible', 'invalid_state'],
      },
      schema: {
        operationId: 'claimRequest',
        tags: ['Requests'],
        summary: 'Claim This Request',
        description:
          'The first trainer wins; everyone else reads 409 `request_already_claimed`. The owner claiming again gets 200 and nothing happens. Eligibility is judged at the moment of the claim. An API key claims for the trainer that it names.',
        params: RequestParams,
        body: ClaimBody,
        response: { 200: ref(TrainingRequest) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const target = {
          scope: scopeOf(request),
          caller: callerOf(request),
          trainingRequestId: request.params.requestId,
        }
        await claimRequest(deps, { ...target, trainerId: request.body.trainerId })
        return { status: 200, body: await trainingRequestAfterCommand(deps, target) }
      }),
  )
}
