import ical, { ICalAttendeeRole, ICalAttendeeStatus, ICalCalendarMethod, ICalEventStatus } from 'ical-generator'

export interface CalendarObjectInput {
  method: 'REQUEST' | 'CANCEL'
  bookingId: string
  /** Host part of the UID, as in the Message-ID. */
  host: string
  /** Grows with every change that is sent (RFC 5546 §2.1.4). */
  sequence: number
  stampedAt: Date
  startAt: Date
  endAt: Date
  summary: string
  description: string
  location: string
  url: string | null
  organizer: { name: string; address: string }
  attendee: { name: string; address: string }
}

/**
 * The booking as an iCalendar object that mail programs offer to put into a calendar: one event under a UID that stays
 * the booking's, its times in UTC, with one organizer (the address that the mail comes from) and the customer as guest.
 *
 * Names and texts come from people: line breaks and other control characters are taken out where one line is meant, and
 * whatever else could end a property is escaped. Lines end in CRLF and are folded at 75 octets (RFC 5545 §3.1).
 */
export function calendarObject(input: CalendarObjectInput): string {
  const isCanceled = input.method === 'CANCEL'
  const calendar = ical({
    prodId: { company: 'Ordinatus', product: 'Ordinatus', language: 'EN' },
    method: isCanceled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST,
  })
  calendar.createEvent({
    id: `${input.bookingId}@${input.host}`,
    sequence: input.sequence,
    stamp: input.stampedAt,
    start: input.startAt,
    end: input.endAt,
    summary: oneLine(input.summary),
    description: withoutControls(input.description),
    location: oneLine(input.location),
    ...(input.url === null ? {} : { url: input.url }),
    status: isCanceled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { name: parameter(input.organizer.name), email: input.organizer.address },
    attendees: [
      {
        name: parameter(input.attendee.name),
        email: input.attendee.address,
        role: ICalAttendeeRole.REQ,
        status: ICalAttendeeStatus.NEEDSACTION,
        rsvp: true,
      },
    ],
  })
  return calendar.toString()
}

function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get in
  return text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
}

function oneLine(text: string): string {
  return withoutControls(text).replace(/\s+/g, ' ').trim()
}

/** Inside a quoted parameter there is no way to write a quotation mark (RFC 5545 §3.2). */
function parameter(text: string): string {
  return oneLine(text).replaceAll('"', '')
}
