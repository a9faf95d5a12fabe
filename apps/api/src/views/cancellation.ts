import type { Deps } from '../deps.ts'
import { decideCancelBooking, decideReadBooking } from '../domain/booking.ts'
import { type Caller, SYSTEM } from '../domain/caller.ts'
import { decideCancellationRefund } from '../domain/cancellation.ts'
import { isAlreadyHeld } from '../domain/decision.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { AppError } from '../errors/app-error.ts'
import { bookingStateOf, getBooking } from '../modules/bookings/repository.ts'
import { refundGroundsOf } from '../modules/scheduling/refund-grounds.ts'
import type { CancellationPreview } from '../modules/scheduling/schemas.ts'

/**
 * What canceling a session at this moment would pay back, by the same rule that the act follows, and the rule's name.
 *
 * Refuses `invalid_state` (with `currentStatus`) where there is nothing to cancel any more, `org_admin_required` for a
 * trainer who asks for the customer's side, and `not_found` as reading the booking does.
 */
export async function previewCancellation(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string; onBehalfOfCustomer?: boolean },
): Promise<CancellationPreview> {
  const now = deps.clock.now()
  const booking = await getBooking(deps.db, input.scope, input.bookingId)
  const state = bookingStateOf(booking)
  const read = decideReadBooking(input.caller, state)
  if (!read.allowed) throw new AppError(read.reason)
  // Whether it can be canceled at all; a key that may only read is told so as well.
  const cancel = decideCancelBooking(SYSTEM, state, { customerMayCancel: false }, now)
  if (!cancel.allowed || isAlreadyHeld(cancel)) throw new AppError('invalid_state', { currentStatus: booking.status })
  const decision = decideCancellationRefund(input.caller, {
    ...refundGroundsOf(booking, now),
    onBehalfOfCustomer: input.onBehalfOfCustomer ?? false,
    chosen: null,
  })
  if (!decision.allowed) throw new AppError(decision.reason)
  return decision.preview
}
