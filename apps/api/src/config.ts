import { existsSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Everything the environment decides, read once at start and frozen. */
export interface Config {
  readonly environment: 'production' | 'development' | 'test'
  /** True outside production only: the inbox, the test vendors, the clock page and the demo people. */
  readonly standIns: boolean
  readonly host: string
  readonly port: number
  /** Origin of the web app and API, without a trailing slash. */
  readonly appUrl: string
  readonly dataDir: string
  /** Null: start the embedded PostgreSQL. */
  readonly databaseUrl: string | null
  /** For the worker, LISTEN and migrations, where the pooled URL goes through a transaction-mode pooler. */
  readonly databaseDirectUrl: string | null
  readonly databasePrepare: boolean
  readonly databasePoolSize: number
  /** Null: the local inbox catches mail. */
  readonly smtpUrl: string | null
  readonly mailFrom: string
  /** Null: the deployment has no Stripe account of its own. */
  readonly stripeSecretKey: string | null
  /** What Stripe signs the deployment's webhooks with; there whenever the key is. */
  readonly stripeWebhookSecret: string | null
  /** Those before it, which still count while it is being changed. */
  readonly olderStripeWebhookSecrets: readonly string[]
  /** Origin that every call to Stripe goes to. */
  readonly stripeApiBase: string
  /** What a collector sends to read `/metrics`; null: in production nobody reads it, elsewhere anybody. */
  readonly metricsToken: string | null
  readonly seedDemo: boolean
  /** Multiplies every rate limit; 0 turns them off. */
  readonly rateLimitScale: number
  readonly trustProxy: boolean | string
  readonly accessTokenSecret: string | null
  readonly linkSecret: string | null
  readonly linkKeyId: string
  readonly encryptionSecret: string | null
  /** Keys that made the links which are still out; they open, and no new link is made with them. */
  readonly olderLinks: readonly { id: string; secret: string }[]
  /** What was sealed under these still opens. */
  readonly olderEncryption: readonly string[]
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  readonly role: 'all' | 'api' | 'worker'
  /** Where the built web app lies. */
  readonly webRoot: string
}

/** The environment cannot be run with; the message names the variable and how to mend it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type Environment = Record<string, string | undefined>

const ENVIRONMENTS = ['production', 'development', 'test'] as const
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
/** Shorter keys would weaken HMAC-SHA-256 and AES-256 below their block (RFC 2104 §3). */
const SECRET_LENGTH_MIN = 32

/** The repository's root, found from this file so that `npm start` works from any folder. */
function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(resolve(folder, 'pnpm-workspace.yaml'))) {
    const parent = dirname(folder)
    if (parent === folder) return process.cwd()
    folder = parent
  }
  return folder
}

function integer(env: Environment, name: string, fallback: number, min: number, max: number): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max)
    throw new ConfigError(`${name}=${text}: give a whole number from ${min} to ${max}.`)
  return value
}

function url(env: Environment, name: string, protocols: readonly string[]): string | null {
  const text = env[name]
  if (text === undefined || text === '') return null
  let parsed: URL
  try {
    parsed = new URL(text)
  } catch {
    throw new ConfigError(`${name} is not a URL. Write it like ${protocols[0]}//host.`)
  }
  if (!protocols.includes(parsed.protocol))
    throw new ConfigError(`${name} must start with ${protocols.map((p) => `${p}//`).join(' or ')}.`)
  return text
}

function flag(env: Environment, name: string, fallback: boolean): boolean {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw new ConfigError(`${name}=${text}: write true or false.`)
}

function secret(env: Environment, name: string, production: boolean): string | null {
  const text = env[name]
  if (text === undefined || text === '') {
    if (production)
      throw new ConfigError(
        `${name} is missing. Make one with "openssl rand -base64 48" and keep it with your secrets.`,
      )
    return null
  }
  if (text.length < SECRET_LENGTH_MIN)
    throw new ConfigError(`${name} is too short: at least ${SECRET_LENGTH_MIN} characters.`)
  return text
}

/** Short ones can be guessed: nothing counts how often somebody tries. */
const METRICS_TOKEN_LENGTH_MIN = 16

function metricsToken(env: Environment): string | null {
  const text = env.METRICS_TOKEN?.trim()
  if (text === undefined || text === '') return null
  if (text.length < METRICS_TOKEN_LENGTH_MIN || !/^[\x21-\x7e]+$/.test(text))
    throw new ConfigError(
      `METRICS_TOKEN: at least ${METRICS_TOKEN_LENGTH_MIN} characters without spaces. Make one with "openssl rand -hex 32".`,
    )
  return text
}

/** `id=secret` pairs, separated by commas: base64 holds neither. */
function olderLinks(env: Environment, linkKeyId: string): { id: string; secret: string }[] {
  return listed(env, 'OLDER_LINK_SECRETS').map((pair) => {
    const at = pair.indexOf('=')
    const [id, text] = [pair.slice(0, at), pair.slice(at + 1)]
    if (at < 1 || text.length < SECRET_LENGTH_MIN)
      throw new ConfigError(
        'OLDER_LINK_SECRETS: write each as id=secret with the id and the secret it had, separated by commas.',
      )
    if (id === linkKeyId)
      throw new ConfigError(
        `OLDER_LINK_SECRETS holds "${id}", which LINK_KEY_ID names as the present one. Give the new key a new LINK_KEY_ID.`,
      )
    return { id, secret: text }
  })
}

function olderEncryption(env: Environment): string[] {
  const secrets = listed(env, 'OLDER_ENCRYPTION_SECRETS')
  if (secrets.some((one) => one.length < SECRET_LENGTH_MIN))
    throw new ConfigError(
      `OLDER_ENCRYPTION_SECRETS: each is at least ${SECRET_LENGTH_MIN} characters, separated by commas.`,
    )
  return secrets
}

function listed(env: Environment, name: string): string[] {
  return (env[name] ?? '').split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))
}

