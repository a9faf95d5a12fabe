import { feedbackFormQuery } from './features/feedback/queries.ts'
import { publicFormQuery } from './features/forms/queries.ts'
import { returnedBookingQuery, schedulingQuery } from './features/scheduling/queries.ts'
import type { CustomerPath } from './paths.ts'
import type { ResourceCache } from './resource-cache.ts'

/**
 * Asks for what the page will show while its code is still on the way: one round trip less on a slow phone. Ends when it is
 * known or refused; never fails.
 */
export function readEarly(path: CustomerPath, cache: ResourceCache): Promise<void> {
  switch (path.page) {
    case 'form':
      return cache.refresh(publicFormQuery(path.organizationSlug, path.formSlug))
    case 'booking':
      return cache.refresh(schedulingQuery(path.schedulingToken))
    case 'bookingReturn':
      return cache.refresh(returnedBookingQuery(path.returnToken))
    case 'feedback':
      return cache.refresh(feedbackFormQuery(path.feedbackToken))
    case 'unknown':
      return Promise.resolve()
  }
}
