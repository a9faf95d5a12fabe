import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import type { FieldError } from '../../domain/decision.ts'
import {
  type IntegrationChange,
  maskedSecret,
  previousWebhookSecretUntil,
  stripeKeyProblem,
  webhookSecretProblem,
} from '../../domain/integration.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import {
  type AccountFacts,
  PaymentGatewayMisconfigured,
  PaymentGatewayRefused,
  PaymentGatewayRightsMissing,
  PaymentGatewayUnavailable,
} from '../../platform/payment-gateway/payment-gateway.ts'
import { integrationContext } from './read-payment-account.ts'
import {
  disconnectIntegration,
  findConnectedIntegration,
  findIntegrationOfAccount,
  getStoredSettingsForUpdate,
  type IntegrationRow,
  insertIntegration,
  updateIntegration,
} from './repository.ts'

type ConnectDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'paymentGateways' | 'config'>

export interface ConnectStripeInput {
  scope: OrganizationScope
  caller: Caller
  secretKey?: string
  webhookSecret?: string
}

/**
 * Connects the organization's own Stripe account, or changes the keys of the one that is connected; what is not sent stays.
 *
 * A secret key is tried at Stripe first; one that Stripe does not take is `validation_failed` at its field, and nothing is
 * kept. A new key of the same account takes the old one's place; a key of another account, or of one that Stripe does not
 * name, begins a row of its own with a webhook address of its own, and the old one stays known for its payments. A webhook secret that is replaced counts for 24 hours more.
 *
 * Two admins at once end as one connection: the organization's row is locked, and `integrations_one_connected` keeps the
 * promise. Refuses `payment_provider_unavailable` when Stripe does not answer, and `org_admin_required` for whoever is no
 * person.
 */
export async function connectStripe(deps: ConnectDeps, input: ConnectStripeInput): Promise<void> {
  if (input.caller.kind !== 'user') throw new AppError('org_admin_required')
  const { secretKey, webhookSecret } = input
  const errors = inputErrors(deps, input)
  if (errors.length > 0) throw new AppError('validation_failed', { errors })
  const account = secretKey === undefined ? null : await verified(deps, secretKey)
  const caller = input.caller
  await inTransaction(deps.db, async (tx) => {
    const now = deps.clock.now()
    await getStoredSettingsForUpdate(tx, input.scope)
    const connected = await findConnectedIntegration(tx, input.scope)
    const { row, changes } =
      account === null || secretKey === undefined
        ? { row: connected, changes: [] }
        : await keepKey(tx, deps, { scope: input.scope, userId: caller.userId, connected, account, secretKey, now })
    if (row === null)
      throw new AppError('validation_failed', {
        errors: [{ pointer: '/secretKey', message: 'Enter the secret key: no Stripe account is connected yet.' }],
      })
    const all: IntegrationChange[] = [...changes]
    if (webhookSecret !== undefined && (await keepWebhookSecret(tx, deps, { ...input, row, webhookSecret, now })))
      all.push('webhook_secret_changed')
    for (const change of all)
      await appendEvent(tx, deps, {
        organizationId: input.scope.organizationId,
        actor: actorOf(caller),
        now,
        event: {
          name: 'integration_changed',
          payload: { requestId: null, bookingId: null, status: null, integrationId: row.id, change },
        },
      })
  })
}

function inputErrors(deps: Pick<Deps, 'config'>, { secretKey, webhookSecret }: ConnectStripeInput): FieldError[] {
  const isProduction = deps.config.environment === 'production'
  const problems = {
    '/secretKey': secretKey === undefined ? null : stripeKeyProblem(secretKey, { isProduction }),
    '/webhookSecret': webhookSecret === undefined ? null : webhookSecretProblem(webhookSecret),
  }
  return Object.entries(problems).flatMap(([pointer, message]) => (message === null ? [] : [{ pointer, message }]))
}