function rateLimitScale(env: Environment, production: boolean, standIns: boolean): number {
  const text = env.RATE_LIMIT_SCALE
  // api.md "Style": one-command mode multiplies every limit by 100, so that trying things out is never throttled.
  if (text === undefined || text === '') return standIns ? 100 : 1
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0)
    throw new ConfigError(`RATE_LIMIT_SCALE=${text}: give a number, 0 or more (0 turns the limits off).`)
  if (production && value < 1)
    throw new ConfigError('RATE_LIMIT_SCALE below 1 would switch protection off; in production give 1 or more.')
  return value
}

/** The part of the configuration that is about Stripe; see `.env.example` for what each variable means. */
function stripeOf(
  env: Environment,
  environment: Config['environment'],
): Pick<Config, 'stripeSecretKey' | 'stripeWebhookSecret' | 'olderStripeWebhookSecrets' | 'stripeApiBase'> {
  const production = environment === 'production'
  const stripeApiBase = stripeBase(env, production)
  const stripeSecretKey = env.STRIPE_SECRET_KEY?.trim() || null
  const stripeWebhookSecret = env.STRIPE_WEBHOOK_SECRET?.trim() || null
  const olderStripeWebhookSecrets = listed(env, 'OLDER_STRIPE_WEBHOOK_SECRETS')
  // The values themselves stay out of every message: they would end up in the log.
  if (stripeSecretKey !== null && !/^(sk|rk)_(test|live)_[A-Za-z0-9]{4,}$/.test(stripeSecretKey))
    throw new ConfigError(
      'STRIPE_SECRET_KEY is no secret key of Stripe. It starts with sk_test_ or sk_live_ (restricted: rk_test_, rk_live_); find it under Developers, API keys. The publishable key (pk_…) is not needed.',
    )
  if (stripeSecretKey !== null && !production && /^.k_live_/.test(stripeSecretKey))
    throw new ConfigError(
      'STRIPE_SECRET_KEY is a live key, and outside production nobody should pay with real money. Use a test key, or start with NODE_ENV=production.',
    )
  if (stripeSecretKey !== null && stripeWebhookSecret === null)
    throw new ConfigError(
      'STRIPE_WEBHOOK_SECRET is missing. Make a webhook endpoint for <APP_URL>/v1/webhooks/stripe at Stripe and copy its signing secret (whsec_…).',
    )
  for (const [name, secrets] of [
    ['STRIPE_WEBHOOK_SECRET', stripeWebhookSecret === null ? [] : [stripeWebhookSecret]],
    ['OLDER_STRIPE_WEBHOOK_SECRETS', olderStripeWebhookSecrets],
  ] as const)
    if (secrets.some((one) => !/^whsec_[A-Za-z0-9+/=_-]{8,}$/.test(one)))
      throw new ConfigError(`${name}: each signing secret starts with whsec_; copy it from the webhook endpoint.`)
  return { stripeSecretKey, stripeWebhookSecret, olderStripeWebhookSecrets, stripeApiBase }
}

