import { and, eq, isNull, type SQL } from 'drizzle-orm'
import { bookings } from '../db/schema/bookings.ts'
import { calendarEvents, remoteSessions } from '../db/schema/delivery.ts'
import type { BookingStatus } from '../domain/booking.ts'
import { isWebAddress } from '../domain/contact-details.ts'
import {
  DELIVERY_METHOD_LABELS,
  type DeliveryMethod,
  type DeliveryState,
  isRemoteSessionMethod,
} from '../domain/delivery.ts'
import { openCustomerUrl, openJoinUrl, openTechnicianUrl } from '../modules/delivery/join-links.ts'
import type { Secrets } from '../platform/secrets.ts'

/** What to select beside a booking for {@link presentDelivery}. */
export const deliveryColumns = {
  remoteSession: {
    id: remoteSessions.id,
    state: remoteSessions.state,
    technicianUrlSealed: remoteSessions.technicianUrlSealed,
    customerUrlSealed: remoteSessions.customerUrlSealed,
  },
  calendarEvent: { id: calendarEvents.id, joinUrlSealed: calendarEvents.joinUrlSealed },
}

/** The condition under which a booking's remote session is joined to it. */
export const isRemoteSessionOfBooking: SQL | undefined = and(
  eq(remoteSessions.organizationId, bookings.organizationId),
  eq(remoteSessions.bookingId, bookings.id),
)

/** The condition under which a booking's calendar event is joined to it. */
export const isCalendarEventOfBooking: SQL | undefined = and(
  eq(calendarEvents.organizationId, bookings.organizationId),
  eq(calendarEvents.bookingId, bookings.id),
  isNull(calendarEvents.removedAt),
)

export interface DeliveryRecord {
  booking: { status: BookingStatus; deliveryMethod: DeliveryMethod; deliveryDetails: string | null }
  remoteSession: {
    id: string
    state: DeliveryState
    technicianUrlSealed: Buffer | null
    customerUrlSealed: Buffer | null
  } | null
  calendarEvent: { id: string; joinUrlSealed: Buffer | null } | null
}

export interface PresentedDelivery {
  method: DeliveryMethod
  label: string
  state: DeliveryState
  technicianUrl?: string
  customerUrl?: string
  details: string | null
}

/** Statuses in which a session is to be run, or was: before and after there is no link for anybody. */
const RUN_STATUSES: readonly BookingStatus[] = ['confirmed', 'completed', 'no_show']

/**
 * How a session is run, as far as it has come, with the links that this reader may have.
 *
 * `forTrainer`: only the booking's own trainer reads where the trainer joins. Links appear with the confirmation and
 * vanish with the cancellation. A meeting link that the calendar made goes before one that the session type names.
 */
export function presentDelivery(
  secrets: Pick<Secrets, 'open'>,
  record: DeliveryRecord,
  reader: { forTrainer: boolean },
): PresentedDelivery {
  const { deliveryMethod: method, deliveryDetails: details, status } = record.booking
  const base = { method, label: DELIVERY_METHOD_LABELS[method], details }
  if (status === 'canceled' || status === 'expired') return { ...base, state: 'hidden' }
  if (!RUN_STATUSES.includes(status)) return { ...base, state: 'none' }
  if (isRemoteSessionMethod(method)) {
    const session = record.remoteSession
    if (session === null) return { ...base, state: 'pending' }
    if (session.state !== 'ready') return { ...base, state: session.state }
    return {
      ...base,
      state: 'ready',
      ...link('technicianUrl', reader.forTrainer ? openTechnicianUrl(secrets, session) : null),
      ...link('customerUrl', openCustomerUrl(secrets, session)),
    }
  }
  const meeting = record.calendarEvent === null ? null : openJoinUrl(secrets, record.calendarEvent)
  const url = meeting ?? (details !== null && isWebAddress(details) ? details : null)
  if (url === null && details === null) {
    const isMadeByCalendar = method === 'google_meet' || method === 'teams'
    return { ...base, state: isMadeByCalendar && record.calendarEvent === null ? 'pending' : 'none' }
  }
  return {
    ...base,
    state: 'ready',
    ...link('technicianUrl', reader.forTrainer ? url : null),
    ...link('customerUrl', url),
  }
}

function link<Name extends 'technicianUrl' | 'customerUrl'>(
  name: Name,
  url: string | null,
): { [Key in Name]?: string } {
  return (url === null ? {} : { [name]: url }) as { [Key in Name]?: string }
}
