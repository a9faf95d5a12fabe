import { DARK, LIGHT } from './tokens.ts'

type Rgb = readonly [number, number, number]

function parseHex(hex: string): Rgb | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex)
  if (match === null) return null
  const [, red = '0', green = '0', blue = '0'] = match
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)]
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share, from[2] + (to[2] - from[2]) * share]
}

/** Relative luminance as WCAG 2.2 defines it, 0 (black) to 1 (white). */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** How well one colour reads on another, 1 (not at all) to 21. Colours are `#rrggbb`; anything else counts as 1. */
export function contrastRatio(one: string, other: string): number {
  const a = parseHex(one)
  const b = parseHex(other)
  if (a === null || b === null) return 1
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** Moves a colour towards another in small steps until it reads on the ground. */
function untilReadable(colour: Rgb, towards: Rgb, ground: string, ratio: number): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mix(colour, towards, share)
    if (contrastRatio(toHex(candidate), ground) >= ratio) return candidate
  }
  return towards
}

const WHITE: Rgb = [255, 255, 255]
const BLACK: Rgb = [0, 0, 0]

/**
 * An organization's colour, corrected so that its buttons and links can be read.
 *
 * Answers the `--o-accent…` variables for one scheme, to be set on the root element. Keeps the hue and darkens it (fills,
 * and links on light) or lightens it (links on dark) until white text on it, and it on the page, reach 4.5:1.
 * Something that is not `#rrggbb` answers null: the theme's own accent stays.
 */
export function accentVariables(colour: string, scheme: 'light' | 'dark'): Record<string, string> | null {
  const rgb = parseHex(colour)
  if (rgb === null) return null
  const ground = scheme === 'light' ? LIGHT : DARK
  const fill = untilReadable(rgb, BLACK, '#ffffff', 4.5)
  const hover = mix(fill, BLACK, 0.15)
  const soft = parseHex(ground.surface)
  const softFill = soft === null ? fill : mix(soft, rgb, scheme === 'light' ? 0.08 : 0.18)
  // Links stand on the soft fill as well, which is the harder of their grounds.
  const link = untilReadable(rgb, scheme === 'light' ? BLACK : WHITE, toHex(softFill), 4.5)
  return {
    '--o-accent': toHex(fill),
    '--o-accent-hover': toHex(hover),
    '--o-accent-contrast': '#ffffff',
    '--o-accent-text': toHex(link),
    '--o-accent-soft': toHex(softFill),
  }
}
