import { describe, expect, it } from 'vitest'
import { isEmailAddress, isHttpsOrigin, isPhoneNumber, isWebAddress } from './contact-details.ts'

describe('an email address', () => {
  it.each(['ann@example.com', "o'neil+tag@mail.example.co.uk", 'ü@bücher.example', `${'x'.repeat(64)}@example.com`])(
    'can be %s',
    (text) => {
      expect(isEmailAddress(text)).toBe(true)
    },
  )
  it.each([
    '',
    'ann',
    'ann@',
    '@example.com',
    'ann@example',
    'ann@@example.com',
    'ann@exa mple.com',
    'ann@-example.com',
    'ann@example..com',
    '.ann@example.com',
    'a..b@example.com',
    'ann@example.com\n',
    'ann\r\nBcc: b@example.com',
    'Ann <ann@example.com>',
    'ann@example.com,bob@example.com',
    'a"b@example.com',
    `${'x'.repeat(65)}@example.com`,
    `ann@${'a.'.repeat(125)}example.com`,
  ])('cannot be %j', (text) => {
    expect(isEmailAddress(text)).toBe(false)
  })
})

describe('a phone number', () => {
  it.each(['12345', '+49 (0)30 123456', '555-010-9999 x12', '030/123.456', '555 0100 ext. 7'])('can be %s', (text) => {
    expect(isPhoneNumber(text)).toBe(true)
  })
  it.each(['1234', 'call me', '123456789012345678901', '++49 30 123456', '12345\n', '(((((', ''])(
    'cannot be %j',
    (text) => {
      expect(isPhoneNumber(text)).toBe(false)
    },
  )
})

describe('a web address', () => {
  it('is http or https, whole, and without a password', () => {
    expect(isWebAddress('http://example.com')).toBe(true)
    expect(isWebAddress('http://example.com', { httpsOnly: true })).toBe(false)
    expect(isWebAddress('https://example.com', { httpsOnly: true })).toBe(true)
    for (const text of [
      'example.com',
      '//example.com',
      'ftp://example.com',
      'javascript:alert(1)',
      'data:text/html,x',
    ]) {
      expect(isWebAddress(text)).toBe(false)
    }
    expect(isWebAddress('https://user:secret@example.com')).toBe(false)
    expect(isWebAddress('https://example.com/a b')).toBe(false)
    expect(isWebAddress(`https://example.com/${'a'.repeat(2000)}`)).toBe(false)
  })

  it('is an origin when nothing follows the host', () => {
    expect(isHttpsOrigin('https://example.com')).toBe(true)
    expect(isHttpsOrigin('https://example.com:8443')).toBe(true)
    for (const text of [
      'https://example.com/',
      'https://example.com:443',
      'https://EXAMPLE.com',
      'http://example.com',
      '*',
    ]) {
      expect(isHttpsOrigin(text)).toBe(false)
    }
  })
})
