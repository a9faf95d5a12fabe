import { type StripeStandIn, startStripeStandIn } from '@ordinatus/stripe-stand-in'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PaymentGatewayMisconfigured, PaymentGatewayUnknownObject } from './payment-gateway.ts'
import { canTakePayments, createPaymentGateways, type OwnAccount, onlyGateway } from './payment-gateways.ts'
import { createStripeGateway, type StripeGateway } from './stripe.ts'

let standIn: StripeStandIn
let deployment: StripeGateway
/** What the organizations have connected, by integration. */
let accounts: Map<string, OwnAccount & { isConnected: boolean }>
let notes: (string | null)[]
let made: string[]

beforeEach(async () => {
  standIn = await startStripeStandIn()
  deployment = stripe(standIn.secretKey)
  accounts = new Map()
  notes = []
  made = []
})
afterEach(() => standIn.stop())

function stripe(secretKey: string): StripeGateway {
  return createStripeGateway({ secretKey, apiBase: standIn.origin })
}

function gateways(options: { deployment?: StripeGateway | null; testCheckout?: StripeGateway | null } = {}) {
  return createPaymentGateways({
    deployment: options.deployment === undefined ? deployment : options.deployment,
    testCheckout: options.testCheckout ?? null,
    own: {
      connected: async (organizationId) =>
        [...accounts.values()].find((one) => one.organizationId === organizationId && one.isConnected) ?? null,
      byId: async (organizationId, integrationId) => {
        const found = accounts.get(integrationId)
        return found?.organizationId === organizationId ? found : null
      },
      noteRefusal: async (_account, reason) => {
        notes.push(reason)
      },
    },
    stripe: (secretKey) => {
      made.push(secretKey)
      return stripe(secretKey)
    },
  })
}

function connect(integrationId: string, change: Partial<OwnAccount & { isConnected: boolean }> = {}) {
  const { secretKey } = standIn.addAccount({ displayName: integrationId })
  accounts.set(integrationId, {
    organizationId: 'org',
    integrationId,
    secretKey,
    isRefused: false,
    isConnected: true,
    ...change,
  })
  return secretKey
}

const fromDeployment = { organizationId: 'org', provider: 'stripe', integrationId: null } as const
const fromOwn = { organizationId: 'org', provider: 'stripe', integrationId: 'own' } as const

describe('where the money of an organization is taken', () => {
  it('is its own account, else the deployment’s, else nowhere', async () => {
    connect('own')
    expect(await gateways().current('org')).toMatchObject({ integrationId: 'own' })
    expect(await gateways().current('another')).toEqual({ gateway: deployment, integrationId: null })
    expect(await gateways({ deployment: null }).current('another')).toBeNull()
    expect(await gateways({ deployment: null }).current('org')).toMatchObject({ integrationId: 'own' })
  })

  it('is known from the organization’s own row without a look-up', () => {
    const [own, none] = [{ hasPaymentAccount: true }, { hasPaymentAccount: false }]
    expect([own, none].map((one) => canTakePayments({ deployment }, one))).toEqual([true, true])
    expect([own, none].map((one) => canTakePayments({ deployment: null }, one))).toEqual([true, false])
  })
})

describe('the account that a payment was made with', () => {
  it('is found also after it was disconnected, and by its own organization only', async () => {
    connect('own', { isConnected: false })
    expect(await gateways().of(fromOwn)).not.toBeNull()
    expect(await gateways().of({ ...fromOwn, organizationId: 'another' })).toBeNull()
    expect(await gateways().of({ ...fromOwn, integrationId: 'unknown' })).toBeNull()
  })

  it('is the deployment’s for what was made there, also once the organization has its own', async () => {
    connect('own')
    expect(await gateways().of(fromDeployment)).toBe(deployment)
    expect(await gateways({ deployment: null }).of(fromDeployment)).toBeNull()
  })

  it('is the test checkout for what was paid with play money, never Stripe', async () => {
    const play = stripe('sk_test_standsForThePlayMoney')
    const fromPlay = { ...fromDeployment, provider: 'test_checkout' } as const
    expect(await gateways({ testCheckout: play }).of(fromPlay)).toBe(play)
    expect(await gateways().of(fromPlay)).toBeNull()
    expect(await onlyGateway(deployment).of(fromPlay)).toBeNull()
    expect(await onlyGateway(deployment).of(fromDeployment)).toBe(deployment)
  })

  it('keeps one client for each key', async () => {
    const secretKey = connect('own')
    const all = gateways()
    for (const _ of [1, 2, 3]) await all.of(fromOwn)
    expect(made).toEqual([secretKey])
  })
})

describe('an organization’s key', () => {
  const ask = async (all = gateways()) =>
    (await all.of(fromOwn))?.listRefunds({ organizationId: 'org', paymentId: 'pi_unknown' })

  it('that Stripe refuses is noted with the reason, and again when it works', async () => {
    connect('own', { secretKey: 'sk_test_nobodyKnowsThisKey' })
    await expect(ask()).rejects.toThrow(PaymentGatewayMisconfigured)
    expect(notes).toEqual([expect.stringContaining('401')])
    connect('own', { isRefused: true })
    await ask()
    expect(notes).toEqual([expect.stringContaining('401'), null])
    connect('own')
    await ask()
    expect(notes).toHaveLength(2)
  })

  it('stays in order when Stripe does not know one thing under it', async () => {
    connect('own')
    const made = (await gateways().of(fromOwn))?.retrieveCheckout({
      organizationId: 'org',
      checkoutId: 'cs_test_elsewhere',
    })
    await expect(made).rejects.toThrow(PaymentGatewayUnknownObject)
    expect(notes).toEqual([])
  })

  it('is tried before it is kept', async () => {
    const account = standIn.addAccount({ displayName: 'New' })
    expect(await gateways().verifyStripeKey(account.secretKey)).toEqual({
      accountId: account.id,
      name: 'New',
      isLive: false,
    })
    await expect(gateways().verifyStripeKey('sk_test_nobodyKnowsThisKey')).rejects.toThrow(PaymentGatewayMisconfigured)
  })
})
