const MINUTE = 60_000

/**
 * The one deadline of a new hold: so many minutes from now, but never later than the session's start. The checkout's
 * expiry and the countdown on the page are this same instant.
 */
export function holdExpiresAt(now: Date, slotHoldMinutes: number, startAt: Date): Date {
  return wholeSeconds(Math.min(now.getTime() + slotHoldMinutes * MINUTE, startAt.getTime()))
}

/** Providers count deadlines in whole seconds; ours is the very same instant, so it has none of the rest. */
function wholeSeconds(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1000) * 1000)
}

/** Stripe makes no checkout that ends sooner than this (https://docs.stripe.com/api/checkout/sessions/create, `expires_at`). */
const PROVIDER_MINUTES_MIN = 30
/** A checkout is made for so many minutes at least: one more lets the call take its time and the clocks differ. */
export const CHECKOUT_MINUTES_MIN = PROVIDER_MINUTES_MIN + 1
/** A hold whose checkout has to be made anew gets so many minutes from then, no more than the customer needs to pay. */
export const NEW_CHECKOUT_MINUTES = 35
/** So often a hold's checkout is made anew at the cost of a later deadline: whoever cannot be served by then never will be. */
export const CHECKOUTS_MAX = 4

/**
 * Whether the provider would still make a checkout with this deadline: exactly 30 minutes before it yes, a millisecond
 * later no. A call whose answer got lost is repeated only as long; after that what it has made can only be looked for.
 */
export function canCheckoutBeMade(deadline: Date, now: Date): boolean {
  return deadline.getTime() - now.getTime() >= PROVIDER_MINUTES_MIN * MINUTE
}

/** What becomes of a hold's one deadline when a checkout has to be made for it. */
export type CheckoutDeadline =
  | { readonly kind: 'kept'; readonly deadline: Date }
  | { readonly kind: 'moved'; readonly deadline: Date }
  | { readonly kind: 'too_late' }

/**
 * Until when a customer may pay in a checkout that is about to be made for their hold.
 *
 * With 31 minutes or more to the deadline it stays. With less, no checkout can be made for it; since that is never the
 * customer's fault (their old checkout was closed for another time that had gone, or the provider did not take it), the
 * deadline moves to 35 minutes from now, or to the start when that is sooner. Where even so fewer than 31 minutes are left,
 * or `checkoutsBefore` were made already, it is too late and the hold ends.
 */
export function checkoutDeadline(
  hold: { readonly holdExpiresAt: Date; readonly startAt: Date; readonly checkoutsBefore: number },
  now: Date,
): CheckoutDeadline {
  const earliest = now.getTime() + CHECKOUT_MINUTES_MIN * MINUTE
  if (hold.holdExpiresAt.getTime() >= earliest) return { kind: 'kept', deadline: hold.holdExpiresAt }
  const deadline = holdExpiresAt(now, NEW_CHECKOUT_MINUTES, hold.startAt)
  if (deadline.getTime() < earliest || hold.checkoutsBefore >= CHECKOUTS_MAX) return { kind: 'too_late' }
  return { kind: 'moved', deadline }
}
