import Stripe from 'stripe'
import { stripeKeyMode } from '../../domain/integration.ts'
import { fromStripeAmount, type Money, toStripeAmount } from '../../domain/money.ts'
import {
  type AccountFacts,
  type CheckoutInput,
  type CheckoutSnapshot,
  type DisputeSnapshot,
  type ListedRefund,
  type PaymentGateway,
  PaymentGatewayMisconfigured,
  PaymentGatewayRefused,
  PaymentGatewayRightsMissing,
  PaymentGatewayUnavailable,
  PaymentGatewayUnknownObject,
  type RefundInput,
  type RefundSnapshot,
} from './payment-gateway.ts'
import { type RateLimit, whenRateLimited } from './when-rate-limited.ts'

type StripeError = InstanceType<typeof Stripe.errors.StripeError>

/** The API version that this adapter was written against; webhook endpoints are made with the same one. */
export const STRIPE_API_VERSION = '2026-10-28.endive'
export const STRIPE_API_BASE = 'https://api.stripe.com'

/** Connecting and reading together; the SDK's own default of 80 s is longer than any caller waits. */
const TIMEOUT_MS = 20_000
/** Beside the first try, with the SDK's pause of 0.5 s that doubles; it repeats on network failures, 409 and 5xx; on 429 we do. */
const NETWORK_RETRIES = 2
/** The most that one page of a Stripe list holds. */
const PAGE = 100
/** A session is looked for among so many at most. */
const SESSIONS_LOOKED_AT = 10 * PAGE
/** Stripe's clock and ours may be so far apart. */
const CLOCKS_DIFFER_MS = 5 * 60_000

/** What the log is told of a call that failed: enough to find it at Stripe, nothing secret. */
export interface StripeFailure {
  operation: string
  status: number | null
  type: string
  code: string | null
  requestId: string | null
}

export interface StripeGatewayOptions {
  secretKey: string
  /** {@link STRIPE_API_BASE} where it is left out. */
  apiBase?: string
  /** Told of every call that failed for good. */
  onFailure?: (failure: StripeFailure) => void
  /** Waits before a repeat; for tests, which do not. */
  pause?: (milliseconds: number) => Promise<unknown>
}

/** Stripe with one account's key, and the question whose key it is. */
export interface StripeGateway extends PaymentGateway {
  readonly provider: 'stripe'
  /**
   * Tries the key and answers whose account it opens. Throws {@link PaymentGatewayMisconfigured} for one that opens
   * nothing, {@link PaymentGatewayRightsMissing} for one that may not do all that payments need.
   */
  verifyAccount(): Promise<AccountFacts>
}

/**
 * Payments through Stripe Checkout (https://docs.stripe.com/payments/checkout), with one account's secret key. Makes no
 * call until it is used.
 *
 * Which methods of payment are offered is set in Stripe's dashboard, slow ones included: their money is `processing` until
 * Stripe knows. A repeat under the same key is harmless; where Stripe keeps answering an error of its own under a key, its
 * state is read, and only when nothing was made a second key is tried.
 */
