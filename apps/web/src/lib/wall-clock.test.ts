import { describe, expect, test } from 'vitest'
import { addMonths, instantOf, minutesOf, wallTimeOf } from './wall-clock.ts'

const at = (iso: string) => Date.parse(iso)

describe('the instant of a time on the wall', () => {
  test('follows the zone, also through half and quarter hours', () => {
    expect(instantOf('2026-11-24', 570, 'America/Chicago')).toBe(at('2026-11-24T15:30:00Z'))
    expect(instantOf('2026-11-24', 570, 'Asia/Kathmandu')).toBe(at('2026-11-24T03:45:00Z'))
    expect(instantOf('2026-11-24', 1440, 'UTC')).toBe(at('2026-11-25T00:00:00Z'))
  })

  test('is the first of two when the clock shows it twice', () => {
    expect(instantOf('2026-11-01', 59, 'America/Chicago')).toBe(at('2026-11-01T05:59:00Z'))
    expect(instantOf('2026-11-01', 60, 'America/Chicago')).toBe(at('2026-11-01T06:00:00Z'))
    expect(instantOf('2026-11-01', 119, 'America/Chicago')).toBe(at('2026-11-01T06:59:00Z'))
    expect(instantOf('2026-11-01', 120, 'America/Chicago')).toBe(at('2026-11-01T08:00:00Z'))
  })

  test('is the first after the gap when the clock skips it', () => {
    expect(instantOf('2027-03-14', 119, 'America/Chicago')).toBe(at('2027-03-14T07:59:00Z'))
    expect(instantOf('2027-03-14', 120, 'America/Chicago')).toBe(at('2027-03-14T08:00:00Z'))
    expect(instantOf('2027-03-14', 150, 'America/Chicago')).toBe(at('2027-03-14T08:00:00Z'))
    expect(instantOf('2027-03-14', 180, 'America/Chicago')).toBe(at('2027-03-14T08:00:00Z'))
    expect(instantOf('2026-10-04', 135, 'Australia/Lord_Howe')).toBe(at('2026-10-03T15:30:00Z'))
  })

  test.each(['0002-12-24', '0020-12-24', '0202-12-24'])('is some instant for the half-typed year of %s', (date) => {
    expect(instantOf(date, 540, 'America/Chicago')).toBeLessThan(at('1800-01-01T00:00:00Z'))
  })
})

test('times on the wall and minutes are the same thing', () => {
  expect(wallTimeOf(1440)).toBe('24:00')
  expect(wallTimeOf(545)).toBe('09:05')
  expect(minutesOf('24:00')).toBe(1440)
  expect(minutesOf('09:05')).toBe(545)
})

test('months are turned like pages', () => {
  expect(addMonths('2026-12-31', 1)).toBe('2027-01-01')
  expect(addMonths('2026-01-15', -1)).toBe('2025-12-01')
})
