import {
  type AccountFacts,
  type PaymentGateway,
  PaymentGatewayMisconfigured,
  PaymentGatewayUnknownObject,
} from './payment-gateway.ts'
import type { StripeGateway } from './stripe.ts'

/** Where money is taken: the provider, and which organization's own account there; null: the deployment's. */
export interface PaymentAccount {
  readonly gateway: PaymentGateway
  readonly integrationId: string | null
}

/** With which account a payment was made. */
export interface PaymentOrigin {
  organizationId: string
  provider: PaymentGateway['provider']
  integrationId: string | null
}

/**
 * The payment providers' accounts: each organization may have its own, the others use the deployment's. Asks the database,
 * over the pool: never call it inside a transaction.
 */
export interface PaymentGateways {
  /** For organizations without an account of their own; null: they cannot take money (product.md §8). */
  readonly deployment: PaymentGateway | null
  /** Where new money of an organization is taken; null: nothing that costs money can be booked. */
  current(organizationId: string): Promise<PaymentAccount | null>
  /**
   * The account with which a payment was made, also after the organization has disconnected it or connected another; null
   * when nobody here has its keys any more.
   */
  of(payment: PaymentOrigin): Promise<PaymentGateway | null>
  /** Tries a Stripe key before it is kept. Throws as {@link StripeGateway.verifyAccount} does. */
  verifyStripeKey(secretKey: string): Promise<AccountFacts>
}

/**
 * Whether an organization can take money. Its own account counts before the deployment's; `hasPaymentAccount` comes with
 * whatever row of the organization is read anyway, so that the answer is of this moment and costs no look-up.
 */
export function canTakePayments(
  gateways: Pick<PaymentGateways, 'deployment'>,
  organization: { hasPaymentAccount: boolean },
): boolean {
  return organization.hasPaymentAccount || gateways.deployment !== null
}

/** An organization's own Stripe account, as it is kept. */
export interface OwnAccount {
  organizationId: string
  integrationId: string
  secretKey: string
  /** Whether Stripe refused the key when it was last used. */
  isRefused: boolean
}

/** Where organizations' own accounts are kept. */
export interface OwnAccounts {
  /** The one that is connected now. */
  connected(organizationId: string): Promise<OwnAccount | null>
  /** The one of this id, connected or not. */
  byId(organizationId: string, integrationId: string): Promise<OwnAccount | null>
  /** Writes down that Stripe refuses the key, and why, for the organization's admins; null: it works again. */
  noteRefusal(account: OwnAccount, reason: string | null): Promise<void>
}

/** So many accounts' clients are kept; an organization that asks after that many others waits for a new one, no more. */
const KEPT_CLIENTS = 200

/**
 * Every account of this deployment. `deployment`: Stripe by the configuration's key, else outside production the test
 * checkout; `testCheckout` also answers for payments once made with it, when Stripe has taken its place since.
 */
export function createPaymentGateways(options: {
  deployment: PaymentGateway | null
  testCheckout: PaymentGateway | null
  own: OwnAccounts
  /** Makes the client of one Stripe account. */
  stripe: (secretKey: string) => StripeGateway
}): PaymentGateways {
  const { deployment, testCheckout, own } = options
  const clients = new Map<string, StripeGateway>()

  function clientOf(secretKey: string): StripeGateway {
    const kept = clients.get(secretKey)
    if (kept !== undefined) return kept
    const made = options.stripe(secretKey)
    const oldest = clients.keys().next()
    if (clients.size >= KEPT_CLIENTS && !oldest.done) clients.delete(oldest.value)
    clients.set(secretKey, made)
    return made
  }

  /** The account's client, which writes down when its key is refused and when it works again. */
  function watched(account: OwnAccount): PaymentGateway {
    const client = clientOf(account.secretKey)
    let isRefused = account.isRefused
    async function watch<T>(call: () => Promise<T>): Promise<T> {
      try {
        const answer = await call()
        if (isRefused) await own.noteRefusal(account, null)
        isRefused = false
        return answer
      } catch (error) {
        if (error instanceof PaymentGatewayMisconfigured && !(error instanceof PaymentGatewayUnknownObject)) {
          await own.noteRefusal(account, error.message)
          isRefused = true
        }
        throw error
      }
    }
    return {
      provider: client.provider,
      createCheckout: (input) => watch(() => client.createCheckout(input)),
      findCheckout: (input) => watch(() => client.findCheckout(input)),
      retrieveCheckout: (input) => watch(() => client.retrieveCheckout(input)),
      expireCheckout: (input) => watch(() => client.expireCheckout(input)),
      refund: (input) => watch(() => client.refund(input)),
      retrieveRefund: (input) => watch(() => client.retrieveRefund(input)),
      listRefunds: (input) => watch(() => client.listRefunds(input)),
      retrieveDispute: (input) => watch(() => client.retrieveDispute(input)),
      listDisputes: (input) => watch(() => client.listDisputes(input)),
      retrieveBookingId: (input) => watch(() => client.retrieveBookingId(input)),
    }
  }

  return {
    deployment,
    async current(organizationId) {
      const account = await own.connected(organizationId)
      if (account !== null) return { gateway: watched(account), integrationId: account.integrationId }
      return deployment === null ? null : { gateway: deployment, integrationId: null }
    },
    async of({ organizationId, provider, integrationId }) {
      if (integrationId !== null) {
        const account = await own.byId(organizationId, integrationId)
        return account === null ? null : watched(account)
      }
      if (provider === 'test_checkout') return testCheckout
      return deployment?.provider === provider ? deployment : null
    },
    verifyStripeKey: (secretKey) => options.stripe(secretKey).verifyAccount(),
  }
}

/** A deployment with one provider for all, or none, and no accounts beside. */
export function onlyGateway(gateway: PaymentGateway | null): PaymentGateways {
  return {
    deployment: gateway,
    current: async () => (gateway === null ? null : { gateway, integrationId: null }),
    of: async (payment) => (payment.provider === gateway?.provider ? gateway : null),
    verifyStripeKey: async () => {
      throw new PaymentGatewayMisconfigured('This deployment asks no other payment provider.')
    },
  }
}
