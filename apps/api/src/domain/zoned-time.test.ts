import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  dateAt,
  dateOfEpochDay,
  dayOfWeekOf,
  epochDayOf,
  instantOf,
  isCalendarDate,
  isTimeZone,
  isWallTime,
  minuteOfDayOf,
  offsetMinutesAt,
  offsetMsAt,
  startOfDate,
  wallClock,
  wallTimeAt,
  wallTimeOf,
} from './zoned-time.ts'

const at = (iso: string) => Date.parse(iso)
const iso = (instant: number) => new Date(instant).toISOString()

describe('a wall-clock time as an instant', () => {
  it.each([
    ['an ordinary winter time', '2026-01-15', '09:00', 'America/Chicago', '2026-01-15T15:00:00.000Z'],
    ['an ordinary summer time', '2026-07-15', '09:00', 'America/Chicago', '2026-07-15T14:00:00.000Z'],
    ['a zone of a quarter hour', '2026-07-15', '09:00', 'Asia/Kathmandu', '2026-07-15T03:15:00.000Z'],
    ['a zone of half an hour', '2026-07-15', '09:00', 'America/St_Johns', '2026-07-15T11:30:00.000Z'],
    ['24:00, the next midnight', '2026-01-15', '24:00', 'America/Chicago', '2026-01-16T06:00:00.000Z'],
    ['the minute before a gap', '2027-03-14', '01:59', 'America/Chicago', '2027-03-14T07:59:00.000Z'],
    ['the first minute of a gap', '2027-03-14', '02:00', 'America/Chicago', '2027-03-14T08:00:00.000Z'],
    ['the middle of a gap', '2027-03-14', '02:30', 'America/Chicago', '2027-03-14T08:00:00.000Z'],
    ['the last minute of a gap', '2027-03-14', '02:59', 'America/Chicago', '2027-03-14T08:00:00.000Z'],
    ['the minute after a gap', '2027-03-14', '03:00', 'America/Chicago', '2027-03-14T08:00:00.000Z'],
    [
      'the minute before an hour that comes twice',
      '2026-11-01',
      '00:59',
      'America/Chicago',
      '2026-11-01T05:59:00.000Z',
    ],
    ['the start of an hour that comes twice', '2026-11-01', '01:00', 'America/Chicago', '2026-11-01T06:00:00.000Z'],
    ['the end of an hour that comes twice', '2026-11-01', '01:59', 'America/Chicago', '2026-11-01T06:59:00.000Z'],
    ['the minute after an hour that comes twice', '2026-11-01', '02:00', 'America/Chicago', '2026-11-01T08:00:00.000Z'],
    ['a gap of half an hour', '2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
    ['a half hour that comes twice', '2026-04-05', '01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
    ['a midnight that does not exist', '2018-11-04', '00:00', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    [
      'a last hour before midnight that comes twice',
      '2018-02-17',
      '23:30',
      'America/Sao_Paulo',
      '2018-02-18T01:30:00.000Z',
    ],
    [
      '24:00 of a day whose last hour comes twice',
      '2018-02-17',
      '24:00',
      'America/Sao_Paulo',
      '2018-02-18T03:00:00.000Z',
    ],
    ['a date that was skipped whole', '2011-12-30', '10:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['the date after it', '2011-12-31', '00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['the date before it', '2011-12-29', '23:59', 'Pacific/Apia', '2011-12-30T09:59:00.000Z'],
    ['the start of Ramadan in Morocco', '2026-02-15', '02:30', 'Africa/Casablanca', '2026-02-15T01:30:00.000Z'],
    ['the end of Ramadan in Morocco', '2026-03-22', '02:30', 'Africa/Casablanca', '2026-03-22T02:00:00.000Z'],
    ['a date long ago', '1900-01-01', '00:00', 'UTC', '1900-01-01T00:00:00.000Z'],
  ])('%s: %s %s in %s is %s', (_, date, time, timeZone, expected) => {
    expect(iso(instantOf(date, time, timeZone))).toBe(expected)
  })

  it('takes the first instant of a date that has no midnight', () => {
    expect(iso(startOfDate('2018-11-04', 'America/Sao_Paulo'))).toBe('2018-11-04T03:00:00.000Z')
    expect(wallTimeAt(at('2018-11-04T03:00:00Z'), 'America/Sao_Paulo')).toBe('01:00')
  })

  it('counts minutes beyond midnight into the next dates, by the wall and not by elapsed time', () => {
    const day = epochDayOf('2026-10-31')
    const clock = wallClock('America/Chicago', day, day)
    expect(iso(clock.instantOf(day, 22 * 60))).toBe('2026-11-01T03:00:00.000Z')
    expect(iso(clock.instantOf(day, 30 * 60))).toBe('2026-11-01T12:00:00.000Z')
  })

  it.each([
    ['2026-02-30', '09:00'],
    ['2026-2-03', '09:00'],
    ['2026-02-03', '25:00'],
    ['2026-02-03', '24:01'],
    ['2026-02-03', '9:00'],
  ])('refuses %s %s', (date, time) => {
    expect(() => instantOf(date, time, 'UTC')).toThrow(RangeError)
  })
})

describe('an instant on the wall', () => {
  it.each([
    ['2026-11-01T06:30:00Z', 'America/Chicago', '2026-11-01', '01:30', -300],
    ['2026-11-01T07:30:00Z', 'America/Chicago', '2026-11-01', '01:30', -360],
    ['2026-11-01T06:59:59.999Z', 'America/Chicago', '2026-11-01', '01:59', -300],
    ['2026-11-01T07:00:00Z', 'America/Chicago', '2026-11-01', '01:00', -360],
    ['2027-03-14T07:59:59.999Z', 'America/Chicago', '2027-03-14', '01:59', -360],
    ['2027-03-14T08:00:00Z', 'America/Chicago', '2027-03-14', '03:00', -300],
    ['2026-01-01T18:14:59Z', 'Asia/Kathmandu', '2026-01-01', '23:59', 345],
    ['2026-01-01T18:15:00Z', 'Asia/Kathmandu', '2026-01-02', '00:00', 345],
    ['2011-12-30T09:59:59Z', 'Pacific/Apia', '2011-12-29', '23:59', -600],
    ['2011-12-30T10:00:00Z', 'Pacific/Apia', '2011-12-31', '00:00', 840],
    ['1969-12-31T23:59:59Z', 'UTC', '1969-12-31', '23:59', 0],
  ])('%s in %s is %s %s, %i minutes from UTC', (instant, timeZone, date, time, offset) => {
    expect(dateAt(at(instant), timeZone)).toBe(date)
    expect(wallTimeAt(at(instant), timeZone)).toBe(time)
    expect(offsetMinutesAt(at(instant), timeZone)).toBe(offset)
  })

  it('has offsets of whole seconds in old times', () => {
    expect(offsetMsAt(at('1880-01-01T00:00:00Z'), 'America/New_York')).toBe(-17_762_000)
  })
})

describe('against the offsets that Intl shows', () => {
  const zones = [
    'America/New_York',
    'America/St_Johns',
    'America/Sao_Paulo',
    'Africa/Casablanca',
    'Africa/Cairo',
    'Asia/Kathmandu',
    'Asia/Kolkata',
    'Asia/Tehran',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Pacific/Chatham',
    'Europe/Dublin',
    'Antarctica/Troll',
    'UTC',
  ]
  const formatters = new Map(
    zones.map((timeZone) => [
      timeZone,
      new Intl.DateTimeFormat('en-US', {
        timeZone,
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
      }),
    ]),
  )
  const shown = (timeZone: string, instant: number) => {
    const part = new Map(
      formatters
        .get(timeZone)
        ?.formatToParts(instant)
        .map(({ type, value }) => [type, value]),
    )
    return `${part.get('year')}-${part.get('month')}-${part.get('day')} ${part.get('hour')}:${part.get('minute')}`
  }
  const anyInstant = fc.integer({ min: at('2005-01-01T00:00:00Z') / 60_000, max: at('2035-01-01T00:00:00Z') / 60_000 })

  it('shows the same date and time at any instant in any zone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), anyInstant, (timeZone, minute) => {
        const instant = minute * 60_000
        expect(`${dateAt(instant, timeZone)} ${wallTimeAt(instant, timeZone)}`).toBe(shown(timeZone, instant))
      }),
      { numRuns: 3000 },
    )
  })

  it('finds the first instant that shows a time, or the first that shows a later one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        anyInstant,
        fc.integer({ min: 0, max: 1440 }),
        (timeZone, minute, ofDay) => {
          const date = dateOfEpochDay(Math.floor(minute / 1440))
          const instant = instantOf(date, wallTimeOf(ofDay), timeZone)
          const wanted = ofDay === 1440 ? `${addDays(date, 1)} 00:00` : `${date} ${wallTimeOf(ofDay)}`
          expect(shown(timeZone, instant) >= wanted).toBe(true)
          expect(shown(timeZone, instant - 60_000) < wanted).toBe(true)
          for (let back = 30; back <= 180; back += 30) {
            expect(shown(timeZone, instant - back * 60_000) < wanted).toBe(true)
          }
        },
      ),
      { numRuns: 1500 },
    )
  })
})