export function createStripeGateway(options: StripeGatewayOptions): StripeGateway {
  const base = new URL(options.apiBase ?? STRIPE_API_BASE)
  const stripe = new Stripe(options.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    timeout: TIMEOUT_MS,
    maxNetworkRetries: NETWORK_RETRIES,
    protocol: base.protocol === 'http:' ? 'http' : 'https',
    host: base.hostname,
    port: base.port === '' ? (base.protocol === 'http:' ? 80 : 443) : base.port,
    telemetry: false,
    appInfo: { name: 'Ordinatus' },
  })

  const patience = options.pause === undefined ? {} : { pause: options.pause }

  /** Makes a call, again where Stripe is asked too often; what it throws is ours. Every call may be repeated as it is. */
  async function asked<T>(operation: string, call: () => Promise<T>, refusal = refusalOf): Promise<T> {
    try {
      return await whenRateLimited(call, rateLimitOf, patience)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error
      options.onFailure?.({
        operation,
        status: error.statusCode ?? null,
        type: error.type,
        code: error.code ?? null,
        requestId: error.requestId ?? null,
      })
      throw refusal(error)
    }
  }

  /** The same about something that Stripe has told us the id of. */
  const askedAbout = <T>(operation: string, call: () => Promise<T>) => asked(operation, call, refusalOfKnown)

  async function createCheckout(input: CheckoutInput): Promise<CheckoutSnapshot> {
    const params = checkoutParams(input)
    const create = async (idempotencyKey: string, changed: Partial<Stripe.Checkout.SessionCreateParams> = {}) => {
      const made = await stripe.checkout.sessions.create({ ...params, ...changed }, { idempotencyKey })
      // A kept answer says how things stood when it was made.
      return isReplayed(made.lastResponse.headers) ? stripe.checkout.sessions.retrieve(made.id) : made
    }
    return asked('checkout.sessions.create', async () => {
      try {
        return await snapshotOf(await create(input.idempotencyKey))
      } catch (error) {
        if (isKeptFailure(error)) {
          const made = await findSession(input.idempotencyKey, null)
          return snapshotOf(made ?? (await create(`${input.idempotencyKey}:again`)))
        }
        // Stripe is stricter about addresses than mail is; the customer then types theirs at Stripe.
        if (isRefusedParam(error, 'customer_email')) {
          const { customer_email: _, ...rest } = params
          const made = await stripe.checkout.sessions.create(rest, {
            idempotencyKey: `${input.idempotencyKey}:without-email`,
          })
          return snapshotOf(made)
        }
        throw error
      }
    })
  }

  /**
   * The session that was made for this attempt although its answer never came; looked for among those made since, `null`:
   * among the latest hundred. One that is overlooked does no harm: its address is known to nobody.
   */
  async function findSession(attempt: string, since: Date | null): Promise<Stripe.Checkout.Session | null> {
    let left = since === null ? PAGE : SESSIONS_LOOKED_AT
    // The newest comes first.
    for await (const one of stripe.checkout.sessions.list({ limit: PAGE })) {
      if (one.metadata?.attempt === attempt) return one
      left -= 1
      if (left === 0 || (since !== null && one.created * 1000 < since.getTime() - CLOCKS_DIFFER_MS)) return null
    }
    return null
  }

  async function snapshotOf(session: Stripe.Checkout.Session): Promise<CheckoutSnapshot> {
    const paymentIntentId = idOf(session.payment_intent)
    const paymentStatus = await paymentStatusOf(session, paymentIntentId)
    return {
      id: session.id,
      url: session.status === 'open' ? (session.url ?? null) : null,
      status: statusOf(session.status),
      paymentStatus,
      amount: fromStripeAmount(session.amount_total ?? 0, session.currency ?? ''),
      bookingId: session.metadata?.booking_id ?? session.client_reference_id ?? '',
      paymentId: paymentStatus === 'paid' ? paymentIntentId : null,
      expiresAt: new Date(session.expires_at * 1000),
    }
  }

  /**
   * A session that is complete and not paid waits for a slow method of payment, or has waited in vain: only its payment
   * intent tells which (https://docs.stripe.com/payments/paymentintents/lifecycle).
   */
  async function paymentStatusOf(
    session: Stripe.Checkout.Session,
    paymentIntentId: string | null,
  ): Promise<CheckoutSnapshot['paymentStatus']> {
    if (session.payment_status === 'paid') return 'paid'
    if (session.status !== 'complete') return 'unpaid'
    // Nothing was charged for what had a price: no money will ever come of it.
    if (session.payment_status === 'no_payment_required' || paymentIntentId === null) return 'failed'
    const { status } = await stripe.paymentIntents.retrieve(paymentIntentId)
    switch (status) {
      case 'succeeded':
        return 'paid'
      case 'requires_payment_method':
      case 'canceled':
        return 'failed'
      default:
        return 'processing'
    }
  }

  async function retrieve(checkoutId: string): Promise<CheckoutSnapshot> {
    return snapshotOf(await stripe.checkout.sessions.retrieve(checkoutId))
  }

  async function listRefunds(paymentId: string): Promise<ListedRefund[]> {
    const found: ListedRefund[] = []
    for await (const refund of stripe.refunds.list({ payment_intent: paymentId, limit: PAGE }))
      found.push({ ...refundOf(refund), refundId: refund.metadata?.refund_id ?? null })
    return found
  }

  async function listDisputes(paymentId: string): Promise<DisputeSnapshot[]> {
    const found: DisputeSnapshot[] = []
    for await (const dispute of stripe.disputes.list({ payment_intent: paymentId, limit: PAGE }))
      found.push(disputeOf(dispute))
    return found
  }

  async function refund(input: RefundInput): Promise<RefundSnapshot> {
    const params: Stripe.RefundCreateParams = {
      payment_intent: input.paymentId,
      amount: stripeAmount(input.amount),
      metadata: { refund_id: input.refundId, organization_id: input.organizationId, reason: input.reason },
    }
    const create = async (idempotencyKey: string) =>
      refundOf(
        await stripe.refunds.create(
          { ...params, metadata: { ...params.metadata, key: input.idempotencyKey } },
          { idempotencyKey },
        ),
      )
    return askedAbout('refunds.create', () => refundOnce(input, create))
  }

  async function refundOnce(
    input: RefundInput,
    create: (idempotencyKey: string) => Promise<RefundSnapshot>,
  ): Promise<RefundSnapshot> {
    // Stripe forgets keys after a day: then only its list knows that this refund was made.
    const made = await findRefund(input)
    if (made !== null) return made
    try {
      return await create(input.idempotencyKey)
    } catch (error) {
      if (!isKeptFailure(error)) throw error
      return (await findRefund(input)) ?? (await create(`${input.idempotencyKey}:again`))
    }
  }

  async function findRefund(input: RefundInput): Promise<RefundSnapshot | null> {
    for await (const one of stripe.refunds.list({ payment_intent: input.paymentId, limit: PAGE }))
      if (one.metadata?.key === input.idempotencyKey) return refundOf(one)
    return null
  }

  async function verifyAccount(): Promise<AccountFacts> {
    const account = await asked('accounts.retrieveCurrent', readAccount)
    const missing = await Promise.all(RIGHTS.map((right) => asked('rights', () => isMissing(right))))
    const rights = RIGHTS.filter((_, index) => missing[index]).map(({ name }) => name)
    if (rights.length > 0)
      throw new PaymentGatewayRightsMissing(`Stripe does not let this key use ${rights.join(', ')}.`, rights)
    return { ...account, isLive: stripeKeyMode(options.secretKey) === 'live' }
  }

  /** A restricted key that takes payments need not be allowed to read this; its refusal names the account all the same. */
  async function readAccount(): Promise<Pick<AccountFacts, 'accountId' | 'name'>> {
    try {
      const { id, business_profile: profile, settings, email } = await stripe.accounts.retrieveCurrent()
      return { accountId: id, name: profile?.name ?? settings?.dashboard?.display_name ?? email ?? null }
    } catch (error) {
      const isHidden =
        error instanceof Stripe.errors.StripeError && (error.statusCode === 403 || error.statusCode === 404)
      if (!isHidden) throw error
      return { accountId: /\bon account '(acct_[A-Za-z0-9]+)'/.exec(error.message)?.[1] ?? null, name: null }
    }
  }

  async function isMissing(right: Right): Promise<boolean> {
    try {
      await right.probe(stripe)
      return false
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error
      if (error.statusCode === 403) return true
      // What was asked about does not exist, so whoever may ask is told just that.
      if (error.statusCode === 404 || error.statusCode === 400) return false
      throw error
    }
  }

  return {
    provider: 'stripe',
    createCheckout,
    findCheckout: ({ idempotencyKey, begunAt }) =>
      asked('checkout.sessions.list', async () => {
        const session = await findSession(idempotencyKey, begunAt)
        return session === null ? null : snapshotOf(session)
      }),
    retrieveCheckout: ({ checkoutId }) => askedAbout('checkout.sessions.retrieve', () => retrieve(checkoutId)),
    expireCheckout: ({ checkoutId }) =>
      askedAbout('checkout.sessions.expire', async () => {
        try {
          return await snapshotOf(await stripe.checkout.sessions.expire(checkoutId))
        } catch (error) {
          if (!(error instanceof Stripe.errors.StripeError) || error.statusCode !== 400) throw error
          // Not open any more: it is paid, or ended already. Should it be open after all, it was refused for another reason.
          const truth = await retrieve(checkoutId)
          if (truth.status === 'open') throw error
          return truth
        }
      }),
    refund,
    retrieveRefund: ({ refundId }) =>
      askedAbout('refunds.retrieve', async () => refundOf(await stripe.refunds.retrieve(refundId))),
    listRefunds: ({ paymentId }) => askedAbout('refunds.list', () => listRefunds(paymentId)),
    retrieveDispute: ({ disputeId }) =>
      askedAbout('disputes.retrieve', async () => disputeOf(await stripe.disputes.retrieve(disputeId))),
    listDisputes: ({ paymentId }) => askedAbout('disputes.list', () => listDisputes(paymentId)),
    retrieveBookingId: ({ paymentId }) =>
      askedAbout('payment_intents.retrieve', async () => {
        const intent = await stripe.paymentIntents.retrieve(paymentId)
        return intent.metadata.booking_id ?? null
      }),
    verifyAccount,
  }
}

