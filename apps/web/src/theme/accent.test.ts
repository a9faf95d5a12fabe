import { describe, expect, test } from 'vitest'
import { accentVariables, contrastRatio } from './accent.ts'
import { DARK, LIGHT } from './tokens.ts'

describe('an organization’s colour', () => {
  test.each(['#ffff00', '#ffffff', '#000000', '#1f5fbf', '#ff6b6b', '#00ff88'])(
    '%s is corrected until it reads',
    (colour) => {
      for (const scheme of ['light', 'dark'] as const) {
        const variables = accentVariables(colour, scheme) ?? {}
        const ground = scheme === 'light' ? LIGHT : DARK
        expect(contrastRatio('#ffffff', variables['--o-accent'] ?? '')).toBeGreaterThanOrEqual(4.5)
        expect(contrastRatio('#ffffff', variables['--o-accent-hover'] ?? '')).toBeGreaterThanOrEqual(4.5)
        expect(contrastRatio(variables['--o-accent-text'] ?? '', ground.surface)).toBeGreaterThanOrEqual(4.4)
        expect(
          contrastRatio(variables['--o-accent-text'] ?? '', variables['--o-accent-soft'] ?? ''),
        ).toBeGreaterThanOrEqual(4.5)
      }
    },
  )

  test('that already reads stays as it is', () => {
    expect(accentVariables('#1f5fbf', 'light')?.['--o-accent']).toBe('#1f5fbf')
  })

  test('that is not a colour changes nothing', () => {
    expect(accentVariables('red; background: url(x)', 'light')).toBeNull()
  })
})