describe('dates', () => {
  it.each([
    ['2026-01-05', 1],
    ['2026-01-11', 7],
    ['1970-01-01', 4],
    ['1969-12-29', 1],
    ['1969-12-28', 7],
    ['2024-02-29', 4],
  ])('%s is day %i of its week', (date, day) => {
    expect(dayOfWeekOf(date)).toBe(day)
  })

  it.each([
    ['2026-02-28', 1, '2026-03-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-03-08', 7, '2026-03-15'],
  ])('%s and %i days is %s', (date, days, expected) => {
    expect(addDays(date, days)).toBe(expected)
  })

  it.each([
    ['2026-02-28', true],
    ['2026-02-29', false],
    ['2024-02-29', true],
    ['2100-02-29', false],
    ['2026-04-31', false],
    ['2026-13-01', false],
    ['2026-00-10', false],
    ['2026-01-00', false],
    ['0000-01-01', false],
    ['0001-01-01', true],
    ['9999-12-31', true],
    ['10000-01-01', false],
    ['2026-1-1', false],
    ['2026-01-01T00:00', false],
    ['', false],
  ])('%s is a calendar date: %s', (text, expected) => {
    expect(isCalendarDate(text)).toBe(expected)
  })

  it('are the same after the way to a number and back, for any day', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (day) => {
        expect(epochDayOf(dateOfEpochDay(day))).toBe(day)
      }),
    )
  })
})

