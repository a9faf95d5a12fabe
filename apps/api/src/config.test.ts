import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const SECRET = 'x'.repeat(32)
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://app@db.example.com/ordinatus',
  SMTP_URL: 'smtps://mail.example.com',
  APP_URL: 'https://app.example.com/',
  ACCESS_TOKEN_SECRET: SECRET,
  LINK_SECRET: SECRET,
  ENCRYPTION_SECRET: SECRET,
}

function without(name: keyof typeof PRODUCTION): Record<string, string | undefined> {
  return { ...PRODUCTION, [name]: undefined }
}

describe('With no configuration', () => {
  it('everything that is needed stands in, on loopback', () => {
    expect(readConfig({})).toMatchObject({
      environment: 'development',
      standIns: true,
      host: '127.0.0.1',
      port: 3000,
      appUrl: 'http://localhost:3000',
      databaseUrl: null,
      smtpUrl: null,
      seedDemo: true,
      rateLimitScale: 100,
      trustProxy: false,
      accessTokenSecret: null,
      linkSecret: null,
      encryptionSecret: null,
      olderLinks: [],
      olderEncryption: [],
      role: 'all',
    })
  })

  it('data lies beside the code, whatever folder it is started from', () => {
    expect(readConfig({}).dataDir).toMatch(/^\/.*\/\.ordinatus$/)
  })

  it('the address follows the port', () => {
    expect(readConfig({ PORT: '4100' })).toMatchObject({ port: 4100, appUrl: 'http://localhost:4100' })
  })

  it('nothing can be changed afterwards', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true)
  })
})

describe('Production', () => {
  it('starts with everything given, and nothing stands in', () => {
    expect(readConfig(PRODUCTION)).toMatchObject({
      environment: 'production',
      standIns: false,
      seedDemo: false,
      host: '0.0.0.0',
      appUrl: 'https://app.example.com',
      databaseUrl: PRODUCTION.DATABASE_URL,
      smtpUrl: PRODUCTION.SMTP_URL,
      rateLimitScale: 1,
    })
  })

  it.each(['DATABASE_URL', 'SMTP_URL', 'APP_URL', 'ACCESS_TOKEN_SECRET', 'LINK_SECRET', 'ENCRYPTION_SECRET'] as const)(
    'refuses to start without %s and names it',
    (name) => {
      expect(() => readConfig(without(name))).toThrow(ConfigError)
      expect(() => readConfig(without(name))).toThrow(name)
      expect(() => readConfig({ ...PRODUCTION, [name]: '' })).toThrow(name)
    },
  )

  it.each(['ACCESS_TOKEN_SECRET', 'LINK_SECRET', 'ENCRYPTION_SECRET'])('refuses a %s of 31 characters', (name) => {
    expect(() => readConfig({ ...PRODUCTION, [name]: 'x'.repeat(31) })).toThrow(name)
    expect(() => readConfig({ ...PRODUCTION, [name]: 'x'.repeat(32) })).not.toThrow()
  })

  it('sends from its own host unless told otherwise', () => {
    expect(readConfig(PRODUCTION).mailFrom).toBe('no-reply@app.example.com')
    expect(readConfig({ ...PRODUCTION, MAIL_FROM: 'help@example.com' }).mailFrom).toBe('help@example.com')
  })

  it('is not missed by a slip of the pen', () => {
    for (const NODE_ENV of ['prod', 'Production', 'staging'])
      expect(() => readConfig({ ...PRODUCTION, NODE_ENV })).toThrow(`NODE_ENV=${NODE_ENV}`)
  })

  it('never seeds the demo people, whose password everyone knows', () => {
    expect(() => readConfig({ ...PRODUCTION, SEED_DEMO: 'true' })).toThrow('SEED_DEMO')
    expect(readConfig({ ...PRODUCTION, SEED_DEMO: 'false' }).seedDemo).toBe(false)
  })

  it('refuses rate limits that protect less than the contract says', () => {
    expect(() => readConfig({ ...PRODUCTION, RATE_LIMIT_SCALE: '0' })).toThrow('RATE_LIMIT_SCALE')
    expect(() => readConfig({ ...PRODUCTION, RATE_LIMIT_SCALE: '0.99' })).toThrow('RATE_LIMIT_SCALE')
    expect(readConfig({ ...PRODUCTION, RATE_LIMIT_SCALE: '1' }).rateLimitScale).toBe(1)
  })

  it('never tells a secret when it refuses', () => {
    const env = { ...PRODUCTION, LINK_SECRET: 'short-and-secret' }
    let told = ''
    try {
      readConfig(env)
    } catch (error) {
      told = String(error)
    }
    expect(told).toContain('LINK_SECRET')
    expect(told).not.toContain('short-and-secret')
  })
})

