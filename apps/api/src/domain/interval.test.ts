import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  containsInterval,
  firstEndingAfter,
  type Interval,
  mergeIntervals,
  overlaps,
  subtractIntervals,
} from './interval.ts'

/** `'3-5'` is the interval from 3 up to 5. */
function timeline(text: string): Interval[] {
  if (text === '') return []
  return text.split(' ').map((piece) => {
    const [startAt, endAt] = piece.split('-').map(Number)
    return { startAt: startAt ?? 0, endAt: endAt ?? 0 }
  })
}

function written(intervals: readonly Interval[]): string {
  return intervals.map(({ startAt, endAt }) => `${startAt}-${endAt}`).join(' ')
}

describe('overlap of two stretches of time', () => {
  it.each([
    ['2-5', '5-8', false],
    ['2-5', '4-8', true],
    ['5-8', '2-5', false],
    ['5-8', '2-6', true],
    ['2-8', '4-5', true],
    ['4-5', '2-8', true],
    ['2-5', '2-5', true],
    ['3-3', '2-5', false],
    ['2-5', '3-3', false],
    ['5-2', '1-9', false],
  ])('%s and %s: %s', (a, b, expected) => {
    const [first] = timeline(a)
    const [second] = timeline(b)
    expect(first && second && overlaps(first, second)).toBe(expected)
  })
})

describe('merging', () => {
  it.each([
    ['', ''],
    ['2-5', '2-5'],
    ['2-5 5-8', '2-8'],
    ['2-5 6-8', '2-5 6-8'],
    ['6-8 2-5', '2-5 6-8'],
    ['2-9 3-4', '2-9'],
    ['2-9 3-4 8-10', '2-10'],
    ['3-3', ''],
    ['5-2 1-2', '1-2'],
    ['2-3 2-3 2-3', '2-3'],
    ['1-2 4-6 5-5 6-7 9-10', '1-2 4-7 9-10'],
  ])('%s becomes %s', (input, expected) => {
    expect(written(mergeIntervals(timeline(input)))).toBe(expected)
  })

  it('leaves its input alone', () => {
    const input = Object.freeze(timeline('6-8 2-5'))
    mergeIntervals(input)
    expect(written(input)).toBe('6-8 2-5')
  })
})

describe('subtracting', () => {
  it.each([
    ['0-10', '', '0-10'],
    ['', '0-10', ''],
    ['0-10', '0-10', ''],
    ['0-10', '3-5', '0-3 5-10'],
    ['0-10', '0-3 8-12', '3-8'],
    ['0-4 6-10', '3-7', '0-3 7-10'],
    ['0-4 6-10', '4-6', '0-4 6-10'],
    ['2-4 6-8', '0-1 9-10', '2-4 6-8'],
    ['2-4 6-8 10-12', '1-11', '11-12'],
    ['0-10', '1-2 3-4 5-6', '0-1 2-3 4-5 6-10'],
  ])('%s without %s is %s', (from, taken, expected) => {
    expect(written(subtractIntervals(timeline(from), timeline(taken)))).toBe(expected)
  })
})

describe('searching', () => {
  const merged = timeline('2-5 8-9 12-20')

  it.each([
    ['2-5', true],
    ['2-6', false],
    ['1-3', false],
    ['5-6', false],
    ['8-9', true],
    ['13-19', true],
    ['20-21', false],
    ['4-13', false],
    ['3-3', false],
  ])('%s is inside: %s', (inner, expected) => {
    const [interval] = timeline(inner)
    expect(interval && containsInterval(merged, interval)).toBe(expected)
  })

  it.each([
    [0, 0],
    [4, 0],
    [5, 1],
    [9, 2],
    [19, 2],
    [20, 3],
  ])('the first to end after %i is number %i', (instant, expected) => {
    expect(firstEndingAfter(merged, instant)).toBe(expected)
  })
})

it('agrees with counting single units of time, for any intervals', () => {
  const anyIntervals = fc.array(fc.record({ startAt: fc.nat(30), endAt: fc.nat(30) }), { maxLength: 12 })
  const covers = (intervals: readonly Interval[], unit: number) =>
    intervals.some(({ startAt, endAt }) => startAt <= unit && unit < endAt)
  fc.assert(
    fc.property(anyIntervals, anyIntervals, (a, b) => {
      const mergedA = mergeIntervals(a)
      const mergedB = mergeIntervals(b)
      const left = subtractIntervals(mergedA, mergedB)
      for (let unit = 0; unit < 31; unit += 1) {
        expect(covers(mergedA, unit)).toBe(covers(a, unit))
        expect(covers(left, unit)).toBe(covers(a, unit) && !covers(b, unit))
        expect(containsInterval(mergedA, { startAt: unit, endAt: unit + 1 })).toBe(covers(a, unit))
      }
      for (const list of [mergedA, left]) {
        expect(list.every(({ startAt, endAt }) => startAt < endAt)).toBe(true)
      }
      expect(mergedA.every((piece, i) => i === 0 || piece.startAt > (mergedA[i - 1]?.endAt ?? 0))).toBe(true)
    }),
    { numRuns: 300 },
  )
})
