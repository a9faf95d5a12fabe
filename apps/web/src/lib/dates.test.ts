import { describe, expect, test } from 'vitest'
import {
  addDays,
  bareTime,
  calendarDate,
  countdown,
  dateAndTime,
  dateAndTimeRange,
  dateKey,
  dayHeading,
  duration,
  minutesOfDay,
  relativeTime,
  timeRange,
  utcOffset,
  wallTime,
  weekdayName,
  weekdayOf,
  zoneName,
} from './dates.ts'

const CHICAGO = 'America/Chicago'
const NOON = '2026-11-23T18:00:00Z'

describe('a session’s time', () => {
  test('names day, both ends and the zone', () => {
    expect(dateAndTimeRange('2026-11-24T16:30:00Z', '2026-11-24T17:30:00Z', CHICAGO, NOON)).toBe(
      'Tue, Nov 24 · 10:30–11:30 AM CST',
    )
  })

  test('says AM and PM at both ends when it crosses noon', () => {
    expect(timeRange('2026-11-24T17:30:00Z', '2026-11-24T18:30:00Z', CHICAGO)).toBe('11:30 AM–12:30 PM CST')
  })

  test('names both zones when the clock changes in between', () => {
    expect(timeRange('2026-11-01T06:30:00Z', '2026-11-01T07:30:00Z', CHICAGO)).toBe('1:30 AM CDT–1:30 AM CST')
  })

  test('carries the year when it is another year', () => {
    expect(dateAndTime('2027-01-02T18:00:00Z', CHICAGO, NOON)).toBe('Sat, Jan 2, 2027 · 12:00 PM CST')
  })

  test('uses an ordinary space before AM', () => {
    expect(bareTime(NOON, CHICAGO)).toBe('12:00 PM')
  })
})

test('the day is the zone’s own, not the browser’s', () => {
  expect(dateKey('2026-11-24T05:59:59Z', CHICAGO)).toBe('2026-11-23')
  expect(dateKey('2026-11-24T06:00:00Z', CHICAGO)).toBe('2026-11-24')
  expect(minutesOfDay('2026-11-24T06:00:00Z', CHICAGO)).toBe(0)
  expect(minutesOfDay('2026-11-24T05:59:59Z', CHICAGO)).toBe(1439)
})

test('today, tomorrow and yesterday are called so', () => {
  expect(dayHeading('2026-11-23T23:00:00Z', CHICAGO, NOON)).toBe('Today')
  expect(dayHeading('2026-11-24T06:00:00Z', CHICAGO, NOON)).toBe('Tomorrow')
  expect(dayHeading('2026-11-23T05:59:00Z', CHICAGO, NOON)).toBe('Yesterday')
  expect(dayHeading('2026-11-25T18:00:00Z', CHICAGO, NOON)).toBe('Wed, Nov 25')
})

test.each([
  ['2026-11-23T18:00:59Z', 'in less than a minute'],
  ['2026-11-23T18:01:00Z', 'in 1 min'],
  ['2026-11-23T18:01:29Z', 'in 1 min'],
  ['2026-11-23T18:01:30Z', 'in 2 min'],
  ['2026-11-23T18:59:29Z', 'in 59 min'],
  ['2026-11-23T18:59:30Z', 'in 1 h'],
  ['2026-11-23T19:30:00Z', 'in 1 h 30 min'],
  ['2026-11-23T19:59:29Z', 'in 1 h 59 min'],
  ['2026-11-23T19:59:30Z', 'in 2 h'],
  ['2026-11-24T17:29:59Z', 'in 23 h'],
  ['2026-11-24T17:30:00Z', 'in 1 day'],
  ['2026-11-25T05:59:59Z', 'in 1 day'],
  ['2026-11-25T06:00:00Z', 'in 2 days'],
  ['2026-11-30T05:59:59Z', 'in 6 days'],
  ['2026-11-30T17:59:58Z', 'in 7 days'],
  ['2026-11-30T18:00:00Z', 'in 7 days'],
  ['2026-11-23T17:59:01Z', 'just now'],
  ['2026-11-20T18:00:00Z', '3 days ago'],
])('%s is %s', (instant, text) => {
  expect(relativeTime(instant, NOON)).toBe(text)
})

test('a countdown ends at zero and never runs below', () => {
  expect(countdown('2026-11-23T19:02:33Z', NOON)).toBe('1:02:33')
  expect(countdown('2026-11-23T18:04:09Z', NOON)).toBe('4:09')
  expect(countdown(NOON, NOON)).toBe('0:00')
  expect(countdown('2026-11-23T17:00:00Z', NOON)).toBe('0:00')
})

test('calendar dates and wall times have no zone', () => {
  expect(calendarDate('2026-11-24')).toBe('Tue, Nov 24, 2026')
  expect(wallTime('09:00')).toBe('9:00 AM')
  expect(wallTime('24:00')).toBe('midnight')
  expect(weekdayOf('2026-11-23')).toBe(1)
  expect(weekdayOf('2026-11-29')).toBe(7)
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
  expect(weekdayName(1, 'long')).toBe('Monday')
  expect(weekdayName(7, 'short')).toBe('Sun')
})

test('zones are named with city and offset', () => {
  expect(zoneName(CHICAGO, NOON)).toBe('Chicago, CST')
  expect(utcOffset(CHICAGO, NOON)).toBe('UTC−06:00')
  expect(utcOffset('UTC', NOON)).toBe('UTC+00:00')
})

test('durations read as a person says them', () => {
  expect([45, 60, 90].map(duration)).toEqual(['45 min', '1 h', '1 h 30 min'])
})
