import { feedbackFormQuery } from './features/feedback/queries.ts'
import { publicFormQuery } from './features/forms/queries.ts'
import { returnedBookingQuery, schedulingQuery } from './features/scheduling/queries.ts'
import type { CustomerPath } from './paths.ts'
import type { ResourceCache } from './resource-cache.ts'

/** Asks for what the page will show while its code is still on the way: one round trip less on a slow phone. */
export function readEarly(path: CustomerPath, cache: ResourceCache): void {
  switch (path.page) {
    case 'form':
      cache.refresh(publicFormQuery(path.organizationSlug, path.formSlug))
      break
    case 'booking':
      cache.refresh(schedulingQuery(path.schedulingToken))
      break
    case 'bookingReturn':
      cache.refresh(returnedBookingQuery(path.returnToken))
      break
    case 'feedback':
      cache.refresh(feedbackFormQuery(path.feedbackToken))
      break
    case 'unknown':
      break
  }
}
