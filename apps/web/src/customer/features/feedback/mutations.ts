import { useState } from 'react'
import { answer, linkApi } from '../../../lib/api.ts'
import { idempotencyKeys } from '../../../lib/idempotency-key.ts'
import { useCommand } from '../../use-command.ts'

/** Sends a rating. The same content carries the same key, so a lost answer and a second click do no harm. */
export function useSubmitFeedback(feedbackToken: string) {
  const [keyFor] = useState(idempotencyKeys)
  return useCommand((feedback: { rating: number; comment?: string }) =>
    answer(
      linkApi(feedbackToken).POST('/v1/feedback', {
        params: { header: { 'Idempotency-Key': keyFor(feedback) } },
        body: feedback,
      }),
    ),
  )
}
