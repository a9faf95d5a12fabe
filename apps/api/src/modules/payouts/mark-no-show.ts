import type { Deps } from '../../deps.ts'
import { decideMarkNoShow } from '../../domain/booking.ts'
import type { Caller } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { closeSession } from './close-session.ts'

/**
 * The customer did not come: closes booking and request and writes down the part of the trainer's share that is due all
 * the same (`noShowPayoutPercent`). Nobody is asked for feedback.
 *
 * One transaction; said twice or by two people it happens once. Refuses `session_not_started` until 10 minutes after the
 * start, `invalid_state` (with `currentStatus`), and `not_found` to other trainers. An admin's Mark Complete corrects it.
 */
export async function markNoShow(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  input: { scope: OrganizationScope; caller: Caller; bookingId: string },
): Promise<void> {
  await closeSession(deps, {
    ...input,
    decide: (booking, now) => decideMarkNoShow(input.caller, booking, now),
    ending: () => ({ occasion: 'marked_no_show', event: 'booking_marked_no_show' }),
  })
}
