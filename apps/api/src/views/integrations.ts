import type { Deps } from '../deps.ts'
import { stripeKeyMode } from '../domain/integration.ts'
import type { OrganizationScope } from '../domain/organization-scope.ts'
import { sealedKeysProblem } from '../modules/organizations/read-payment-account.ts'
import { findConnectedIntegration } from '../modules/organizations/repository.ts'
import type { Integration } from '../modules/organizations/schemas.ts'
import { STRIPE_WEBHOOK_EVENTS } from '../platform/payment-gateway/stripe-webhook-events.ts'

/** Where an organization's money is taken, without anything secret. */
export async function stripeIntegrationOf(
  deps: Pick<Deps, 'db' | 'clock' | 'config' | 'secrets' | 'paymentGateways'>,
  scope: OrganizationScope,
): Promise<Integration> {
  const row = await findConnectedIntegration(deps.db, scope)
  const shared = { kind: 'stripe' as const, webhookEvents: [...STRIPE_WEBHOOK_EVENTS] }
  if (row === null) {
    const { deployment } = deps.paymentGateways
    const { stripeSecretKey } = deps.config
    return {
      ...shared,
      status: deployment === null ? 'not_connected' : 'deployment',
      mode: deployment === null ? null : stripeSecretKey === null ? 'test' : stripeKeyMode(stripeSecretKey),
      accountName: deployment?.provider === 'test_checkout' ? 'Built-in test checkout' : null,
      secretKeyMasked: null,
      webhookUrl: null,
      webhookSecretMasked: null,
      previousWebhookSecretUntil: null,
      connectedAt: null,
      lastError: null,
    }
  }
  const until = row.previousWebhookSecretUntil
  return {
    ...shared,
    status: 'connected',
    mode: row.mode,
    accountName: row.accountLabel,
    secretKeyMasked: row.secretKeyMasked,
    webhookUrl: `${deps.config.appUrl}/v1/webhooks/stripe/${row.id}`,
    webhookSecretMasked: row.webhookSecretMasked,
    previousWebhookSecretUntil:
      until !== null && deps.clock.now().getTime() < until.getTime() ? until.toISOString() : null,
    connectedAt: row.connectedAt.toISOString(),
    lastError: sealedKeysProblem(deps, row) ?? row.lastError,
  }
}
