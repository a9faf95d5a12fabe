import { expect, test } from 'vitest'
import { idempotencyKeys } from './idempotency-key.ts'

test('the same content keeps its key, other content gets another', () => {
  const keyFor = idempotencyKeys()
  const first = keyFor({ name: 'Ann' })
  expect(keyFor({ name: 'Ann' })).toBe(first)
  expect(keyFor({ name: 'Anna' })).not.toBe(first)
  expect(first).toMatch(/^[0-9a-f]{32}$/)
})
