import { renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { useClockAhead } from './clock-ahead.ts'

test('a way through the network is no wrong clock, and a wrong clock does not stumble with every answer', () => {
  const { result, rerender } = renderHook(({ measured }) => useClockAhead(measured), {
    initialProps: { measured: null as number | null },
  })
  const after = (measured: number | null) => {
    rerender({ measured })
    return result.current
  }
  expect(result.current).toBe(0)
  expect(after(-2_999)).toBe(0)
  expect(after(-3_000)).toBe(-3_000)
  expect(after(-601_000)).toBe(-601_000)
  expect(after(-603_999)).toBe(-601_000)
  expect(after(null)).toBe(-601_000)
  // The device's clock was put right meanwhile.
  expect(after(-500)).toBe(-500)
})
