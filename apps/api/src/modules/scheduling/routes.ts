import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { command, vendorCommand } from '../../plugins/idempotency.ts'
import { previewOpenSlots } from '../../views/slots.ts'
import { trainingRequestAfterCommand } from '../../views/training-requests.ts'
import { closed, ref } from '../../wire/schema.ts'
import { RequestParams, TrainingRequest, UpdateRequestBody } from '../requests/schemas.ts'
import { assignRequest } from './assign-request.ts'
import { cancelRequest } from './cancel-request.ts'
import { createSchedulingToken } from './create-scheduling-token.ts'
import { releaseRequest } from './release-request.ts'
import { AssignBody, CreatedSchedulingToken, OpenSlotsPreview, ReasonBody } from './schemas.ts'
import { updateRequest } from './update-request.ts'

/** The request that a call is about, and who calls. */
function targetOf(request: FastifyRequest & { params: { requestId: string } }) {
  return { scope: scopeOf(request), caller: callerOf(request), trainingRequestId: request.params.requestId }
}

/** What trainer and admin do with a claimed request: give it back, hand it on, close it, send its scheduling link. */
export const schedulingRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.patch(
    '/v1/organizations/:org/requests/:requestId',
    {
      config: { audience: ['member', { apiKey: 'requests:write' }], problems: ['invalid_state'] },
      schema: {
        operationId: 'updateRequest',
        tags: ['Requests'],
        summary: 'Change the session type',
        description:
          'The session type steers price and lengths. Its trainer and admins may change it in `claimed`, `customer_scheduling` and `expired`; an open booking page notices.',
        params: RequestParams,
        body: UpdateRequestBody,
        response: { 200: ref(TrainingRequest) },
      },
    },
    async (request) => {
      const target = targetOf(request)
      await updateRequest(deps, { ...target, ...request.body })
      return trainingRequestAfterCommand(deps, target)
    },
  )

  app.post(
    '/v1/organizations/:org/requests/:requestId/release',
    {
      config: { audience: ['member', { apiKey: 'requests:write' }], problems: ['invalid_state'] },
      schema: {
        operationId: 'releaseRequest',
        tags: ['Requests'],
        summary: 'Give a request back',
        description:
          'Its trainer releases it, or an admin takes it back. The scheduling link stops working in the same moment; eligible trainers can claim it again. Refused while a session is booked or being paid.',
        params: RequestParams,
        body: ReasonBody,
        response: { 200: ref(TrainingRequest) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const target = targetOf(request)
        await releaseRequest(deps, { ...target, reason: request.body.reason })
        return { status: 200, body: await trainingRequestAfterCommand(deps, target) }
      }),
  )

  app.post(
    '/v1/organizations/:org/requests/:requestId/assign',
    {
      config: { audience: ['member', { apiKey: 'requests:write' }], problems: ['org_admin_required', 'invalid_state'] },
      schema: {
        operationId: 'assignRequest',
        tags: ['Requests'],
        summary: 'Assign a request to a trainer',
        description:
          'Admins only. Any active trainer, with or without the skills; both trainers are mailed and the scheduling link stops working. The trainer who has it already: 200, and nothing happens.',
        params: RequestParams,
        body: AssignBody,
        response: { 200: ref(TrainingRequest) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const target = targetOf(request)
        await assignRequest(deps, { ...target, ...request.body })
        return { status: 200, body: await trainingRequestAfterCommand(deps, target) }
      }),
  )

  app.post(
    '/v1/organizations/:org/requests/:requestId/cancel',
    {
      config: {
        audience: ['member', { apiKey: 'requests:write' }],
        problems: ['invalid_state', 'payment_provider_unavailable'],
      },
      schema: {
        operationId: 'cancelRequest',
        tags: ['Requests'],
        summary: 'Cancel a request',
        description:
          'Closes the request, its scheduling link and what is booked or being paid; the customer is told. Already canceled: 200, and nothing happens.',
        params: RequestParams,
        body: ReasonBody,
        response: { 200: ref(TrainingRequest) },
      },
    },
    async (request, reply) =>
      vendorCommand(deps, request, reply, async (deps) => {
        const target = targetOf(request)
        await cancelRequest(deps, { ...target, reason: request.body.reason })
        return { status: 200, body: await trainingRequestAfterCommand(deps, target) }
      }),
  )

  app.get(
    '/v1/organizations/:org/requests/:requestId/open-slots',
    {
      config: { audience: ['member', { apiKey: 'requests:read' }], problems: ['request_already_claimed'] },
      schema: {
        operationId: 'previewOpenSlots',
        tags: ['Requests'],
        summary: 'How many slots the customer would get',
        description: 'Of the trainer who has the request; while nobody has it, of the caller.',
        params: RequestParams,
        response: { 200: ref(OpenSlotsPreview) },
      },
    },
    async (request) => previewOpenSlots(deps, targetOf(request)),
  )

  app.post(
    '/v1/organizations/:org/requests/:requestId/scheduling-tokens',
    {
      config: {
        audience: ['member', { apiKey: 'requests:write' }],
        problems: [
          'invalid_state',
          'payment_already_received',
          'payments_not_configured',
          'payment_provider_unavailable',
        ],
      },
      schema: {
        operationId: 'createSchedulingToken',
        tags: ['Requests'],
        summary: 'Send Scheduling Link',
        description:
          'Sends the customer a link, or a fresh one: the previous link stops working in the same moment, and an unpaid hold ends. Refused once the customer has paid.',
        params: RequestParams,
        body: closed({}),
        response: { 201: ref(CreatedSchedulingToken) },
      },
    },
    async (request, reply) =>
      vendorCommand(deps, request, reply, async (deps) => {
        const sent = await createSchedulingToken(deps, targetOf(request))
        return {
          status: 201,
          body: { ...sent, sentAt: sent.sentAt.toISOString(), expiresAt: sent.expiresAt.toISOString() },
        }
      }),
  )
}
