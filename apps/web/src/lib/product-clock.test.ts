import { afterEach, expect, test, vi } from 'vitest'
import { clockAheadMs, learnProductClock, onClockChange, productNow } from './product-clock.ts'

const answerAt = (millis: number) =>
  new Response(null, { headers: { Date: new Date(Date.now() + millis).toUTCString() } })

afterEach(() => {
  learnProductClock(answerAt(0))
  vi.useRealTimers()
})

test('an answer from an hour ahead moves the present, and tells whoever shows it', () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T16:00:00Z') })
  const told = vi.fn()
  const stop = onClockChange(told)
  learnProductClock(answerAt(3_600_000))
  expect(productNow()).toBe(Date.parse('2026-11-22T17:00:00Z'))
  expect(told).toHaveBeenCalledTimes(1)
  learnProductClock(answerAt(3_602_000))
  expect(told).toHaveBeenCalledTimes(1)
  stop()
})

test.each([
  [2_000, 0],
  [3_000, 3_000],
  [-2_000, 0],
  [-3_000, -3_000],
])('an answer that is %i ms ahead makes a difference of %i ms', (millis, ahead) => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T16:00:00Z') })
  learnProductClock(answerAt(millis))
  expect(clockAheadMs()).toBe(ahead)
})

test('an answer that does not say the time changes nothing', () => {
  learnProductClock(new Response(null))
  expect(clockAheadMs()).toBe(0)
})
