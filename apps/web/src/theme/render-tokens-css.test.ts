import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contrastRatio } from './accent.ts'
import { renderTokensCss } from './render-tokens-css.ts'
import { DARK, LIGHT, type TokenName } from './tokens.ts'

test('tokens.css is what the theme says', () => {
  expect(readFileSync('src/theme/tokens.css', 'utf8')).toBe(renderTokensCss())
})

const TEXT_PAIRS: [TokenName, TokenName][] = [
  ['text', 'canvas'],
  ['text', 'frame'],
  ['text', 'surface-hover'],
  ['text-dim', 'canvas'],
  ['text-dim', 'frame'],
  ['text-dim', 'surface'],
  ['text-dim', 'surface-hover'],
  ['text-dim', 'surface-sunken'],
  ['accent-contrast', 'accent'],
  ['accent-contrast', 'accent-hover'],
  ['accent-text', 'canvas'],
  ['accent-text', 'surface-hover'],
  ['accent-text', 'accent-soft'],
  ['blue', 'blue-soft'],
  ['amber', 'amber-soft'],
  ['green', 'green-soft'],
  ['grey', 'grey-soft'],
  ['red', 'red-soft'],
  ['red', 'surface'],
]

test.each(TEXT_PAIRS)('%s can be read on %s in both schemes', (text, ground) => {
  expect(contrastRatio(LIGHT[text], LIGHT[ground])).toBeGreaterThanOrEqual(4.5)
  expect(contrastRatio(DARK[text], DARK[ground])).toBeGreaterThanOrEqual(4.5)
})

test.each<[TokenName, TokenName]>([
  ['border-strong', 'surface'],
  ['border-strong', 'canvas'],
  ['accent-text', 'frame'],
])('the edge %s can be seen on %s in both schemes', (edge, ground) => {
  expect(contrastRatio(LIGHT[edge], LIGHT[ground])).toBeGreaterThanOrEqual(3)
  expect(contrastRatio(DARK[edge], DARK[ground])).toBeGreaterThanOrEqual(3)
})
