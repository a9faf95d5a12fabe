import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { calendarUnreadableFlagAt } from '../../domain/attention.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isHeld } from '../../domain/training-request.ts'
import type { CalendarConnection } from '../../platform/calendars/calendars.ts'
import { recordCalendarReading } from '../calendars/repository.ts'
import { raiseAttention } from './raise-attention.ts'
import { lockTrainingRequest } from './repository.ts'

/**
 * Somebody needed a trainer's calendars for this request and could not read them: the calendars are marked and the
 * request is flagged at once, from which trainer and admins are told. Their other requests follow within seconds
 * (`flagStuckRequests`); that all can be read again, `checkCalendars` finds.
 *
 * A transaction of its own: what was refused because of it is told all the same.
 */
export async function reportUnreadableCalendars(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  scope: OrganizationScope,
  input: { trainingRequestId: string; bookingId: string | null; unreadable: readonly CalendarConnection[] },
): Promise<void> {
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    const trainingRequest = await lockTrainingRequest(tx, scope, input.trainingRequestId)
    const unreadableSince = await recordCalendarReading(tx, { readable: [], unreadable: input.unreadable, now })
    if (trainingRequest === null || !isHeld(trainingRequest.status) || unreadableSince === null) return
    await raiseAttention(tx, deps, scope, {
      trainingRequest,
      bookingId: input.bookingId,
      reason: 'calendar_unreadable',
      since: calendarUnreadableFlagAt(unreadableSince, trainingRequest.claimedAt),
      now,
    })
  })
}
