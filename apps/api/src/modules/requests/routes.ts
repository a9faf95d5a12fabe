import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { notBuilt } from '../../wire/problem.ts'
import { ref } from '../../wire/schema.ts'
import { PublicFormParams } from '../forms/schemas.ts'
import { OrgParams } from '../organizations/schemas.ts'
import {
  ListRequestsQuery,
  RequestPage,
  RequestParams,
  SubmitFormBody,
  SubmitRequestBody,
  SubmittedForm,
  TrainingRequest,
  UpdateRequestBody,
} from './schemas.ts'

/** Requests come in, are listed, read and given another session type. */
export const requestRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app) => {
  app.post(
    '/v1/public/organizations/:org/forms/:formSlug/submissions',
    {
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
    async () => notBuilt(),
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
    async () => notBuilt(),
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
    async () => notBuilt(),
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
    async () => notBuilt(),
  )

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
    async () => notBuilt(),
  )
}
