/** The vendors with whom an organization may have an account of its own. */
export const INTEGRATION_KINDS = ['stripe'] as const
export type IntegrationKind = (typeof INTEGRATION_KINDS)[number]

export const INTEGRATION_STATUSES = ['connected', 'disconnected'] as const
export type IntegrationStatus = (typeof INTEGRATION_STATUSES)[number]

/** What admins are told: `deployment`, where nothing is connected and the deployment's own account takes the money. */
export const SHOWN_INTEGRATION_STATUSES = ['connected', 'not_connected', 'deployment'] as const
export type ShownIntegrationStatus = (typeof SHOWN_INTEGRATION_STATUSES)[number]

/** Whether real money moves. */
export const INTEGRATION_MODES = ['test', 'live'] as const
export type IntegrationMode = (typeof INTEGRATION_MODES)[number]

export const INTEGRATION_CHANGES = [
  'connected',
  'secret_key_changed',
  'webhook_secret_changed',
  'disconnected',
] as const
export type IntegrationChange = (typeof INTEGRATION_CHANGES)[number]

/** For so long a webhook secret counts beside its successor: the longest that Stripe signs with both when one is rolled. */
export const WEBHOOK_SECRET_OVERLAP_HOURS = 24

/** Until when the webhook secret that has just been replaced still counts; at that very instant it does not. */
export function previousWebhookSecretUntil(now: Date): Date {
  return new Date(now.getTime() + WEBHOOK_SECRET_OVERLAP_HOURS * 60 * 60_000)
}

/**
 * What is wrong with something that was entered as a Stripe secret key, in words for whoever pasted it; null when it looks
 * like one. Restricted keys (`rk_…`) are as good. Outside production nobody pays with real money: live keys are refused.
 */
export function stripeKeyProblem(secretKey: string, { isProduction }: { isProduction: boolean }): string | null {
  if (/^pk_(test|live)_/.test(secretKey))
    return 'This is the publishable key. Paste the secret key, which starts with sk_ or rk_.'
  if (/^whsec_/.test(secretKey))
    return 'This is a webhook’s signing secret. Paste the secret key, which starts with sk_ or rk_.'
  if (!/^(sk|rk)_(test|live)_[A-Za-z0-9]{8,}$/.test(secretKey))
    return 'A Stripe secret key starts with sk_test_, sk_live_, rk_test_ or rk_live_ and letters and digits follow.'
  if (!isProduction && stripeKeyMode(secretKey) === 'live')
    return 'This is a live key, and this installation is not in production. Use a test key.'
  return null
}

/** What is wrong with something that was entered as a webhook's signing secret; null when it looks like one. */
export function webhookSecretProblem(secret: string): string | null {
  return /^whsec_[A-Za-z0-9+/=_-]{8,}$/.test(secret)
    ? null
    : 'A signing secret starts with whsec_. Copy it from the webhook endpoint at Stripe.'
}

/** Whether a Stripe key moves real money, by its own name. */
export function stripeKeyMode(secretKey: string): IntegrationMode {
  return /^[a-z]k_live_/.test(secretKey) ? 'live' : 'test'
}

/** A secret as it may be shown: what kind it is and its last four characters, `sk_test_…1234`. */
export function maskedSecret(secret: string): string {
  const kind = /^([a-z]+_(?:test_|live_)?)/.exec(secret)?.[1] ?? ''
  return `${kind}…${secret.slice(-4)}`
}
