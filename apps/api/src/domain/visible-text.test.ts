import { describe, expect, it } from 'vitest'
import { isBlank, turnsDirection, withoutDirection } from './visible-text.ts'

describe('A text', () => {
  it.each([
    '',
    ' \t\n',
    '\u00a0\u2003\u3000',
    '\u200b\u200c\u200d',
    '\u202e',
    '\u2066\u2069',
    '\ufeff',
    '\u00ad',
    '\u3164\uffa0',
    '\u2800',
    '\ufe0f',
    '\u{e0041}\u{e007f}',
  ])('is blank when nothing of it can be seen: %j', (text) => {
    expect(isBlank(text)).toBe(true)
    expect(isBlank(`${text}a`)).toBe(false)
  })

  it.each(['Zoë', '李小龍', 'می\u200cخواهم', '👩\u200d🏫', '❤\ufe0f', '-', '\u200eRTL ok'])(
    'is not blank with joiners in it: %s',
    (text) => {
      expect(isBlank(text)).toBe(false)
      expect(turnsDirection(text)).toBe(false)
      expect(withoutDirection(text)).toBe(text)
    },
  )

  it.each(['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'])(
    'turns the direction of what follows with %j',
    (character) => {
      expect(turnsDirection(`Ann${character}eeL`)).toBe(true)
      expect(withoutDirection(`Ann${character}eeL`)).toBe('AnneeL')
    },
  )
})