/** Something that a key must be allowed to do at Stripe, and a harmless call that tells whether it is. */
interface Right {
  /** In the words of Stripe's dashboard. */
  name: string
  probe: (stripe: Stripe) => Promise<unknown>
}

/**
 * Every right that this adapter needs. Each is tried on something that does not exist, which changes nothing: without the
 * right Stripe answers 403, with it that there is no such thing. What a new checkout needs inside Stripe beyond its own
 * right cannot be tried without making one; should Stripe refuse it later, its words name the right.
 */
const RIGHTS: readonly Right[] = [
  { name: 'Checkout Sessions (write)', probe: (stripe) => stripe.checkout.sessions.expire('cs_test_ordinatus') },
  { name: 'PaymentIntents (read)', probe: (stripe) => stripe.paymentIntents.retrieve('pi_ordinatus') },
  { name: 'Charges and Refunds (write)', probe: (stripe) => stripe.refunds.create({ payment_intent: 'pi_ordinatus' }) },
  { name: 'Disputes (read)', probe: (stripe) => stripe.disputes.retrieve('du_ordinatus') },
]

function checkoutParams(input: CheckoutInput): Stripe.Checkout.SessionCreateParams {
  const metadata = {
    booking_id: input.bookingId,
    organization_id: input.organizationId,
    attempt: input.idempotencyKey,
  }
  return {
    mode: 'payment',
    // The price is shown, charged and paid back in one currency, never in a converted one.
    adaptive_pricing: { enabled: false },
    client_reference_id: input.bookingId,
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: input.amount.currency.toLowerCase(),
          unit_amount: stripeAmount(input.amount),
          product_data: { name: input.description },
        },
      },
    ],
    customer_email: input.customerEmail,
    expires_at: Math.floor(input.expiresAt.getTime() / 1000),
    success_url: input.returnUrl,
    cancel_url: input.returnUrl,
    metadata,
    // What a session says of itself, Stripe copies to neither payment nor charge.
    payment_intent_data: { metadata },
  }
}

