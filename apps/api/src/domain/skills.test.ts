import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasAllSkills, missingSkills, normalizeSkill, normalizeSkills } from './skills.ts'

describe('skills', () => {
  it('are one word however they are written', () => {
    expect(normalizeSkill('  Word \t Press\u00a0')).toBe('word press')
    expect(normalizeSkill('ZOHO')).toBe('zoho')
    expect(normalizeSkill('Cafe\u0301')).toBe('café')
    expect(normalizeSkill('   ')).toBe('')
  })

  it('stay as they are when normalised again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(normalizeSkill(normalizeSkill(text))).toBe(normalizeSkill(text))
      }),
    )
  })

  it('are kept once, without empties, in order', () => {
    expect(normalizeSkills(['Zoho', ' ', 'wordpress', 'ZOHO '])).toEqual(['zoho', 'wordpress'])
  })

  it('fit when none is missing', () => {
    expect(missingSkills(['Zoho', 'Excel'], ['zoho'])).toEqual(['excel'])
    expect(hasAllSkills(['Zoho'], [' ZOHO '])).toBe(true)
    expect(hasAllSkills(['zoho', 'excel'], ['zoho'])).toBe(false)
    expect(hasAllSkills([], [])).toBe(true)
  })
})
