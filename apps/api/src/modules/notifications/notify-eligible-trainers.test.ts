import { expect, it } from 'vitest'
import { dueTimesUnderCap } from './notify-eligible-trainers.ts'

const NOW = new Date('2026-11-23T15:00:00.000Z')
const minutesFromNow = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)
const due = (before: number[], count: number, cap: number) =>
  dueTimesUnderCap(before.map(minutesFromNow), count, cap, NOW).map((at) =>
    at === null ? 0 : (at.getTime() - NOW.getTime()) / 60_000,
  )

it('mails under the cap go at once', () => {
  expect(due([], 3, 10)).toEqual([0, 0, 0])
  expect(due([-50, -20], 3, 5)).toEqual([0, 0, 0])
})

it('the mail above the cap goes an hour after the first of that hour, the next an hour after the second', () => {
  expect(due([-50, -20, 0], 3, 3)).toEqual([10, 40, 60])
  expect(due([], 5, 2)).toEqual([0, 0, 60, 60, 120])
})

it('never more than the cap fall into any hour', () => {
  const cap = 4
  const times = due([], 30, cap)
  for (let index = cap; index < times.length; index += 1)
    expect((times[index] ?? 0) - (times[index - cap] ?? 0)).toBeGreaterThanOrEqual(60)
})
