import { describe, expect, it } from 'vitest'
import {
  DAYS_OF_WEEK,
  LOCAL_END_TIME_PATTERN,
  LOCAL_TIME_PATTERN,
  SCHEDULE_TYPE_LABELS,
  SCHEDULE_TYPE_PREFILLS,
  SCHEDULE_TYPES,
} from './availability-rule.ts'

describe('schedule types', () => {
  it('have the names of the product', () => {
    expect(SCHEDULE_TYPES.map((type) => SCHEDULE_TYPE_LABELS[type])).toEqual([
      'Weekday Daytime',
      'Weekday Evening',
      'Weekend',
      'Custom',
    ])
  })

  it('prefill valid windows', () => {
    for (const type of SCHEDULE_TYPES) {
      const { daysOfWeek, startTime, endTime } = SCHEDULE_TYPE_PREFILLS[type]
      expect(daysOfWeek.every((day) => DAYS_OF_WEEK.includes(day))).toBe(true)
      expect(startTime).toMatch(new RegExp(LOCAL_TIME_PATTERN))
      expect(endTime).toMatch(new RegExp(LOCAL_END_TIME_PATTERN))
    }
  })

  it('know 24:00 as an end only', () => {
    expect('24:00').toMatch(new RegExp(LOCAL_END_TIME_PATTERN))
    expect('24:00').not.toMatch(new RegExp(LOCAL_TIME_PATTERN))
    expect('23:59').toMatch(new RegExp(LOCAL_TIME_PATTERN))
    for (const text of ['24:01', '9:00', '12:60', '12:00:00'])
      expect(text).not.toMatch(new RegExp(LOCAL_END_TIME_PATTERN))
  })
})