function stripeBase(env: Environment, production: boolean): string {
  const text = url(env, 'STRIPE_API_BASE', ['https:', 'http:']) ?? 'https://api.stripe.com'
  const { origin, protocol, hostname } = new URL(text)
  if (text.replace(/\/+$/, '') !== origin)
    throw new ConfigError('STRIPE_API_BASE is an origin: protocol, host and port, without a path.')
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (production && protocol === 'http:' && !isHere)
    throw new ConfigError('STRIPE_API_BASE must start with https:// in production: secret keys go there.')
  return origin
}

/** A misspelled "production" must not start the demo with its known password. */
function environmentOf(env: Environment): Config['environment'] {
  const text = env.NODE_ENV
  if (text === undefined || text === '') return 'development'
  const known = ENVIRONMENTS.find((one) => one === text)
  if (known === undefined)
    throw new ConfigError(`NODE_ENV=${text}: one of ${ENVIRONMENTS.join(', ')}, or leave it out.`)
  return known
}

/**
 * Reads the environment into a frozen {@link Config}. Throws {@link ConfigError} with the variable's name and what to
 * write instead. In production every secret, the database, the mail server and the public URL must be given; nothing
 * stands in for them.
 */
export function readConfig(env: Environment, options: { role?: Config['role'] } = {}): Config {
  const environment = environmentOf(env)
  const production = environment === 'production'
  const root = repositoryRoot()
  const port = integer(env, 'PORT', 3000, 0, 65535)
  const databaseUrl = url(env, 'DATABASE_URL', ['postgres:', 'postgresql:'])
  const smtpUrl = url(env, 'SMTP_URL', ['smtp:', 'smtps:'])
  const appUrl = url(env, 'APP_URL', production ? ['https:', 'http:'] : ['http:', 'https:'])
  const dataDir = env.DATA_DIR
    ? isAbsolute(env.DATA_DIR)
      ? env.DATA_DIR
      : resolve(process.cwd(), env.DATA_DIR)
    : resolve(root, '.ordinatus')
  if (production) {
    if (databaseUrl === null)
      throw new ConfigError('DATABASE_URL is missing: production never starts a database of its own.')
    if (smtpUrl === null) throw new ConfigError('SMTP_URL is missing: production never catches mail.')
    if (appUrl === null) throw new ConfigError('APP_URL is missing: the public address that links in mails point to.')
    if (flag(env, 'SEED_DEMO', false))
      throw new ConfigError('SEED_DEMO=true is refused in production: the demo people have a known password.')
  }
  const logLevel = (env.LOG_LEVEL || (production ? 'info' : 'warn')) as Config['logLevel']
  if (!LOG_LEVELS.includes(logLevel)) throw new ConfigError(`LOG_LEVEL=${logLevel}: one of ${LOG_LEVELS.join(', ')}.`)
  return Object.freeze<Config>({
    environment,
    standIns: !production,
    host: env.HOST || (production ? '0.0.0.0' : '127.0.0.1'),
    port,
    appUrl: (appUrl ?? `http://localhost:${port}`).replace(/\/+$/, ''),
    dataDir,
    databaseUrl,
    databaseDirectUrl: url(env, 'DATABASE_DIRECT_URL', ['postgres:', 'postgresql:']),
    databasePrepare: flag(env, 'DATABASE_PREPARE', true),
    databasePoolSize: integer(env, 'DATABASE_POOL_SIZE', 10, 1, 200),
    smtpUrl,
    // No mail server takes a sender that exists on no network: without another word it is the product's own host.
    mailFrom:
      env.MAIL_FROM ||
      (appUrl !== null && production ? `no-reply@${new URL(appUrl).hostname}` : 'no-reply@ordinatus.localhost'),
    ...stripeOf(env, environment),
    metricsToken: metricsToken(env),
    seedDemo: !production && flag(env, 'SEED_DEMO', true),
    rateLimitScale: rateLimitScale(env, production, !production),
    trustProxy:
      env.TRUST_PROXY === undefined || env.TRUST_PROXY === '' || env.TRUST_PROXY === 'false'
        ? false
        : env.TRUST_PROXY === 'true'
          ? true
          : env.TRUST_PROXY,
    accessTokenSecret: secret(env, 'ACCESS_TOKEN_SECRET', production),
    linkSecret: secret(env, 'LINK_SECRET', production),
    linkKeyId: env.LINK_KEY_ID || 'k1',
    encryptionSecret: secret(env, 'ENCRYPTION_SECRET', production),
    olderLinks: olderLinks(env, env.LINK_KEY_ID || 'k1'),
    olderEncryption: olderEncryption(env),
    logLevel,
    role: options.role ?? 'all',
    webRoot: env.WEB_ROOT || resolve(root, 'apps/web/dist'),
  })
}
