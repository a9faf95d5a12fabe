/**
 * The one theme. `tokens.css` is rendered from it for both entries, and the staff theme of Mantine reads the same
 * variables, so a colour exists in exactly one place.
 *
 * Contrast of every pair below: text at least 4.5:1, borders of controls and focus rings at least 3:1, in both schemes.
 */
export const LIGHT = {
  canvas: '#ffffff',
  frame: '#f7f8f9',
  surface: '#ffffff',
  'surface-hover': '#f4f5f7',
  'surface-sunken': '#f1f2f4',
  border: '#e4e6ea',
  'border-control': '#d0d4da',
  'border-strong': '#868d98',
  text: '#1a1d21',
  'text-dim': '#596069',
  accent: '#1f5fbf',
  'accent-hover': '#184c9b',
  'accent-contrast': '#ffffff',
  'accent-text': '#1a56b0',
  'accent-soft': '#eaf1fc',
  blue: '#1a56b0',
  'blue-soft': '#e8f0fc',
  amber: '#8a4b00',
  'amber-soft': '#fcf0dc',
  green: '#17653a',
  'green-soft': '#e4f4ea',
  grey: '#555b65',
  'grey-soft': '#eef0f2',
  red: '#b3261e',
  'red-soft': '#fdecea',
  'shadow-float': '0 1px 2px rgb(16 24 40 / 6%), 0 8px 24px rgb(16 24 40 / 12%)',
} as const

export type TokenName = keyof typeof LIGHT

export const DARK: Record<TokenName, string> = {
  canvas: '#121417',
  frame: '#0d0f11',
  surface: '#16191d',
  'surface-hover': '#1d2126',
  'surface-sunken': '#101215',
  border: '#2a2f36',
  'border-control': '#3b424c',
  'border-strong': '#717986',
  text: '#eceef1',
  'text-dim': '#a3abb6',
  accent: '#2f6bd0',
  'accent-hover': '#2861c2',
  'accent-contrast': '#ffffff',
  'accent-text': '#8ab8ff',
  'accent-soft': '#16263f',
  blue: '#8ab8ff',
  'blue-soft': '#16263f',
  amber: '#f2b762',
  'amber-soft': '#33240c',
  green: '#6fd19b',
  'green-soft': '#10291c',
  grey: '#b1b8c2',
  'grey-soft': '#22272d',
  red: '#ff9b93',
  'red-soft': '#3a1614',
  'shadow-float': '0 1px 2px rgb(0 0 0 / 40%), 0 8px 24px rgb(0 0 0 / 48%)',
}

/** Lengths and times that do not change with the scheme. */
export const SHARED = {
  'space-1': '4px',
  'space-2': '8px',
  'space-3': '12px',
  'space-4': '16px',
  'space-5': '20px',
  'space-6': '24px',
  'space-8': '32px',
  'space-12': '48px',
  radius: '8px',
  'radius-small': '6px',
  'motion-fast': '120ms',
  'font-system': "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  'font-staff': "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif",
  'font-mono': "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  'width-staff': '1200px',
  'width-customer': '960px',
  'width-text': '70ch',
} as const
