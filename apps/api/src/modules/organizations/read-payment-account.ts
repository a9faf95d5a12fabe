import { and, eq } from 'drizzle-orm'
import { integrations } from '../../db/schema/organizations.ts'
import type { Deps } from '../../deps.ts'
import { PaymentGatewayMisconfigured } from '../../platform/payment-gateway/payment-gateway.ts'
import type { OwnAccount, OwnAccounts } from '../../platform/payment-gateway/payment-gateways.ts'

/** So much of what the vendor said is kept. */
const LAST_ERROR_MAX = 500

type ReadDeps = Pick<Deps, 'db' | 'secrets'>

/** What the sealed parts of an integration are bound to, so that no row's key opens in another's place. */
export function integrationContext(integrationId: string, part: 'secret_key' | 'webhook_secret'): string {
  return `integration:${integrationId}:${part}`
}

/** A key that was sealed under an encryption secret which is known no more is as good as refused: it has to be entered anew. */
function openedKey(deps: ReadDeps, row: { id: string; secretKeySealed: Buffer }): string {
  const key = opened(deps, row.secretKeySealed, integrationContext(row.id, 'secret_key'))
  if (key === null) throw new PaymentGatewayMisconfigured('The key of this account cannot be opened; enter it again.')
  return key
}

/** Reads organizations' own Stripe accounts with their keys, for those who make the calls. */
export function ownPaymentAccounts(deps: ReadDeps): OwnAccounts {
  const columns = {
    id: integrations.id,
    organizationId: integrations.organizationId,
    secretKeySealed: integrations.secretKeySealed,
    lastError: integrations.lastError,
  }
  type Kept = Pick<typeof integrations.$inferSelect, keyof typeof columns>
  const accountOf = (row: Kept | undefined): OwnAccount | null =>
    row === undefined
      ? null
      : {
          organizationId: row.organizationId,
          integrationId: row.id,
          secretKey: openedKey(deps, row),
          isRefused: row.lastError !== null,
        }
  return {
    async connected(organizationId) {
      const [row] = await deps.db
        .select(columns)
        .from(integrations)
        .where(
          and(
            eq(integrations.organizationId, organizationId),
            eq(integrations.kind, 'stripe'),
            eq(integrations.status, 'connected'),
          ),
        )
      return accountOf(row)
    },
    async byId(organizationId, integrationId) {
      const [row] = await deps.db
        .select(columns)
        .from(integrations)
        .where(and(eq(integrations.organizationId, organizationId), eq(integrations.id, integrationId)))
      return accountOf(row)
    },
    async noteRefusal({ organizationId, integrationId }, reason) {
      await deps.db
        .update(integrations)
        .set({ lastError: reason === null ? null : reason.replace(/\s+/g, ' ').slice(0, LAST_ERROR_MAX) })
        .where(and(eq(integrations.organizationId, organizationId), eq(integrations.id, integrationId)))
    },
  }
}

/** Whose account a webhook's address names, and the secrets that may have signed it: the present one and, for a while, the one before. */
export interface WebhookAccount {
  organizationId: string
  secrets: string[]
}

/**
 * Finds the account that a webhook came in for. Also one that is disconnected: its payments go on. Null when there is none,
 * `secrets` empty while none was entered that can still be opened. At the very instant of `previousWebhookSecretUntil` the old one counts no more.
 */
export async function findWebhookAccount(
  deps: ReadDeps,
  input: { integrationId: string; now: Date },
): Promise<WebhookAccount | null> {
  const [row] = await deps.db
    .select({
      organizationId: integrations.organizationId,
      present: integrations.webhookSecretSealed,
      previous: integrations.previousWebhookSecretSealed,
      previousUntil: integrations.previousWebhookSecretUntil,
    })
    .from(integrations)
    .where(and(eq(integrations.id, input.integrationId), eq(integrations.kind, 'stripe')))
  if (row === undefined) return null
  const isPreviousGood = row.previousUntil !== null && input.now.getTime() < row.previousUntil.getTime()
  const context = integrationContext(input.integrationId, 'webhook_secret')
  return {
    organizationId: row.organizationId,
    secrets: [row.present, isPreviousGood ? row.previous : null]
      .map((sealed) => (sealed === null ? null : opened(deps, sealed, context)))
      .filter((secret) => secret !== null),
  }
}

/** What was sealed, or null when nobody can open it any more: the encryption secret it was sealed under is known no longer. */
function opened(deps: Pick<Deps, 'secrets'>, sealed: Buffer, context: string): string | null {
  try {
    return deps.secrets.open(sealed, context).toString('utf8')
  } catch {
    return null
  }
}

/**
 * What is wrong with the keys of an account before anybody asks Stripe, in words for its admins; null when they can be
 * opened. Looked at, not kept: once the encryption secret is back among the older ones, all is well again.
 */
export function sealedKeysProblem(
  deps: Pick<Deps, 'secrets'>,
  account: { id: string; secretKeySealed: Buffer; webhookSecretSealed: Buffer | null },
): string | null {
  if (opened(deps, account.secretKeySealed, integrationContext(account.id, 'secret_key')) === null)
    return 'The secret key cannot be opened any more. Enter it again.'
  if (account.webhookSecretSealed === null) return null
  return opened(deps, account.webhookSecretSealed, integrationContext(account.id, 'webhook_secret')) === null
    ? 'The signing secret of the webhook cannot be opened any more, so what Stripe tells is not heard. Enter it again.'
    : null
}
