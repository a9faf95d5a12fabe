import type { Tx } from '../../db/client.ts'
import type { Decision } from '../../domain/decision.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { decideUseLink } from '../../domain/scheduling-token.ts'
import { AppError } from '../../errors/app-error.ts'
import { lockTrainingRequest, type TrainingRequestRow } from '../requests/repository.ts'
import { linkRefusal } from './link-refusal.ts'
import { findSchedulingLink, type SchedulingLinkRow } from './repository.ts'

/** A link that somebody presented, and the request that it is for. */
export interface LinkOfRequest {
  scope: OrganizationScope
  schedulingTokenId: string
  trainingRequestId: string
}

/** The request of a link, locked, with the link as it is under that lock; `link_not_found` when either is gone. */
export async function lockRequestOfLink(
  tx: Tx,
  { scope, schedulingTokenId, trainingRequestId }: LinkOfRequest,
): Promise<{ trainingRequest: TrainingRequestRow; link: SchedulingLinkRow }> {
  const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
  const link = await findSchedulingLink(tx, scope, schedulingTokenId)
  if (trainingRequest === null || link === null) throw new AppError('link_not_found')
  return { trainingRequest, link }
}

/**
 * Lets pass what a dead link's page offers, as decided. A link that is dead for another reason refuses as every call with
 * it does (410); one that still opens, with the decision's own reason.
 */
export function assertOffered(
  decision: Decision<'invalid_state'>,
  { trainingRequest, link }: { trainingRequest: TrainingRequestRow; link: SchedulingLinkRow },
  now: Date,
): void {
  if (decision.allowed) return
  const use = decideUseLink(link.token, trainingRequest.status, now)
  throw use.allowed
    ? new AppError(decision.reason, { currentStatus: trainingRequest.status })
    : linkRefusal(link, use.reason)
}
