import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { type CalendarObjectInput, calendarObject } from './calendar-object.ts'

const INPUT: CalendarObjectInput = {
  method: 'REQUEST',
  bookingId: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c20',
  host: 'ordinatus.test',
  sequence: 0,
  stampedAt: new Date('2026-10-30T12:00:00Z'),
  startAt: new Date('2026-11-01T06:30:00Z'),
  endAt: new Date('2026-11-01T07:30:00Z'),
  summary: 'One-to-one help',
  description: 'First line\nSecond line',
  location: 'Zoho Assist',
  url: 'https://assist.example.test/c/123',
  organizer: { name: 'Demo Support', address: 'no-reply@ordinatus.test' },
  attendee: { name: 'Casey Customer', address: 'casey@example.test' },
}

function parse(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text))
  const events = calendar.getAllSubcomponents('vevent')
  const [event] = events
  if (event === undefined) throw new Error('no event')
  const value = (name: string) => event.getFirstPropertyValue(name)
  return { calendar, event, events, value }
}

describe('the calendar object of a booking', () => {
  it('is one event with its time in UTC, the booking’s UID and a method that the mail can repeat', () => {
    const { calendar, events, value } = parse(calendarObject(INPUT))
    expect(events).toHaveLength(1)
    expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST')
    expect(calendar.getFirstPropertyValue('version')).toBe('2.0')
    expect(value('uid')).toBe('01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c20@ordinatus.test')
    expect(value('sequence')).toBe(0)
    expect(value('status')).toBe('CONFIRMED')
    const text = calendarObject(INPUT)
    // The second 01:30 of a night on which clocks go back in Chicago: only UTC says which.
    expect(text).toContain('DTSTART:20261101T063000Z\r\n')
    expect(text).toContain('DTEND:20261101T073000Z\r\n')
    expect(text).toContain('DTSTAMP:20261030T120000Z\r\n')
  })

  it('names one organizer, the sender, and the customer as guest', () => {
    const { event } = parse(calendarObject(INPUT))
    const organizers = event.getAllProperties('organizer')
    const attendees = event.getAllProperties('attendee')
    expect(organizers.map((one) => String(one.getFirstValue()).toLowerCase())).toEqual([
      'mailto:no-reply@ordinatus.test',
    ])
    expect(attendees.map((one) => String(one.getFirstValue()).toLowerCase())).toEqual(['mailto:casey@example.test'])
    expect(attendees[0]?.getParameter('partstat')).toBe('NEEDS-ACTION')
    expect(attendees[0]?.getParameter('rsvp')).toBe('TRUE')
  })

  it('cancels under the same UID with the next sequence', () => {
    const { calendar, value } = parse(calendarObject({ ...INPUT, method: 'CANCEL', sequence: 1 }))
    expect(calendar.getFirstPropertyValue('method')).toBe('CANCEL')
    expect(value('uid')).toBe('01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c20@ordinatus.test')
    expect(value('sequence')).toBe(1)
    expect(value('status')).toBe('CANCELLED')
  })

  it('takes nothing that people typed for a property of its own', () => {
    const evil = 'Casey\r\nATTENDEE:mailto:eve@example.test\r\nEND:VEVENT "x"; y, z\\'
    const text = calendarObject({
      ...INPUT,
      summary: evil,
      location: evil,
      description: `${evil}\nlast`,
      organizer: { name: evil, address: 'no-reply@ordinatus.test' },
      attendee: { name: evil, address: 'casey@example.test' },
    })
    const { event, events, value } = parse(text)
    expect(events).toHaveLength(1)
    expect(event.getAllProperties('attendee')).toHaveLength(1)
    expect(value('summary')).toBe('Casey ATTENDEE:mailto:eve@example.test END:VEVENT "x"; y, z\\')
    expect(String(value('description'))).toContain('\nlast')
    expect(event.getFirstProperty('attendee')?.getParameter('cn')).toBe(
      'Casey ATTENDEE:mailto:eve@example.test END:VEVENT x; y, z\\',
    )
  })

  it('folds at 75 octets and keeps emoji whole', () => {
    const summary = `${'Hilfe für Zürich 🧑‍💻👩🏽‍🔧 '.repeat(12)}Ende`
    const text = calendarObject({ ...INPUT, summary, attendee: { ...INPUT.attendee, name: '👩🏽‍🔧'.repeat(30) } })
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(parse(text).value('summary')).toBe(summary)
  })
})
