/** Longest email address that mail systems carry (RFC 5321). */
export const EMAIL_MAX_LENGTH = 254
export const NAME_MAX_LENGTH = 120
export const PHONE_MAX_LENGTH = 40
export const WEB_ADDRESS_MAX_LENGTH = 2000

/**
 * Whether a text can be mailed to: one @ with something sensible on both sides and a dot in the domain.
 *
 * Deliberately looser than the standard and strict about one thing: no spaces, control characters, commas, angle
 * brackets or quotes, so that an address can never add a header or a second recipient. Only a mail proves the rest.
 */
export function isEmailAddress(text: string): boolean {
  if (text.length > EMAIL_MAX_LENGTH) return false
  const [local, domain, ...rest] = text.split('@')
  if (local === undefined || domain === undefined || rest.length > 0) return false
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses.
  if (local === '' || local.length > 64 || /[\s\u0000-\u001f\u007f<>()[\]\\,;:"]/u.test(local)) return false
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return false
  const labels = domain.split('.')
  return (
    labels.length >= 2 && labels.every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u.test(label))
  )
}

/** Whether a text is a telephone number as people write them: 5 to 20 digits with +, spaces, brackets, dots, hyphens, slashes, and an extension after "x". */
export function isPhoneNumber(text: string): boolean {
  if (text.length > PHONE_MAX_LENGTH || !/^\+?[0-9 ()./-]+(?: ?(?:x|ext\.?) ?[0-9]{1,6})?$/i.test(text)) return false
  const digits = text.replace(/[^0-9]/g, '').length
  return digits >= 5 && digits <= 20
}

/** Whether a text is a whole web address, http or https, without a name and password in it. */
export function isWebAddress(text: string, { httpsOnly = false }: { httpsOnly?: boolean } = {}): boolean {
  if (text.length > WEB_ADDRESS_MAX_LENGTH || /\s/.test(text) || !URL.canParse(text)) return false
  const url = new URL(text)
  const isAllowedScheme = url.protocol === 'https:' || (url.protocol === 'http:' && !httpsOnly)
  return isAllowedScheme && url.hostname !== '' && url.username === '' && url.password === ''
}

/** Whether a text is the origin of a site over https, as browsers write it: scheme, host and perhaps port, nothing after. */
export function isHttpsOrigin(text: string): boolean {
  return isWebAddress(text, { httpsOnly: true }) && new URL(text).origin === text
}
