import { expect, test } from 'vitest'
import { cancellationRules } from './cancellation-rules.ts'

const ZONE = 'America/Chicago'
const START = '2026-11-24T16:30:00Z'
const FULL = { kind: 'full', windowHours: 24, partialPercent: 50 } as const

test('before a time is chosen the rule is general', () => {
  expect(cancellationRules(FULL, null, ZONE, 0)).toBe(
    'Full refund if you cancel at least 24 h before the start. None after that.',
  )
})

test('with a time the last moment is a date in the customer’s zone', () => {
  const now = Date.parse('2026-11-20T00:00:00Z')
  expect(cancellationRules(FULL, START, ZONE, now)).toBe(
    'Full refund if you cancel by Mon, Nov 23 · 10:30 AM CST. None after that.',
  )
  expect(cancellationRules({ ...FULL, kind: 'partial' }, START, ZONE, now)).toContain('50% refund')
})

test('at the last moment itself nothing is promised any more', () => {
  const deadline = Date.parse('2026-11-23T16:30:00Z')
  expect(cancellationRules(FULL, START, ZONE, deadline - 1)).toContain('Full refund')
  expect(cancellationRules(FULL, START, ZONE, deadline)).toContain('not refunded')
})

test('an organization that refunds nothing says so', () => {
  expect(cancellationRules({ ...FULL, kind: 'none' }, START, ZONE, 0)).toBe(
    'This session is not refunded if you cancel.',
  )
})
