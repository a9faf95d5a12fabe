import type { paths } from '@ordinatus/api-client'
import { useState } from 'react'
import { answer, publicApi } from '../../../lib/api.ts'
import { idempotencyKeys } from '../../../lib/idempotency-key.ts'
import { isProblem } from '../../../lib/problem.ts'
import { useCommand } from '../../use-command.ts'
import { useResourceCache } from '../../use-resource.ts'

type Submission =
  paths['/v1/public/organizations/{org}/forms/{formSlug}/submissions']['post']['requestBody']['content']['application/json']

/** Sends a request. The same content carries the same key: a double click sends once. */
export function useSubmitForm(organizationSlug: string, formSlug: string) {
  const cache = useResourceCache()
  const [keyFor] = useState(idempotencyKeys)
  return useCommand(async (submission: Submission) => {
    try {
      return await answer(
        publicApi.POST('/v1/public/organizations/{org}/forms/{formSlug}/submissions', {
          params: {
            path: { org: organizationSlug, formSlug },
            header: { 'Idempotency-Key': keyFor(submission) },
          },
          body: submission,
        }),
      )
    } catch (error) {
      // The form may have been published anew meanwhile: what the API refused may not even stand on this page.
      if (isProblem(error, 'validation_failed')) await cache.invalidate('public-form')
      throw error
    }
  })
}
