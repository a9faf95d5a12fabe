import { answer, linkApi, type Schemas } from '../../../lib/api.ts'
import type { Resource } from '../../resource-cache.ts'

/** The session that a feedback link asks about. It does not change while somebody writes. */
export function feedbackFormQuery(feedbackToken: string): Resource<Schemas['FeedbackForm']> {
  return {
    key: ['feedback-form', feedbackToken],
    read: (signal) => answer(linkApi(feedbackToken).GET('/v1/feedback', { signal })),
    freshMs: Number.POSITIVE_INFINITY,
  }
}
