import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { bookingLinkOf } from '../../plugins/auth.ts'
import { command } from '../../plugins/idempotency.ts'
import { readFeedbackForm } from '../../views/feedback.ts'
import { ref } from '../../wire/schema.ts'
import { Feedback, FeedbackForm, SubmitFeedbackBody } from './schemas.ts'
import { submitFeedback } from './submit-feedback.ts'

/** The customer's rating, by a link that works once. */
export const feedbackRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
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
    async (request) => readFeedbackForm(deps, bookingLinkOf(request)),
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
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const kept = await submitFeedback(deps, { ...bookingLinkOf(request), ...request.body })
        return { status: 201, body: { ...kept, createdAt: kept.createdAt.toISOString() } }
      }),
  )
}
