import { expect, test } from 'vitest'
import { calendarFile, googleCalendarUrl } from './calendar-file.ts'

const ENTRY = {
  id: '01990000-0000-7000-8000-000000000001',
  start: '2026-11-24T16:30:00.000Z',
  end: '2026-11-24T17:30:00Z',
  title: 'Support; one, two',
  description: 'Line one\r\nBEGIN:VALARM',
  location: 'https://example.test/join',
}
const MADE_AT = new Date('2026-11-20T10:00:00Z')

test('times stand in UTC and text cannot start a property of its own', () => {
  const lines = calendarFile(ENTRY, MADE_AT).split('\r\n')
  expect(lines).toContain('DTSTART:20261124T163000Z')
  expect(lines).toContain('DTEND:20261124T173000Z')
  expect(lines).toContain('SUMMARY:Support\\; one\\, two')
  expect(lines).toContain('DESCRIPTION:Line one\\nBEGIN:VALARM')
  expect(lines).not.toContain('BEGIN:VALARM')
  expect(lines.at(-1)).toBe('')
})

test('long lines are folded at 75 octets, and unfold to what they were', () => {
  const title = 'Hilfe für Ängstliche 🎓 '.repeat(8)
  const file = calendarFile({ ...ENTRY, title }, MADE_AT)
  for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
  expect(file.replaceAll('\r\n ', '')).toContain(`SUMMARY:${title}`)
})

test('the link for Google Calendar carries the same instants', () => {
  expect(new URL(googleCalendarUrl(ENTRY)).searchParams.get('dates')).toBe('20261124T163000Z/20261124T173000Z')
})
