import type { BookingState } from './booking.ts'
import type { Caller } from './caller.ts'
import { decideClaim } from './claim.ts'
import { type Action, actionOf } from './decision.ts'
import {
  decideAssign,
  decideCancelRequest,
  decideChangeSessionType,
  decideRelease,
  decideSendSchedulingLink,
  type RequestState,
} from './training-request.ts'

export const REQUEST_ACTIONS = [
  'claim',
  'release',
  'assign',
  'changeSessionType',
  'sendSchedulingLink',
  'cancel',
] as const
export type RequestAction = (typeof REQUEST_ACTIONS)[number]

/**
 * Everything this caller may do with this request now, from the same decisions that the commands ask.
 *
 * `booking` is the request's live one, else its latest (product.md §3). Each refusal carries the problem code that the
 * command would answer; what already holds is shown as refused, because a button for it would do nothing.
 */
export function requestActions(
  caller: Caller,
  trainingRequest: RequestState,
  booking: BookingState | null,
  payments: { readonly isPriced: boolean; readonly isProviderConfigured: boolean },
  now: Date,
): Record<RequestAction, Action> {
  return {
    claim: actionOf(decideClaim(caller, trainingRequest)),
    release: actionOf(decideRelease(caller, trainingRequest, booking, now)),
    assign: actionOf(decideAssign(caller, trainingRequest, booking, now)),
    changeSessionType: actionOf(decideChangeSessionType(caller, trainingRequest, booking, now)),
    sendSchedulingLink: actionOf(decideSendSchedulingLink(caller, trainingRequest, booking, payments)),
    cancel: actionOf(decideCancelRequest(caller, trainingRequest)),
  }
}
