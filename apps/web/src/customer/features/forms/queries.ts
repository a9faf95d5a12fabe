import { answer, publicApi } from '../../../lib/api.ts'
import type { Resource } from '../../resource-cache.ts'
import type { PublicForm } from './public-form.ts'

/** The published version of a form, for anybody. */
export function publicFormQuery(organizationSlug: string, formSlug: string): Resource<PublicForm> {
  return {
    key: ['public-form', organizationSlug, formSlug],
    read: (signal) =>
      answer(
        publicApi.GET('/v1/public/organizations/{org}/forms/{formSlug}', {
          params: { path: { org: organizationSlug, formSlug } },
          signal,
        }),
      ),
    // A form that moves under the hands of someone filling it in is worse than one that is some minutes old.
    freshMs: Number.POSITIVE_INFINITY,
  }
}
