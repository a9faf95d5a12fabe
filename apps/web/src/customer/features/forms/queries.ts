import { queryOptions } from '@tanstack/react-query'
import { answer, publicApi } from '../../../lib/api.ts'

/** The published version of a form, for anybody. */
export function publicFormQuery(organizationSlug: string, formSlug: string) {
  return queryOptions({
    queryKey: ['public-form', organizationSlug, formSlug],
    queryFn: ({ signal }) =>
      answer(
        publicApi.GET('/v1/public/organizations/{org}/forms/{formSlug}', {
          params: { path: { org: organizationSlug, formSlug } },
          signal,
        }),
      ),
    // A form that moves under the hands of someone filling it in is worse than one that is some minutes old.
    staleTime: Number.POSITIVE_INFINITY,
  })
}