function stripeAmount(amount: Money): number {
  try {
    return toStripeAmount(amount)
  } catch (error) {
    throw new PaymentGatewayRefused(`Stripe cannot take ${amount.amount} ${amount.currency}.`, { cause: error })
  }
}

function statusOf(status: string | null): CheckoutSnapshot['status'] {
  return status === 'complete' || status === 'expired' ? status : 'open'
}

function refundOf(refund: Stripe.Refund): RefundSnapshot {
  const status = refundStatusOf(refund.status)
  const reason = refund.failure_reason ?? null
  return {
    id: refund.id,
    status,
    amount: fromStripeAmount(refund.amount, refund.currency),
    failureReason: status !== 'failed' || reason === null ? null : (REFUND_FAILURES.get(reason) ?? reason),
  }
}

/** Why a refund can fail (https://docs.stripe.com/api/refunds/object, `failure_reason`). */
const REFUND_FAILURES: ReadonlyMap<string, string> = new Map([
  ['charge_for_pending_refund_disputed', 'The customer disputed the payment while the refund was under way'],
  ['declined', 'The customer’s bank declined the refund'],
  ['expired_or_canceled_card', 'The card has expired or was canceled'],
  ['insufficient_funds', 'The balance at Stripe was too low'],
  ['lost_or_stolen_card', 'The card was reported lost or stolen'],
  ['merchant_request', 'The refund was canceled at Stripe'],
  ['unknown', 'Stripe gives no reason'],
])