describe('Outside production', () => {
  it('the demo and the limits can be switched off', () => {
    expect(readConfig({ SEED_DEMO: 'false', RATE_LIMIT_SCALE: '0' })).toMatchObject({
      seedDemo: false,
      rateLimitScale: 0,
    })
  })

  it('a secret that is given must be long enough too', () => {
    expect(() => readConfig({ LINK_SECRET: 'short' })).toThrow('LINK_SECRET')
  })

  it.each([
    [{ PORT: 'http' }, 'PORT'],
    [{ PORT: '65536' }, 'PORT'],
    [{ PORT: '-1' }, 'PORT'],
    [{ DATABASE_URL: 'mysql://localhost/db' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'localhost' }, 'DATABASE_URL'],
    [{ SMTP_URL: 'http://localhost' }, 'SMTP_URL'],
    [{ APP_URL: 'ftp://example.com' }, 'APP_URL'],
    [{ SEED_DEMO: 'perhaps' }, 'SEED_DEMO'],
    [{ RATE_LIMIT_SCALE: 'many' }, 'RATE_LIMIT_SCALE'],
    [{ RATE_LIMIT_SCALE: '-1' }, 'RATE_LIMIT_SCALE'],
    [{ DATABASE_POOL_SIZE: '0' }, 'DATABASE_POOL_SIZE'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  ])('%j is refused by name', (env, name) => {
    expect(() => readConfig(env)).toThrow(ConfigError)
    expect(() => readConfig(env)).toThrow(name)
  })

  it('forwarded addresses are believed only when asked for', () => {
    expect(readConfig({}).trustProxy).toBe(false)
    expect(readConfig({ TRUST_PROXY: 'false' }).trustProxy).toBe(false)
    expect(readConfig({ TRUST_PROXY: 'true' }).trustProxy).toBe(true)
    expect(readConfig({ TRUST_PROXY: '10.0.0.0/8' }).trustProxy).toBe('10.0.0.0/8')
  })
})

it('an older link key keeps its name, and must not be the present one', () => {
  const older = 'an older secret that is long enough to be one'
  expect(readConfig({ LINK_KEY_ID: 'k2', OLDER_LINK_SECRETS: `k1=${older}` }).olderLinks).toEqual([
    { id: 'k1', secret: older },
  ])
  expect(() => readConfig({ OLDER_LINK_SECRETS: `k1=${older}` })).toThrow(/LINK_KEY_ID/)
  expect(() => readConfig({ OLDER_LINK_SECRETS: older })).toThrow(/id=secret/)
  expect(() => readConfig({ OLDER_ENCRYPTION_SECRETS: 'short' })).toThrow(/at least 32/)
})

describe('Stripe', () => {
  const TEST_KEY = 'sk_test_51Abcdefgh'
  const LIVE_KEY = 'sk_live_51Abcdefgh'
  const WEBHOOK = 'whsec_Abcdefghijkl'
  const keyed = (env: Record<string, string | undefined>) => ({ STRIPE_WEBHOOK_SECRET: WEBHOOK, ...env })
  const refusal = (env: Record<string, string | undefined>): string => {
    try {
      readConfig(env)
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      return String(error)
    }
    throw new Error('It was not refused.')
  }

  it('is not needed, in production neither', () => {
    const nothing = {
      stripeSecretKey: null,
      stripeWebhookSecret: null,
      olderStripeWebhookSecrets: [],
      stripeApiBase: 'https://api.stripe.com',
    }
    expect(readConfig({})).toMatchObject(nothing)
    expect(readConfig(PRODUCTION)).toMatchObject(nothing)
    expect(readConfig({ STRIPE_SECRET_KEY: '', STRIPE_WEBHOOK_SECRET: ' ' })).toMatchObject(nothing)
  })

  it('takes secret and restricted keys, with the secrets that webhooks are signed with', () => {
    expect(
      readConfig(
        keyed({ STRIPE_SECRET_KEY: ` ${TEST_KEY}\n`, OLDER_STRIPE_WEBHOOK_SECRETS: 'whsec_older0000, whsec_oldest00' }),
      ),
    ).toMatchObject({
      stripeSecretKey: TEST_KEY,
      stripeWebhookSecret: WEBHOOK,
      olderStripeWebhookSecrets: ['whsec_older0000', 'whsec_oldest00'],
    })
    expect(readConfig(keyed({ STRIPE_SECRET_KEY: 'rk_test_51Abcdefgh' })).stripeSecretKey).toBe('rk_test_51Abcdefgh')
  })

  it('refuses a key without the webhook secret, which would leave payments unnoticed for minutes', () => {
    expect(refusal({ STRIPE_SECRET_KEY: TEST_KEY })).toContain('STRIPE_WEBHOOK_SECRET is missing')
    expect(refusal({ ...PRODUCTION, STRIPE_SECRET_KEY: LIVE_KEY })).toContain('STRIPE_WEBHOOK_SECRET is missing')
    expect(readConfig({ STRIPE_WEBHOOK_SECRET: WEBHOOK })).toMatchObject({ stripeSecretKey: null })
  })

  it('lets real money move in production only, where test keys work too', () => {
    expect(refusal(keyed({ STRIPE_SECRET_KEY: LIVE_KEY }))).toContain('live key')
    expect(refusal(keyed({ NODE_ENV: 'test', STRIPE_SECRET_KEY: 'rk_live_51Abcdefgh' }))).toContain('live key')
    expect(readConfig(keyed({ ...PRODUCTION, STRIPE_SECRET_KEY: LIVE_KEY })).stripeSecretKey).toBe(LIVE_KEY)
    expect(readConfig(keyed({ ...PRODUCTION, STRIPE_SECRET_KEY: TEST_KEY })).stripeSecretKey).toBe(TEST_KEY)
  })

  it.each([
    [{ STRIPE_SECRET_KEY: 'pk_test_51Abcdefgh' }, 'STRIPE_SECRET_KEY'],
    [{ STRIPE_SECRET_KEY: 'whsec_51Abcdefgh' }, 'STRIPE_SECRET_KEY'],
    [{ STRIPE_SECRET_KEY: 'sk_test_123' }, 'STRIPE_SECRET_KEY'],
    [{ STRIPE_SECRET_KEY: 'sk_test_51Abc def' }, 'STRIPE_SECRET_KEY'],
    [{ STRIPE_WEBHOOK_SECRET: 'sk_test_51Abcdefgh' }, 'STRIPE_WEBHOOK_SECRET'],
    [{ STRIPE_WEBHOOK_SECRET: 'whsec_1234567' }, 'STRIPE_WEBHOOK_SECRET'],
    [{ OLDER_STRIPE_WEBHOOK_SECRETS: 'whsec_older0000,older-and-wrong' }, 'OLDER_STRIPE_WEBHOOK_SECRETS'],
    [{ STRIPE_API_BASE: 'api.stripe.com' }, 'STRIPE_API_BASE'],
    [{ STRIPE_API_BASE: 'ftp://127.0.0.1' }, 'STRIPE_API_BASE'],
    [{ STRIPE_API_BASE: 'http://127.0.0.1:4242/v1' }, 'STRIPE_API_BASE'],
  ])('%j is refused by name, and its value is told to nobody', (env, name) => {
    const told = refusal(keyed(env))
    expect(told).toContain(name)
    if (name !== 'STRIPE_API_BASE') for (const value of Object.values(env)) expect(told).not.toContain(value)
  })

  it('is called elsewhere when tests ask for it, in production never without encryption', () => {
    expect(readConfig({ STRIPE_API_BASE: 'http://127.0.0.1:4242/' }).stripeApiBase).toBe('http://127.0.0.1:4242')
    expect(refusal({ ...PRODUCTION, STRIPE_API_BASE: 'http://stripe.example.com' })).toContain('STRIPE_API_BASE')
    expect(readConfig({ ...PRODUCTION, STRIPE_API_BASE: 'http://127.0.0.1:4242' }).stripeApiBase).toBe(
      'http://127.0.0.1:4242',
    )
  })
})

describe('METRICS_TOKEN', () => {
  it('is nothing until it is given', () => {
    expect(readConfig(PRODUCTION).metricsToken).toBeNull()
    expect(readConfig({ ...PRODUCTION, METRICS_TOKEN: ' ' }).metricsToken).toBeNull()
  })

  it('is long enough that nobody guesses it', () => {
    expect(readConfig({ ...PRODUCTION, METRICS_TOKEN: 'x'.repeat(16) }).metricsToken).toBe('x'.repeat(16))
    for (const METRICS_TOKEN of ['x'.repeat(15), `${'x'.repeat(16)} y`])
      expect(() => readConfig({ ...PRODUCTION, METRICS_TOKEN })).toThrow(ConfigError)
  })
})
