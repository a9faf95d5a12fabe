import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { DELIVERY_METHOD_LABELS } from '../../domain/delivery.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { resolveSettings } from '../../domain/organization-settings.ts'
import { personalTimeZone } from '../../domain/personal-time-zone.ts'
import type { CalendarConnection, CalendarEventInput } from '../../platform/calendars/calendars.ts'
import type { BookingRow } from '../bookings/repository.ts'
import { readCalendars } from '../calendars/read-busy-times.ts'
import { findCalendarConnection, listCalendarConnections } from '../calendars/repository.ts'
import { clearAttention } from '../requests/clear-attention.ts'
import { raiseAttention } from '../requests/raise-attention.ts'
import { reportUnreadableCalendars } from '../requests/report-unreadable-calendars.ts'
import { sealJoinUrl } from './join-links.ts'
import {
  type DeliveryGrounds,
  findCalendarEvent,
  findDeliveryGrounds,
  markCalendarEventRemoved,
  upsertCalendarEvent,
} from './repository.ts'
import type { TriedSideEffect } from './tried-side-effect.ts'

type CalendarDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'calendars' | 'config'>
interface CalendarInput {
  scope: OrganizationScope
  bookingId: string
}

/**
 * Writes the booking into the trainer's calendar, or moves the event that it has there: under the booking's id, so a
 * repeat changes nothing.
 *
 * Another event of the trainer's at that time, in whichever of their calendars, never blocks a confirmed booking; it is
 * flagged as `calendar_conflict`, and a calendar that cannot be read as `calendar_unreadable` (product.md §7). When the booking was canceled while the calendar was asked, the event is taken out again.
 */
export async function putCalendarEvent(deps: CalendarDeps, input: CalendarInput): Promise<TriedSideEffect> {
  const { scope, bookingId } = input
  const grounds = await findDeliveryGrounds(deps.db, scope, bookingId)
  if (grounds === null) return { state: 'skipped' }
  const { booking } = grounds
  if (booking.status === 'canceled') return removeCalendarEvent(deps, input)
  const connection = await connectionOf(deps, scope, grounds)
  if (connection === null || booking.status !== 'confirmed') return { state: 'skipped' }
  const connections = await listCalendarConnections(deps.db, booking.trainerUserId)
  const time = { from: booking.startAt.getTime(), to: booking.endAt.getTime() }
  const { busy, unreadable } = await readCalendars(deps, connections, time)
  if (unreadable.length > 0)
    await reportUnreadableCalendars(deps, scope, {
      trainingRequestId: booking.trainingRequestId,
      bookingId,
      unreadable,
    })
  const put = await deps.calendars.putEvent({ connection, event: eventOf(deps, grounds) })
  const hasConflict = busy.length > 0
  const isFree = busy.length === 0 && unreadable.length === 0
  return {
    state: 'done',
    record: async (tx, bookingNow) => {
      await rememberEvent(tx, deps, scope, { booking, connection, put })
      if (bookingNow.status === 'canceled') return 'undo_next'
      const now = deps.clock.now()
      const about = { trainingRequest: grounds.trainingRequest, bookingId, reason: 'calendar_conflict', now } as const
      if (hasConflict) await raiseAttention(tx, deps, scope, { ...about, since: now })
      // A session that was moved out of the way is in conflict no more.
      else if (isFree) await clearAttention(tx, deps, scope, about)
      return 'done'
    },
  }
}

/** The calendar that has the event already, else the one to write it into. */
async function connectionOf(
  deps: CalendarDeps,
  scope: OrganizationScope,
  grounds: DeliveryGrounds,
): Promise<CalendarConnection | null> {
  const event = await findCalendarEvent(deps.db, scope, grounds.booking.id)
  return event?.connection ?? findCalendarConnection(deps.db, grounds.booking.trainerUserId)
}

async function rememberEvent(
  tx: Tx,
  deps: CalendarDeps,
  scope: OrganizationScope,
  input: {
    booking: BookingRow
    connection: CalendarConnection
    put: { externalId: string; joinUrl: string | null }
  },
): Promise<void> {
  const { booking, connection, put } = input
  const id = (await findCalendarEvent(tx, scope, booking.id))?.id ?? deps.ids.next()
  await upsertCalendarEvent(tx, scope, {
    id,
    bookingId: booking.id,
    calendarConnectionId: connection.id,
    externalId: put.externalId,
    joinUrlSealed: put.joinUrl === null ? null : sealJoinUrl(deps.secrets, id, put.joinUrl),
    createdAt: deps.clock.now(),
  })
}

function eventOf(deps: CalendarDeps, grounds: DeliveryGrounds): CalendarEventInput {
  const { booking, trainingRequest, organization } = grounds
  const settings = resolveSettings(organization.settings)
  const method = DELIVERY_METHOD_LABELS[booking.deliveryMethod]
  const lines = [
    `${grounds.sessionTypeName}, ${booking.durationMinutes} minutes`,
    `Customer: ${trainingRequest.customerName}`,
    `Email: ${trainingRequest.customerEmail}`,
    ...(trainingRequest.customerPhone === null ? [] : [`Phone: ${trainingRequest.customerPhone}`]),
    `Request: ${trainingRequest.reference}`,
    `How: ${booking.deliveryDetails === null ? method : `${method}, ${booking.deliveryDetails}`}`,
    // The technician's link is a credential and calendars are shared: it stays behind the sign-in.
    `Open in ${settings.name}: ${deps.config.appUrl}/o/${organization.slug}/bookings/${booking.id}`,
  ]
  return {
    bookingId: booking.id,
    title: `${grounds.sessionTypeName} with ${trainingRequest.customerName}`,
    description: lines.join('\n'),
    startAt: booking.startAt,
    endAt: booking.endAt,
    timeZone: personalTimeZone(grounds.trainerTimeZone, [settings.timeZone]),
    location: booking.deliveryDetails ?? method,
  }
}

/** Takes the booking's event out of the trainer's calendar; where there is none, nothing is to be done. */
export async function removeCalendarEvent(deps: CalendarDeps, input: CalendarInput): Promise<TriedSideEffect> {
  const { scope, bookingId } = input
  const event = await findCalendarEvent(deps.db, scope, bookingId)
  if (event === null) return { state: 'skipped' }
  await deps.calendars.removeEvent({ connection: event.connection, bookingId, externalId: event.externalId })
  return {
    state: 'done',
    record: async (tx) => {
      await markCalendarEventRemoved(tx, scope, { bookingId, now: deps.clock.now() })
      return 'done'
    },
  }
}
