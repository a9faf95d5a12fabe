import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { callerOf, scopeOf } from '../../plugins/auth.ts'
import { command } from '../../plugins/idempotency.ts'
import { limiters } from '../../plugins/rate-limits.ts'
import {
  listTrainingRequests,
  readTrainingRequest,
  trainingRequestAfterCommand,
} from '../../views/training-requests.ts'
import { ref } from '../../wire/schema.ts'
import { PublicFormParams } from '../forms/schemas.ts'
import { OrgParams } from '../organizations/schemas.ts'
import { resolveAttention } from './resolve-attention.ts'
import {
  ListRequestsQuery,
  RequestPage,
  RequestParams,
  ResolveAttentionBody,
  SubmitFormBody,
  SubmitRequestBody,
  SubmittedForm,
  TrainingRequest,
} from './schemas.ts'
import { submitForm } from './submit-form.ts'
import { submitRequest } from './submit-request.ts'

/** Requests come in, are listed and read; what makes one stuck is resolved. */
export const requestRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  const limits = limiters(app, deps.config.rateLimitScale)

  app.post(
    '/v1/public/organizations/:org/forms/:formSlug/submissions',
    {
      onRequest: (request) => limits.formSubmission(request),
      config: { audience: ['public'] },
      schema: {
        operationId: 'submitForm',
        tags: ['Public forms'],
        summary: 'Send in a form',
        description:
          'What a customer does on the public form. The request is routed and every eligible trainer is told. At most 10 a minute and 60 an hour per address. With the honeypot field filled the answer is the same and nothing is kept.',
        params: PublicFormParams,
        body: SubmitFormBody,
        response: { 202: ref(SubmittedForm) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => ({
        status: 202,
        body: await submitForm(deps, { ...request.params, submission: request.body }),
      })),
  )

  app.post(
    '/v1/organizations/:org/requests',
    {
      config: { audience: ['orgAdmin', { apiKey: 'requests:write' }] },
      schema: {
        operationId: 'submitRequest',
        tags: ['Requests'],
        summary: 'Submit a request for a customer',
        description: 'The same path as the public form: same checks, same routing, same mails.',
        params: OrgParams,
        body: SubmitRequestBody,
        response: { 201: ref(TrainingRequest) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const caller = callerOf(request)
        const scope = scopeOf(request)
        const { id } = await submitRequest(deps, { scope, caller, submission: request.body })
        return { status: 201, body: await trainingRequestAfterCommand(deps, { scope, caller, trainingRequestId: id }) }
      }),
  )

  app.get(
    '/v1/organizations/:org/requests',
    {
      config: { audience: ['member', { apiKey: 'requests:read' }] },
      schema: {
        operationId: 'listRequests',
        tags: ['Requests'],
        summary: 'List requests',
        description:
          'Newest first. Trainers see unclaimed requests that fit their skills and those they have claimed; admins see all.',
        params: OrgParams,
        querystring: ListRequestsQuery,
        response: { 200: RequestPage },
      },
    },
    async (request) =>
      listTrainingRequests(deps, { scope: scopeOf(request), caller: callerOf(request), filters: request.query }),
  )

  app.get(
    '/v1/organizations/:org/requests/:requestId',
    {
      config: { audience: ['member', { apiKey: 'requests:read' }], problems: ['request_already_claimed'] },
      schema: {
        operationId: 'getRequest',
        tags: ['Requests'],
        summary: 'Read a request',
        description:
          'A trainer who could have claimed it reads 409 `request_already_claimed` once another trainer has it, and nothing about the customer. To a trainer whose skills do not fit it does not exist.',
        params: RequestParams,
        response: { 200: ref(TrainingRequest) },
      },
    },
    async (request) =>
      readTrainingRequest(deps, {
        scope: scopeOf(request),
        caller: callerOf(request),
        trainingRequestId: request.params.requestId,
      }),
  )

  app.post(
    '/v1/organizations/:org/requests/:requestId/resolve-attention',
    {
      config: { audience: ['member', { apiKey: 'requests:write' }], problems: ['org_admin_required'] },
      schema: {
        operationId: 'resolveAttention',
        tags: ['Requests'],
        summary: 'Say that a stuck request has been looked after',
        description: 'Admins only. Hides what makes the request stuck now; a cause that arises anew shows again.',
        params: RequestParams,
        body: ResolveAttentionBody,
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
        await resolveAttention(deps, { ...target, note: request.body.note })
        return { status: 200, body: await trainingRequestAfterCommand(deps, target) }
      }),
  )
}
