/** A connected calendar as the ports know it: which provider, and the row that holds its credentials. */
export interface CalendarConnection {
  id: string
  userId: string
  provider: 'test' | 'google' | 'microsoft'
}

export interface CalendarEventInput {
  bookingId: string
  title: string
  description: string
  startAt: Date
  endAt: Date
  /** The trainer's IANA zone. */
  timeZone: string
  location: string | null
}

export type BusyReading =
  | { state: 'read'; intervals: { startAt: Date; endAt: Date; kind: 'busy' | 'out_of_office' }[] }
  /** The calendar could not be read: unknown is never free (product.md §7). */
  | { state: 'unreadable'; reason: string }

/**
 * Trainers' own calendars. Repeating a call changes nothing: events are keyed by the booking's id (Google: own event
 * id; Microsoft: `transactionId`).
 */
export interface Calendars {
  /**
   * When the trainer is taken in this calendar, from `from` (inclusive) to `to` (exclusive). Events that we put there for
   * bookings are left out: the product knows those itself, and a booking must not stand in its own way when it is moved.
   */
  busyIntervals(input: { connection: CalendarConnection; from: Date; to: Date }): Promise<BusyReading>
  /** Creates the booking's event, or moves the one it has. */
  putEvent(input: {
    connection: CalendarConnection
    event: CalendarEventInput
  }): Promise<{ externalId: string; joinUrl: string | null }>
  /** Removes the booking's event; one that is already gone is success. */
  removeEvent(input: { connection: CalendarConnection; bookingId: string; externalId: string }): Promise<void>
}