describe('times of day', () => {
  it.each([
    ['00:00', false, true],
    ['23:59', false, true],
    ['24:00', false, false],
    ['24:00', true, true],
    ['24:01', true, false],
    ['23:60', false, false],
    ['9:00', false, false],
    ['09:00:00', false, false],
    ['', true, false],
  ])('%s, 24:00 allowed %s: %s', (text, allow24, expected) => {
    expect(isWallTime(text, { allow24 })).toBe(expected)
  })

  it('are counted in minutes from midnight, and written back', () => {
    expect(minuteOfDayOf('00:00')).toBe(0)
    expect(minuteOfDayOf('09:30')).toBe(570)
    expect(minuteOfDayOf('24:00')).toBe(1440)
    expect(wallTimeOf(570)).toBe('09:30')
    expect(wallTimeOf(1440)).toBe('24:00')
  })
})

describe('names of time zones', () => {
  it.each([
    'UTC',
    'Europe/Berlin',
    'America/Argentina/Ushuaia',
    'America/Port-au-Prince',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'Europe/Kyiv',
    'US/Eastern',
    'Etc/GMT+5',
  ])('%s is one', (name) => {
    expect(isTimeZone(name)).toBe(true)
  })

  it.each([
    '',
    'Z',
    '+05:30',
    '-08:00',
    'GMT+5',
    'UTC+1',
    'europe/berlin',
    'EUROPE/BERLIN',
    'Europe/Nowhere',
    'Europe/Berlin ',
    'Europe/Berlin[u-ca=iso8601]',
    '2026-01-01T00:00Z[Europe/Berlin]',
    '../Europe/Berlin',
    'local',
    `Europe/${'x'.repeat(100)}`,
  ])('%j is none', (name) => {
    expect(isTimeZone(name)).toBe(false)
  })
})

it('gives the same answers whatever zone the server is in', { timeout: 60_000 }, () => {
  const script = `
    import { instantOf, dateAt, wallTimeAt, dayOfWeekOf, addDays, isCalendarDate } from './zoned-time.ts'
    const out = []
    for (const zone of ['America/Chicago', 'Australia/Lord_Howe', 'Africa/Casablanca']) {
      for (let day = 0; day < 800; day += 1) {
        const date = addDays('2026-01-01', day)
        const instant = instantOf(date, '02:15', zone)
        out.push(instant, dateAt(instant, zone), wallTimeAt(instant, zone), dayOfWeekOf(date), isCalendarDate(date))
      }
    }
    process.stdout.write(JSON.stringify(out))`
  const answers = ['UTC', 'America/New_York', 'Australia/Lord_Howe'].map((TZ) =>
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: { ...process.env, TZ },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    }),
  )
  expect(answers[0]).toContain('2027-03-14')
  expect(answers[1]).toBe(answers[0])
  expect(answers[2]).toBe(answers[0])
})
