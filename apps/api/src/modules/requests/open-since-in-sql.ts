import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { OPENING_OCCASIONS } from '../../domain/training-request.ts'

/** Since when anybody eligible could have claimed a request, for a statement in which these are its columns. */
export function openSinceOf(organizationId: SQLWrapper, trainingRequestId: SQLWrapper): SQL {
  return sql`(
    select max(h.at) from training_request_history h
    where h.organization_id = ${organizationId} and h.training_request_id = ${trainingRequestId}
      and h.occasion in ${[...OPENING_OCCASIONS]})`
}
