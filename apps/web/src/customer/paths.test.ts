import { expect, test } from 'vitest'
import { parseCustomerPath } from './paths.ts'

test.each([
  ['/f/demo/support', { page: 'form', organizationSlug: 'demo', formSlug: 'support', embedded: false }],
  ['/embed/demo/support/', { page: 'form', organizationSlug: 'demo', formSlug: 'support', embedded: true }],
  ['/book/abc_-9', { page: 'booking', schedulingToken: 'abc_-9' }],
  ['/book/return/abc', { page: 'bookingReturn', returnToken: 'abc' }],
  ['/book/return', { page: 'booking', schedulingToken: 'return' }],
  ['/feedback/abc', { page: 'feedback', feedbackToken: 'abc' }],
  ['/feedback/abc/more', { page: 'unknown' }],
  ['/book', { page: 'unknown' }],
  ['/f/demo', { page: 'unknown' }],
  ['/f/demo/support/more', { page: 'unknown' }],
  ['/book/%E0%A4%A', { page: 'booking', schedulingToken: '%E0%A4%A' }],
  ['/', { page: 'unknown' }],
])('%s is understood', (pathname, path) => {
  expect(parseCustomerPath(pathname)).toEqual(path)
})
