import { describe, expect, it } from 'vitest'
import {
  maskedSecret,
  previousWebhookSecretUntil,
  stripeKeyMode,
  stripeKeyProblem,
  webhookSecretProblem,
} from './integration.ts'

describe('a Stripe key', () => {
  const problem = (key: string, isProduction = true) => stripeKeyProblem(key, { isProduction })

  it.each(['sk_test_51Abcdefgh', 'sk_live_51Abcdefgh', 'rk_test_51Abcdefgh', 'rk_live_51Abcdefgh'])(
    '%s is taken',
    (key) => expect(problem(key)).toBeNull(),
  )

  it.each([
    ['pk_test_51Abcdefgh', 'publishable'],
    ['whsec_51Abcdefgh', 'signing secret'],
    ['sk_test_', 'starts with'],
    ['sk_test_1234567', 'starts with'],
    ['sk_test_51Abc defgh', 'starts with'],
    ['', 'starts with'],
  ])('%j is refused with a word that helps', (key, word) => expect(problem(key)).toContain(word))

  it('that is live is for production only', () => {
    expect(problem('sk_live_51Abcdefgh', false)).toContain('live key')
    expect(problem('sk_test_51Abcdefgh', false)).toBeNull()
  })

  it('says by its name whether real money moves', () => {
    expect(stripeKeyMode('sk_live_51Abcdefgh')).toBe('live')
    expect(stripeKeyMode('rk_live_51Abcdefgh')).toBe('live')
    expect(stripeKeyMode('sk_test_live_')).toBe('test')
  })

  it('is shown by its kind and its last four characters', () => {
    expect(maskedSecret('sk_test_51Abcdefgh1234')).toBe('sk_test_…1234')
    expect(maskedSecret('rk_live_51Abcdefgh1234')).toBe('rk_live_…1234')
    expect(maskedSecret('whsec_Abcdefgh9aBc')).toBe('whsec_…9aBc')
  })
})

describe('a webhook’s signing secret', () => {
  it('starts with whsec_ and has something behind it', () => {
    expect(webhookSecretProblem('whsec_12345678')).toBeNull()
    expect(webhookSecretProblem('whsec_1234567')).toContain('whsec_')
    expect(webhookSecretProblem('sk_test_51Abcdefgh')).toContain('whsec_')
  })

  it('counts for a day beside its successor', () => {
    expect(previousWebhookSecretUntil(new Date('2026-11-24T15:00:00Z'))).toEqual(new Date('2026-11-25T15:00:00Z'))
  })
})