async function verified(deps: ConnectDeps, secretKey: string): Promise<AccountFacts> {
  try {
    return await deps.paymentGateways.verifyStripeKey(secretKey)
  } catch (error) {
    if (error instanceof PaymentGatewayMisconfigured || error instanceof PaymentGatewayRefused)
      throw new AppError(
        'validation_failed',
        {
          errors: [
            {
              pointer: '/secretKey',
              message:
                error instanceof PaymentGatewayRightsMissing
                  ? `This key may not do all that payments need. At Stripe, give it also: ${error.rights.join(', ')}.`
                  : 'Stripe does not take this key. Copy it again, or make a new one under Developers, API keys.',
            },
          ],
        },
        { cause: error },
      )
    if (error instanceof PaymentGatewayUnavailable)
      throw new AppError(
        'payment_provider_unavailable',
        {
          detail:
            'Stripe does not answer right now, so the key could not be tried. Nothing was changed; repeat shortly.',
        },
        { cause: error },
      )
    throw error
  }
}

interface KeyToKeep {
  scope: OrganizationScope
  userId: string
  connected: IntegrationRow | null
  account: AccountFacts
  secretKey: string
  now: Date
}

async function keepKey(
  tx: Tx,
  deps: ConnectDeps,
  { scope, userId, connected, account, secretKey, now }: KeyToKeep,
): Promise<{ row: IntegrationRow; changes: IntegrationChange[] }> {
  const mode = account.isLive ? 'live' : 'test'
  const isSameKey =
    connected !== null &&
    isSealed(deps, connected.secretKeySealed, integrationContext(connected.id, 'secret_key'), secretKey)
  const isSameAccount =
    connected !== null &&
    account.accountId !== null &&
    connected.accountId === account.accountId &&
    connected.mode === mode
  const kept = (id: string, label: string | null) =>
    ({
      mode,
      accountId: account.accountId,
      // A restricted key may not read the name that another one has read.
      accountLabel: account.name ?? label,
      secretKeySealed: deps.secrets.seal(secretKey, integrationContext(id, 'secret_key')),
      secretKeyMasked: maskedSecret(secretKey),
      lastError: null,
      updatedAt: now,
    }) as const
  if (connected !== null && (isSameKey || isSameAccount)) {
    const row = await updateIntegration(
      tx,
      scope,
      connected.id,
      kept(connected.id, isSameAccount ? connected.accountLabel : null),
    )
    return { row, changes: isSameKey ? [] : ['secret_key_changed'] }
  }
  if (connected !== null) await disconnectIntegration(tx, scope, connected.id, now)
  // An account that was here before keeps its row, and with it the address that Stripe's webhook calls.
  const known =
    account.accountId === null
      ? null
      : await findIntegrationOfAccount(tx, scope, { accountId: account.accountId, mode })
  const fresh = { status: 'connected', connectedByUserId: userId, connectedAt: now, disconnectedAt: null } as const
  if (known !== null)
    return {
      row: await updateIntegration(tx, scope, known.id, { ...kept(known.id, known.accountLabel), ...fresh }),
      changes: ['connected'],
    }
  const id = deps.ids.next()
  const row = await insertIntegration(tx, scope, { id, kind: 'stripe', createdAt: now, ...kept(id, null), ...fresh })
  return { row, changes: ['connected'] }
}

/** Answers whether it is another secret than the one that is kept. */
async function keepWebhookSecret(
  tx: Tx,
  deps: ConnectDeps,
  input: { scope: OrganizationScope; row: IntegrationRow; webhookSecret: string; now: Date },
): Promise<boolean> {
  const { scope, row, webhookSecret, now } = input
  const context = integrationContext(row.id, 'webhook_secret')
  const present = row.webhookSecretSealed
  if (present !== null && isSealed(deps, present, context, webhookSecret)) return false
  await updateIntegration(tx, scope, row.id, {
    webhookSecretSealed: deps.secrets.seal(webhookSecret, context),
    webhookSecretMasked: maskedSecret(webhookSecret),
    previousWebhookSecretSealed: present,
    previousWebhookSecretUntil: present === null ? null : previousWebhookSecretUntil(now),
    updatedAt: now,
  })
  return true
}

/** Whether this very secret lies sealed there; what cannot be opened any more is another one. */
function isSealed(deps: Pick<Deps, 'secrets'>, sealed: Buffer, context: string, secret: string): boolean {
  try {
    return deps.secrets.open(sealed, context).equals(Buffer.from(secret))
  } catch {
    return false
  }
}
