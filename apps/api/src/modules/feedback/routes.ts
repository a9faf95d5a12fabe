import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { notBuilt } from '../../wire/problem.ts'
import { ref } from '../../wire/schema.ts'
import { Feedback, FeedbackForm, SubmitFeedbackBody } from './schemas.ts'

/** The customer's rating, by a link that works once. */
export const feedbackRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app) => {
  app.get(
    '/v1/feedback',
    {
      config: { audience: ['feedbackToken'] },
      schema: {
        operationId: 'getFeedbackForm',
        tags: ['Feedback'],
        summary: 'Open a feedback link',
        description: 'Changes nothing. After the rating was given: 410 `link_used`.',
        response: { 200: ref(FeedbackForm) },
      },
    },
    async () => notBuilt(),
  )

  app.post(
    '/v1/feedback',
    {
      config: { audience: ['feedbackToken'] },
      schema: {
        operationId: 'submitFeedback',
        tags: ['Feedback'],
        summary: 'Rate a session',
        description: 'Once per session; admins and the trainer see it. A second time: 410 `link_used`.',
        body: SubmitFeedbackBody,
        response: { 201: ref(Feedback) },
      },
    },
    async () => notBuilt(),
  )
}
