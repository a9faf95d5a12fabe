/** What a rule answers: yes, or no with the one problem code that names why. */
export type Decision<Reason extends string = string> =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: Reason }

export const ALLOWED: { readonly allowed: true } = Object.freeze({ allowed: true })

/** A refusal that carries its problem code. */
export function refused<Reason extends string>(reason: Reason): { readonly allowed: false; readonly reason: Reason } {
  return { allowed: false, reason }
}
