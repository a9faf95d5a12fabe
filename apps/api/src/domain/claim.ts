import { type Caller, isEligible, isOrgAdmin, isTrainer, type UserCaller } from './caller.ts'
import { ALLOWED, ALREADY_HOLDS, type RepeatableDecision, refused } from './decision.ts'
import { isUnclaimed, type RequestState } from './training-request.ts'

/** What the loser of a race reads, word for word (guide, step 3). */
export const ALREADY_CLAIMED_MESSAGE = 'This request has already been claimed by another trainer.'

export type ClaimRefusal =
  | 'not_found'
  | 'trainer_role_required'
  | 'not_eligible'
  | 'request_already_claimed'
  | 'invalid_state'

/**
 * May this person claim the request now?
 *
 * The first who asks wins; the other keeper of that promise is the claim's guarded UPDATE (`claimed_by is null and
 * status in ('new', 'trainers_notified')`), and this rule names the refusal when it moved no row. In this order:
 * a trainer whose skills do not fit: `not_found`, for them it does not exist; an admin who does not train:
 * `trainer_role_required`; whoever holds it already: nothing to do; an admin who trains but lacks a skill:
 * `not_eligible`; canceled: `invalid_state`; held by somebody else, now or when it was closed:
 * `request_already_claimed`. Eligibility is judged at this moment, not when mails went out.
 *
 * An API key claims for a trainer it names: `claimant`. Without one it has no trainer role. Its claimant's refusals are
 * an admin's, since the key can see the request.
 */
export function decideClaim(
  caller: Caller,
  trainingRequest: RequestState,
  claimant: UserCaller | null = null,
): RepeatableDecision<ClaimRefusal> {
  const person = caller.kind === 'api_key' ? claimant : caller
  if (person === null || !isTrainer(person)) {
    return refused(isOrgAdmin(caller) ? 'trainer_role_required' : 'not_found')
  }
  if (trainingRequest.claimedBy === person.userId && trainingRequest.status !== 'canceled') return ALREADY_HOLDS
  const owns = trainingRequest.claimedBy === person.userId
  if (!owns && !isEligible(person, trainingRequest.requiredSkills)) {
    return refused(isOrgAdmin(caller) ? 'not_eligible' : 'not_found')
  }
  if (trainingRequest.status === 'canceled') return refused('invalid_state')
  if (trainingRequest.claimedBy !== null) return refused('request_already_claimed')
  return isUnclaimed(trainingRequest.status) ? ALLOWED : refused('invalid_state')
}
