/** Digits and capitals without I, L, O and U: nothing that is misread aloud or spells a word by accident. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Random bytes a reference needs: 40 bits, eight characters of five bits. */
export const REFERENCE_BYTES = 5

export const REFERENCE_PATTERN = `^R-[${ALPHABET}]{8}$`

/**
 * The short name of a request that a customer can read out on the phone, like R-7K3M9Q2X.
 *
 * Made from exactly {@link REFERENCE_BYTES} random bytes, which the caller draws; the unique index on references
 * is what makes it unique. Throws RangeError for any other number of bytes.
 */
export function referenceFrom(bytes: Uint8Array): string {
  if (bytes.length !== REFERENCE_BYTES) throw new RangeError(`A reference is made from ${REFERENCE_BYTES} bytes`)
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (let shift = 35n; shift >= 0n; shift -= 5n) text += ALPHABET.charAt(Number((value >> shift) & 31n))
  return `R-${text}`
}

/**
 * A reference as somebody typed it, in the form it is stored; null when it cannot be one.
 *
 * Forgives case, spaces, a missing "R-", O for 0 and I or L for 1.
 */
export function parseReference(text: string): string | null {
  const trimmed = text.trim().toUpperCase()
  const isPrefixed = /^R[\s-]/.test(trimmed)
  const compact = (isPrefixed ? trimmed.slice(1) : trimmed).replace(/[\s-]/g, '')
  // "R" is also a character of the alphabet: unseparated, only a ninth, leading one is the prefix.
  const body = !isPrefixed && compact.length === 9 && compact.startsWith('R') ? compact.slice(1) : compact
  const candidate = `R-${body.replace(/O/g, '0').replace(/[IL]/g, '1')}`
  return new RegExp(REFERENCE_PATTERN).test(candidate) ? candidate : null
}
