import { epochMillis } from '../../../lib/dates.ts'

export type CalendarEntry = {
  id: string
  start: string
  end: string
  title: string
  description: string
  location: string
}

/** `20261124T163000Z`, the form that calendars read. */
function stamp(instant: string): string {
  return new Date(epochMillis(instant)).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** Text as RFC 5545 §3.3.11 wants it: a name with a comma or a line break must not become another property. */
function escapeText(text: string): string {
  return text
    .replace(/\\/g, '\\\\')
    .replace(/[;,]/g, (mark) => `\\${mark}`)
    .replace(/\r\n|\r|\n/g, '\\n')
}

/** Folds at 75 octets (RFC 5545 §3.1) without cutting a character in two. */
function fold(line: string): string {
  const encoder = new TextEncoder()
  const rows: string[] = []
  let row = ''
  let octets = 0
  for (const character of line) {
    const size = encoder.encode(character).length
    if (octets + size > 75) {
      rows.push(row)
      // The space that marks a continued line counts as well.
      row = ' '
      octets = 1
    }
    row += character
    octets += size
  }
  return [...rows, row].join('\r\n')
}

/** The session as a calendar file that every calendar program opens. `madeAt` is when the file was made. */
export function calendarFile(entry: CalendarEntry, madeAt: Date): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Ordinatus//Booking//EN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${entry.id}@ordinatus`,
    `DTSTAMP:${stamp(madeAt.toISOString())}`,
    `DTSTART:${stamp(entry.start)}`,
    `DTEND:${stamp(entry.end)}`,
    `SUMMARY:${escapeText(entry.title)}`,
    `DESCRIPTION:${escapeText(entry.description)}`,
    `LOCATION:${escapeText(entry.location)}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]
    .map(fold)
    .join('\r\n')
}

/** Where Google Calendar takes a prepared entry. Nothing is sent until the customer follows the link. */
export function googleCalendarUrl(entry: CalendarEntry): string {
  const query = new URLSearchParams({
    action: 'TEMPLATE',
    text: entry.title,
    dates: `${stamp(entry.start)}/${stamp(entry.end)}`,
    details: entry.description,
    location: entry.location,
  })
  return `https://calendar.google.com/calendar/render?${query}`
}

/** Where Outlook on the web takes a prepared entry. */
export function outlookCalendarUrl(entry: CalendarEntry): string {
  const query = new URLSearchParams({
    path: '/calendar/action/compose',
    rru: 'addevent',
    subject: entry.title,
    startdt: entry.start,
    enddt: entry.end,
    body: entry.description,
    location: entry.location,
  })
  return `https://outlook.live.com/calendar/0/deeplink/compose?${query}`
}
