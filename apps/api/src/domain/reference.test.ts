import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseReference, REFERENCE_BYTES, REFERENCE_PATTERN, referenceFrom } from './reference.ts'

describe('a reference', () => {
  it('has eight characters that nobody misreads', () => {
    expect(referenceFrom(new Uint8Array(5))).toBe('R-00000000')
    expect(referenceFrom(new Uint8Array(5).fill(255))).toBe('R-ZZZZZZZZ')
    expect(referenceFrom(Uint8Array.from([0, 0, 0, 0, 33]))).toBe('R-00000011')
    expect(REFERENCE_PATTERN).not.toMatch(/[ILOU]/)
  })

  it('differs for different bytes, fits its pattern and survives being typed', () => {
    const bytes = fc.uint8Array({ minLength: REFERENCE_BYTES, maxLength: REFERENCE_BYTES })
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const reference = referenceFrom(one)
        expect(reference).toMatch(new RegExp(REFERENCE_PATTERN))
        expect(reference === referenceFrom(other)).toBe(Buffer.compare(one, other) === 0)
        expect(parseReference(reference)).toBe(reference)
        expect(parseReference(reference.toLowerCase().replace('-', ' '))).toBe(reference)
        expect(parseReference(reference.slice(2))).toBe(reference)
      }),
    )
  })

  it('forgives the look-alikes it never uses, and nothing else', () => {
    expect(parseReference('r-oil00000')).toBe('R-01100000')
    expect(parseReference('R-7K3M9Q2')).toBeNull()
    expect(parseReference('R-7K3M9Q2XX')).toBeNull()
    expect(parseReference('R-7K3M9Q2U')).toBeNull()
    expect(parseReference('')).toBeNull()
  })

  it('is made from five bytes', () => {
    expect(() => referenceFrom(new Uint8Array(4))).toThrow(RangeError)
    expect(() => referenceFrom(new Uint8Array(6))).toThrow(RangeError)
  })
})
