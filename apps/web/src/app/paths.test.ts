import { expect, test } from 'vitest'
import { wayBack } from './paths.ts'

const HERE = 'https://ordinatus.test'

test('signing in leads back to the page that was asked for', () => {
  expect(wayBack('/o/demo/requests/1?x=2#history', HERE)).toBe('/o/demo/requests/1?x=2#history')
})

test.each([null, '', 'https://evil.test/', '//evil.test/o/demo', '/\\evil.test', 'javascript:alert(1)'])(
  'signing in never leads to %s',
  (next) => {
    expect(wayBack(next, HERE)).toBeNull()
  },
)
