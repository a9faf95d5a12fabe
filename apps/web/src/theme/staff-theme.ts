import { type CSSVariablesResolver, createTheme } from '@mantine/core'

/** Mantine speaks through our tokens: each of its variables below points to one of ours, in both schemes alike. */
const FROM_TOKENS: Record<string, string> = {
  '--mantine-color-body': 'var(--o-canvas)',
  '--mantine-color-text': 'var(--o-text)',
  '--mantine-color-bright': 'var(--o-text)',
  '--mantine-color-dimmed': 'var(--o-text-dim)',
  '--mantine-color-error': 'var(--o-red)',
  '--mantine-color-placeholder': 'var(--o-text-dim)',
  '--mantine-color-anchor': 'var(--o-accent-text)',
  '--mantine-color-default': 'var(--o-surface)',
  '--mantine-color-default-hover': 'var(--o-surface-hover)',
  '--mantine-color-default-color': 'var(--o-text)',
  '--mantine-color-default-border': 'var(--o-border-strong)',
  '--mantine-color-disabled': 'var(--o-surface-sunken)',
  '--mantine-color-disabled-color': 'var(--o-text-dim)',
  '--mantine-color-blue-filled': 'var(--o-accent)',
  '--mantine-color-blue-filled-hover': 'var(--o-accent-hover)',
  '--mantine-color-blue-light': 'var(--o-accent-soft)',
  '--mantine-color-blue-light-hover': 'var(--o-accent-soft)',
  '--mantine-color-blue-light-color': 'var(--o-accent-text)',
  '--mantine-color-blue-outline': 'var(--o-accent-text)',
  '--mantine-color-red-outline': 'var(--o-red)',
  '--mantine-color-red-light': 'var(--o-red-soft)',
  '--mantine-color-red-light-color': 'var(--o-red)',
}

/** Points Mantine's own variables at `tokens.css`. */
export const tokensResolver: CSSVariablesResolver = () => ({ variables: {}, light: FROM_TOKENS, dark: FROM_TOKENS })

/** The staff app's theme. Figures for contrast: light shade 8 and dark shade 6 were the first without an axe finding. */
export const staffTheme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  defaultRadius: 'var(--o-radius)',
  fontFamily: 'var(--o-font-staff)',
  fontFamilyMonospace: 'var(--o-font-mono)',
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '16px', xl: '20px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
})
