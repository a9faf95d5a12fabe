import { act, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import '../../../testing/dom-matchers.ts'
import { HoldCountdown } from './hold-countdown.tsx'

const MINUTE = 60_000
const NOW = Date.parse('2026-11-24T16:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})

afterEach(() => {
  vi.useRealTimers()
})

function pass(milliseconds: number): void {
  act(() => {
    vi.advanceTimersByTime(milliseconds)
  })
}

function countDown(leftMs: number, clockAheadMs = 0) {
  const onEnded = vi.fn()
  const deadline = new Date(NOW + clockAheadMs + leftMs).toISOString()
  render(<HoldCountdown deadline={deadline} clockAheadMs={clockAheadMs} onEnded={onEnded} />)
  return onEnded
}

test('the time left is read out at ten, five and one minute, and not in between', () => {
  const onEnded = countDown(11 * MINUTE)
  const announced = () => screen.getByRole('status').textContent
  expect(announced()).toBe('')
  pass(MINUTE - 1000)
  expect(announced()).toBe('')
  pass(1000)
  expect(announced()).toBe('10 minutes left to pay.')
  pass(5 * MINUTE)
  expect(announced()).toBe('5 minutes left to pay.')
  pass(4 * MINUTE)
  expect(announced()).toBe('1 minute left to pay.')
  expect(onEnded).not.toHaveBeenCalled()
})

test('a page opened with four minutes left does not claim five', () => {
  countDown(4 * MINUTE)
  expect(screen.getByRole('status').textContent).toBe('')
  pass(3 * MINUTE)
  expect(screen.getByRole('status').textContent).toBe('1 minute left to pay.')
})

test('it ends at the deadline, not a second before', () => {
  const onEnded = countDown(2000)
  pass(1000)
  expect(screen.getByText('0:01 left to pay')).toBeInTheDocument()
  expect(onEnded).not.toHaveBeenCalled()
  pass(1000)
  expect(onEnded).toHaveBeenCalledOnce()
})

test('a device whose clock is wrong counts by the product’s clock', () => {
  const onEnded = countDown(3 * MINUTE, 90 * MINUTE)
  expect(screen.getByText('3:00 left to pay')).toBeInTheDocument()
  expect(onEnded).not.toHaveBeenCalled()
})
