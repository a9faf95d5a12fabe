import { describe, expect, it } from 'vitest'
import { RESERVED_SLUGS, SLUG_PATTERN, slugProblem, suggestedSlug } from './slug.ts'

describe('an address', () => {
  it.each([
    ['abc', null],
    ['ab', 'Use 3 to 63 characters'],
    ['a'.repeat(63), null],
    ['a'.repeat(64), 'Use 3 to 63 characters'],
    ['a-1', null],
    ['-ab', 'Remove the hyphen at the start or end'],
    ['ab-', 'Remove the hyphen at the start or end'],
    ['Abc', 'Use only lower-case letters a–z, digits and hyphens'],
    ['a_b', 'Use only lower-case letters a–z, digits and hyphens'],
    ['café', 'Use only lower-case letters a–z, digits and hyphens'],
    ['abc\n', 'Use only lower-case letters a–z, digits and hyphens'],
    ['demo', null],
  ])('%j: %s', (slug, expected) => {
    expect(slugProblem(slug)).toBe(expected)
    expect(new RegExp(SLUG_PATTERN).test(slug)).toBe(expected === null)
  })

  it('is never a word that the product uses itself', () => {
    for (const slug of RESERVED_SLUGS) expect(slugProblem(slug)).not.toBeNull()
    expect(slugProblem('admin')).toBe('Choose another: this word is used by the product')
  })

  it('can be made from a name', () => {
    expect(suggestedSlug('Café Müller & Co.')).toBe('cafe-muller-co')
    expect(suggestedSlug('株式会社')).toBe('')
    expect(suggestedSlug(`${'a'.repeat(62)} b`)).toBe('a'.repeat(62))
  })
})