function disputeOf(dispute: Stripe.Dispute): DisputeSnapshot {
  const due = dispute.evidence_details.due_by
  const isAnswerable = dispute.status === 'needs_response' || dispute.status === 'warning_needs_response'
  return {
    id: dispute.id,
    paymentId: idOf(dispute.payment_intent),
    amount: fromStripeAmount(dispute.amount, dispute.currency),
    reason: dispute.reason,
    status: disputeStatusOf(dispute.status),
    isInquiry: dispute.status.startsWith('warning_'),
    respondBy: isAnswerable && due !== null ? new Date(due * 1000) : null,
  }
}

/** An inquiry that is closed took no money, no more than a dispute that was won or prevented. */
function disputeStatusOf(status: string): DisputeSnapshot['status'] {
  if (status === 'lost') return 'lost'
  return status === 'won' || status === 'warning_closed' || status === 'prevented' ? 'won' : 'open'
}

function refundStatusOf(status: string | null): RefundSnapshot['status'] {
  if (status === 'succeeded') return 'succeeded'
  if (status === 'failed' || status === 'canceled') return 'failed'
  return 'pending'
}

function idOf(reference: string | { id: string } | null): string | null {
  return reference === null || typeof reference === 'string' ? reference : reference.id
}

function isReplayed(headers: Record<string, string> | undefined): boolean {
  return headers?.['idempotent-replayed'] === 'true'
}

/** Stripe keeps answering with an error of its own that it once had under this key: repeating the key cannot help. */
function isKeptFailure(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && (error.statusCode ?? 0) >= 500 && isReplayed(error.headers)
}

function isRefusedParam(error: unknown, param: string): boolean {
  return error instanceof Stripe.errors.StripeError && error.statusCode === 400 && error.param === param
}

/**
 * Of what Stripe has told us the id of, it forgets nothing: when it knows it no more, the key is another account's or the
 * other mode's, and nothing is known of the money.
 */
function refusalOfKnown(error: StripeError): Error {
  if (error.statusCode !== 404 && error.code !== 'resource_missing') return refusalOf(error)
  return new PaymentGatewayUnknownObject(
    `Stripe does not know this under the present key; it belongs to another account or mode${requestOf(error)}.`,
  )
}

/** 429, unless Stripe says that a repeat is of no use. Nothing has happened then, so the same key serves again. */
function rateLimitOf(error: unknown): RateLimit | null {
  if (!(error instanceof Stripe.errors.StripeError) || error.statusCode !== 429) return null
  if (error.headers?.['stripe-should-retry'] === 'false') return null
  const seconds = Number.parseFloat(error.headers?.['retry-after'] ?? '')
  return { retryAfterSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null }
}

/** What a failure means to the product. The SDK's error itself goes no further: it holds whole answers. */
function refusalOf(error: StripeError): Error {
  const status = error.statusCode ?? 0
  const what = [error.code ?? error.rawType ?? error.type, withoutSecrets(error.message)].filter(Boolean).join(': ')
  const message = `Stripe${status === 0 ? '' : ` answered ${status}`}: ${what}${requestOf(error)}`
  if (status === 401 || status === 403) return new PaymentGatewayMisconfigured(message)
  // 409: another call under the same key is under way. 402 and the rest of 4xx: a no that stays a no.
  if (status === 0 || status === 409 || status === 429 || status >= 500) return new PaymentGatewayUnavailable(message)
  if (error instanceof Stripe.errors.StripeRateLimitError) return new PaymentGatewayUnavailable(message)
  return new PaymentGatewayRefused(message)
}

function requestOf(error: StripeError): string {
  return error.requestId === undefined ? '' : ` (request ${error.requestId})`
}

/** Stripe masks keys in its own words; this is for the day that it does not. */
function withoutSecrets(text: string): string {
  return text.replace(/\b(sk|rk|whsec)_[A-Za-z0-9_*]+/g, '$1_…')
}
