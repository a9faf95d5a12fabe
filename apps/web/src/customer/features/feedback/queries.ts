import { queryOptions } from '@tanstack/react-query'
import { answer, linkApi } from '../../../lib/api.ts'

/** The session that a feedback link asks about. */
export function feedbackFormQuery(feedbackToken: string) {
  return queryOptions({
    queryKey: ['feedback-form', feedbackToken],
    queryFn: ({ signal }) => answer(linkApi(feedbackToken).GET('/v1/feedback', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
}
