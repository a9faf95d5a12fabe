/** What a rule answers: yes, or no with the one problem code that names why. */
export type Decision<Reason extends string = string> =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: Reason }

export const ALLOWED: { readonly allowed: true } = Object.freeze({ allowed: true })

/** A refusal that carries its problem code. */
export function refused<Reason extends string>(reason: Reason): { readonly allowed: false; readonly reason: Reason } {
  return { allowed: false, reason }
}

/** The third answer of a command (api.md): its result already holds, so answer 200 and do nothing. */
export const ALREADY_HOLDS: { readonly allowed: true; readonly alreadyHolds: true } = Object.freeze({
  allowed: true,
  alreadyHolds: true,
})

/** A {@link Decision} about a command that is safe to repeat. */
export type RepeatableDecision<Reason extends string = string> = Decision<Reason> | typeof ALREADY_HOLDS

/** Whether a decision says that there is nothing left to do. */
export function isAlreadyHeld(decision: RepeatableDecision): boolean {
  return decision.allowed && 'alreadyHolds' in decision
}

/** What a caller may do now, as the screens are told it: a button shows when its action is allowed. */
export interface Action {
  readonly allowed: boolean
  readonly reason: string | null
}

/** A decision as a button sees it: pressing again what already holds is no offer, though the command would answer 200. */
export function actionOf(decision: RepeatableDecision): Action {
  if (isAlreadyHeld(decision)) return { allowed: false, reason: 'invalid_state' }
  return decision.allowed ? { allowed: true, reason: null } : { allowed: false, reason: decision.reason }
}

/** One field of an input that cannot stay as it is; `pointer` is a JSON pointer into the body, `message` says what to do. */
export interface FieldError {
  readonly pointer: string
  readonly message: string
}
