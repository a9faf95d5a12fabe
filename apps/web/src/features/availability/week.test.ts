import { describe, expect, test } from 'vitest'
import type { AvailabilityRule } from './queries.ts'
import { blocksOf, blockWords, hoursShown, markedHours, mondayOf, movedEdge, steppedEdge } from './week.ts'
import { daysWords, hoursWords } from './words.ts'

const rule = (over: Partial<AvailabilityRule>): AvailabilityRule => ({
  id: 'r1',
  scheduleType: 'custom',
  scheduleTypeLabel: 'Custom',
  daysOfWeek: [1],
  startTime: '09:00',
  endTime: '17:00',
  durationsMinutes: [],
  firstDate: null,
  lastDate: null,
  warnings: [],
  createdAt: '2026-11-01T00:00:00Z',
  updatedAt: '2026-11-01T00:00:00Z',
  ...over,
})

describe('the week grid', () => {
  test('starts on Monday', () => {
    expect(mondayOf('2026-11-23')).toBe('2026-11-23')
    expect(mondayOf('2026-11-29')).toBe('2026-11-23')
    expect(mondayOf('2026-11-30')).toBe('2026-11-30')
  })

  test('shows the rest of a window that runs past midnight on the next day', () => {
    const night = rule({ startTime: '22:00', endTime: '02:00' })
    expect(blocksOf('2026-11-23', [night], [], [], 'UTC')).toMatchObject([{ start: 1320, end: 1440 }])
    expect(blocksOf('2026-11-24', [night], [], [], 'UTC')).toMatchObject([{ start: 0, end: 120 }])
    expect(blocksOf('2026-11-25', [night], [], [], 'UTC')).toEqual([])
  })

  test('ends a window at 24:00 with the day', () => {
    expect(blocksOf('2026-11-23', [rule({ endTime: '24:00' })], [], [], 'UTC')).toMatchObject([{ end: 1440 }])
    expect(blocksOf('2026-11-24', [rule({ endTime: '24:00' })], [], [], 'UTC')).toEqual([])
  })

  test('keeps to a rule’s first and last date', () => {
    const month = rule({ firstDate: '2026-11-23', lastDate: '2026-11-30' })
    expect(blocksOf('2026-11-16', [month], [], [], 'UTC')).toHaveLength(0)
    expect(blocksOf('2026-11-23', [month], [], [], 'UTC')).toHaveLength(1)
    expect(blocksOf('2026-11-30', [month], [], [], 'UTC')).toHaveLength(1)
    expect(blocksOf('2026-12-07', [month], [], [], 'UTC')).toHaveLength(0)
  })

  test('puts a session on the day it has in the trainer’s zone', () => {
    const session = {
      id: 'b',
      organizationSlug: 'demo',
      start: '2026-11-24T05:30:00Z',
      end: '2026-11-24T06:30:00Z',
      label: 'Sam',
    }
    expect(blocksOf('2026-11-23', [], [], [session], 'America/Chicago')).toMatchObject([{ start: 1410, end: 1440 }])
    expect(blocksOf('2026-11-24', [], [], [session], 'America/Chicago')).toMatchObject([{ start: 0, end: 30 }])
  })

  test('shows at least the working day and grows with what is on it', () => {
    expect(hoursShown([])).toEqual({ first: 8, last: 18 })
    expect(hoursShown(blocksOf('2026-11-23', [rule({ startTime: '06:30', endTime: '21:15' })], [], [], 'UTC'))).toEqual(
      {
        first: 6,
        last: 22,
      },
    )
  })
})

test('days and hours read as a person says them', () => {
  expect(daysWords([1, 2, 3, 4, 5])).toBe('Monday to Friday')
  expect(daysWords([6, 7])).toBe('Saturday, Sunday')
  expect(daysWords([1, 3])).toBe('Monday, Wednesday')
  expect(daysWords([1, 2, 3, 4, 5, 6, 7])).toBe('Every day')
  expect(hoursWords({ startTime: '09:00', endTime: '17:00' })).toBe('9:00 AM to 5:00 PM')
  expect(hoursWords({ startTime: '22:00', endTime: '02:00' })).toBe('10:00 PM to 2:00 AM, the next day')
})

describe('hours that are dragged', () => {
  test('are whole steps within the day, at least one', () => {
    expect(markedHours(601, 602)).toEqual({ start: 600, end: 615 })
    expect(markedHours(700, 601)).toEqual({ start: 600, end: 705 })
    expect(markedHours(1439, 1440)).toEqual({ start: 1425, end: 1440 })
    expect(markedHours(1440, 1440)).toEqual({ start: 1425, end: 1440 })
    expect(markedHours(0, 0)).toEqual({ start: 0, end: 15 })
  })

  test('move one edge and keep the other, with a step left between', () => {
    const day = { startTime: '09:00', endTime: '17:00' }
    expect(movedEdge(day, 'start', 507)).toEqual({ startTime: '08:30', endTime: '17:00' })
    expect(movedEdge(day, 'start', 1100)).toEqual({ startTime: '16:45', endTime: '17:00' })
    expect(movedEdge(day, 'end', 1440)).toEqual({ startTime: '09:00', endTime: '24:00' })
    expect(movedEdge(day, 'end', 0)).toEqual({ startTime: '09:00', endTime: '09:15' })
  })

  test('of a night stay a night', () => {
    const night = { startTime: '22:00', endTime: '02:00' }
    expect(movedEdge(night, 'end', 0)).toEqual({ startTime: '22:00', endTime: '00:15' })
    expect(movedEdge(night, 'end', 1400)).toEqual({ startTime: '22:00', endTime: '22:00' })
    expect(movedEdge(night, 'start', 60)).toEqual({ startTime: '02:00', endTime: '02:00' })
    expect(movedEdge(night, 'start', 1440)).toEqual({ startTime: '23:45', endTime: '02:00' })
  })

  test('step by the quarter of an hour, also from midnight', () => {
    expect(steppedEdge({ startTime: '09:00', endTime: '17:00' }, 'end', 1)).toMatchObject({ endTime: '17:15' })
    expect(steppedEdge({ startTime: '09:00', endTime: '24:00' }, 'end', -1)).toMatchObject({ endTime: '23:45' })
    expect(steppedEdge({ startTime: '00:00', endTime: '17:00' }, 'start', -1)).toMatchObject({ startTime: '00:00' })
  })
})

test('a cell says what stands in it', () => {
  const blocks = blocksOf('2026-11-23', [rule({})], [], [], 'UTC')
  expect(blockWords(blocks, 480, 540)).toBe('Closed')
  expect(blockWords(blocks, 540, 600)).toBe('Open 9:00 AM – 5:00 PM')
})
