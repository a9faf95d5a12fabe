import type { BookingStatus } from './booking.ts'
import { isEligible, isOrgAdmin, isOwner, type UserCaller } from './caller.ts'
import { type DomainEvent, EVENTS } from './events.ts'
import type { RequestStatus } from './training-request.ts'

/** What a live update can be about. */
export const LIVE_UPDATE_TYPES = [
  'request_added',
  'request_changed',
  'request_removed',
  'booking_changed',
  'notification_created',
  'resync_required',
] as const
export type LiveUpdateType = (typeof LIVE_UPDATE_TYPES)[number]

type RequestUpdateType = Extract<LiveUpdateType, `request_${string}`>

/** An event with what its request and booking are now: enough to say who hears of it, without asking for each hearer. */
export interface LiveEvent {
  readonly event: DomainEvent
  readonly trainingRequest: {
    readonly id: string
    readonly status: RequestStatus
    readonly version: number
    readonly claimedBy: string | null
    readonly requiredSkills: readonly string[]
  } | null
  readonly booking: {
    readonly id: string
    readonly status: BookingStatus
    readonly version: number
    readonly trainerId: string
  } | null
}

/** What one person is told: which request or booking, and how it stands. Ids and statuses only. */
export interface LiveUpdate {
  readonly type: LiveUpdateType
  readonly requestId: string | null
  readonly bookingId: string | null
  readonly status: RequestStatus | BookingStatus | null
  readonly version: number | null
}

/**
 * What this person's screens are told of an event; nothing when they neither see its request or booking now nor saw it
 * until now.
 *
 * Admins hear of everything. Trainers hear of requests that they hold, of unclaimed ones that fit their skills, and of
 * those leaving either: the claim by one is the removal for the others. A change of a booking is one of its request, too.
 */
export function liveUpdates(viewer: UserCaller, happened: LiveEvent): LiveUpdate[] {
  const { event, trainingRequest, booking } = happened
  const updates: LiveUpdate[] = []
  if (
    booking !== null &&
    EVENTS[event.name] === 'booking' &&
    (isOrgAdmin(viewer) || isOwner(viewer, booking.trainerId))
  )
    updates.push({
      type: 'booking_changed',
      requestId: event.payload.requestId,
      bookingId: booking.id,
      status: booking.status,
      version: booking.version,
    })
  const type = trainingRequest === null ? null : requestUpdateType(viewer, event, trainingRequest)
  if (trainingRequest !== null && type !== null)
    updates.push({
      type,
      requestId: trainingRequest.id,
      bookingId: event.payload.bookingId,
      status: trainingRequest.status,
      version: trainingRequest.version,
    })
  return updates
}

function requestUpdateType(
  viewer: UserCaller,
  event: DomainEvent,
  trainingRequest: NonNullable<LiveEvent['trainingRequest']>,
): RequestUpdateType | null {
  if (isOrgAdmin(viewer)) return event.name === 'request_submitted' ? 'request_added' : 'request_changed'
  const { userId } = viewer
  const fits = isEligible(viewer, trainingRequest.requiredSkills)
  switch (event.name) {
    case 'request_submitted':
      return fits ? 'request_added' : null
    case 'request_claimed':
      if (event.payload.trainerId === userId) return 'request_changed'
      return fits ? 'request_removed' : null
    case 'request_assigned':
      if (event.payload.trainerId === userId)
        return fits && event.payload.previousTrainerId === null ? 'request_changed' : 'request_added'
      if (event.payload.previousTrainerId === userId) return 'request_removed'
      return fits && event.payload.previousTrainerId === null ? 'request_removed' : null
    case 'request_released':
      if (event.payload.previousTrainerId === userId) return fits ? 'request_changed' : 'request_removed'
      return fits ? 'request_added' : null
    case 'request_canceled':
      if (event.payload.trainerId === userId) return 'request_changed'
      return fits && event.payload.trainerId === null ? 'request_removed' : null
    default:
      if (isOwner(viewer, trainingRequest.claimedBy)) return 'request_changed'
      return fits && trainingRequest.claimedBy === null ? 'request_changed' : null
  }
}
