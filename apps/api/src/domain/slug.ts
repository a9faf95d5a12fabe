/** Every first segment of the web app's and the API's addresses, and names people would mistake for ours (api.md). */
export const RESERVED_SLUGS = [
  'sign-in',
  'sign-up',
  'o',
  'f',
  'embed',
  'book',
  'manage',
  'feedback',
  'inbox',
  'docs',
  'admin',
  'help',
  'billing',
  'api',
  'v1',
  'assets',
  'healthz',
  'readyz',
  'metrics',
  'www',
  'app',
  'test-checkout',
  'test-session',
] as const

export const SLUG_MIN_LENGTH = 3
export const SLUG_MAX_LENGTH = 63

/** 3–63 of a–z, 0–9 and hyphen, with no hyphen at either end. */
export const SLUG_PATTERN = '^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'

/**
 * Why a text cannot be an organization's or a form's address, in words that say what to do; null when it can.
 *
 * Whether somebody else has it already is the unique constraint's to say (`slug_taken`).
 */
export function slugProblem(slug: string): string | null {
  if (slug.length < SLUG_MIN_LENGTH || slug.length > SLUG_MAX_LENGTH) {
    return `Use ${SLUG_MIN_LENGTH} to ${SLUG_MAX_LENGTH} characters`
  }
  if (/[^a-z0-9-]/.test(slug)) return 'Use only lower-case letters a–z, digits and hyphens'
  if (slug.startsWith('-') || slug.endsWith('-')) return 'Remove the hyphen at the start or end'
  if ((RESERVED_SLUGS as readonly string[]).includes(slug)) return 'Choose another: this word is used by the product'
  return null
}

/** A first suggestion for an address made from a name, "Café Müller" → "cafe-muller"; empty when nothing usable is left. */
export function suggestedSlug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_MAX_LENGTH)
    .replace(/^-+|-+$/g, '')
}
