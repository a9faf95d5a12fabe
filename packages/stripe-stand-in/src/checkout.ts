import type { StandInAccount } from './account.ts'
import { checkSession, type SessionParameters } from './checkout-rules.ts'
import type { Charge, CheckoutSession, PaymentIntent } from './objects.ts'
import { notAllowed } from './stripe-error.ts'

/** What a customer's move came to. `expired`: the session is over, nothing happened. */
export type Move = { outcome: 'moved' | 'already_paid'; leadsTo: string } | { outcome: 'expired' }

/** Makes a Checkout Session, after checking all that Stripe checks beyond names and kinds. */
export function createSession(account: StandInAccount, parameters: SessionParameters): CheckoutSession {
  const { items, total, currency } = checkSession(parameters, account.now())
  const id = account.newId('cs')
  const session: CheckoutSession = {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: parameters.adaptive_pricing?.enabled ?? true },
    after_expiration: null,
    allow_promotion_codes: null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: parameters.cancel_url ?? null,
    client_reference_id: parameters.client_reference_id ?? null,
    consent: null,
    consent_collection: null,
    created: account.now(),
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {},
    customer: null,
    customer_creation: 'if_required',
    customer_details: {
      address: null,
      email: parameters.customer_email ?? null,
      name: null,
      phone: null,
      tax_exempt: 'none',
      tax_ids: null,
    },
    customer_email: parameters.customer_email ?? null,
    expires_at: parameters.expires_at ?? account.now() + 24 * 60 * 60,
    invoice: null,
    livemode: account.livemode,
    locale: parameters.locale ?? null,
    metadata: parameters.metadata ?? {},
    mode: 'payment',
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_options: {},
    payment_method_types: parameters.payment_method_types ?? ['card', 'us_bank_account'],
    payment_status: 'unpaid',
    phone_number_collection: { enabled: false },
    recovered_from: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: parameters.submit_type ?? null,
    subscription: null,
    success_url: parameters.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${account.origin}/c/pay/${id}`,
  }
  account.sessions.set(id, session)
  account.lineItems.set(
    id,
    items.map((item) => ({ id: account.newId('li'), object: 'item', ...item })),
  )
  account.paymentIntentMetadata.set(id, parameters.payment_intent_data?.metadata ?? {})
  return session
}

/** `POST …/expire`: ends an open session for good; refused when it is open no longer. */
export function expireSession(account: StandInAccount, id: string): CheckoutSession {
  const session = account.session(id)
  if (session.status !== 'open')
    throw notAllowed(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    )
  account.authenticating.delete(id)
  endUnpaid(account, session)
  return session
}

/** Ends every session whose deadline has come. One whose customer is being asked by their bank waits for the bank. */
export function expireDueSessions(account: StandInAccount): number {
  let expired = 0
  for (const session of account.sessions.values()) {
    if (session.status !== 'open' || session.expires_at > account.now()) continue
    if (account.authenticating.has(session.id)) continue
    endUnpaid(account, session)
    expired += 1
  }
  return expired
}

function endUnpaid(account: StandInAccount, session: CheckoutSession): void {
  session.status = 'expired'
  session.url = null
  account.emit('checkout.session.expired', session)
}

/** What Stripe captured where it is not what was asked: other money, to try how the product takes it. */
export interface OtherMoney {
  amount?: number
  currency?: string
}

/** The customer pays at once: exactly one of any number moves it. */
export function pay(account: StandInAccount, id: string, other: OtherMoney = {}): Move {
  return whileOpen(account, id, (session) => {
    session.amount_total = other.amount ?? session.amount_total
    session.currency = other.currency ?? session.currency
    complete(account, session)
    const intent = makeIntent(account, session, 'succeeded')
    session.payment_status = 'paid'
    capture(account, intent)
    account.emit('checkout.session.completed', session)
  })
}

/** The customer has pressed Pay and their bank asks them: a deadline that comes now waits for {@link finishPaying}. */
export function beginPaying(account: StandInAccount, id: string): Move {
  return whileOpen(account, id, (session) => {
    account.authenticating.add(session.id)
  })
}

/** The bank says yes, be it after the deadline. */
export function finishPaying(account: StandInAccount, id: string): Move {
  if (!account.authenticating.has(id)) return { outcome: 'expired' }
  const move = pay(account, id)
  account.authenticating.delete(id)
  return move
}

/** The customer chooses a method whose money comes days later. */
export function payLater(account: StandInAccount, id: string): Move {
  const takesCardsOnly = account.session(id).payment_method_types.every((type) => type === 'card')
  if (takesCardsOnly) throw new Error('This session takes cards only: nobody can pay it later.')
  return whileOpen(account, id, (session) => {
    complete(account, session)
    makeIntent(account, session, 'processing')
    account.emit('checkout.session.completed', session)
  })
}

/** The money of {@link payLater} arrives; false when none is under way. */
export function settleLater(account: StandInAccount, id: string): boolean {
  const session = account.session(id)
  const intent = intentUnderWay(account, session)
  if (intent === null) return false
  intent.status = 'succeeded'
  session.payment_status = 'paid'
  capture(account, intent)
  account.emit('checkout.session.async_payment_succeeded', session)
  return true
}

/** The money of {@link payLater} does not arrive; false when none is under way. */
export function failLater(account: StandInAccount, id: string): boolean {
  const session = account.session(id)
  const intent = intentUnderWay(account, session)
  if (intent === null) return false
  refuseIntent(intent, 'The customer’s bank account could not be debited.', 'payment_intent_payment_attempt_failed')
  account.emit('payment_intent.payment_failed', intent)
  account.emit('checkout.session.async_payment_failed', session)
  return true
}

/** The card is declined: the session stays open for another try. */
export function decline(account: StandInAccount, id: string): Move {
  return whileOpen(account, id, (session) => {
    const intent = makeIntent(account, session, 'requires_payment_method')
    session.payment_intent = null
    refuseIntent(intent, 'Your card was declined.', 'card_declined')
    account.emit('payment_intent.payment_failed', intent)
  })
}

/** Where the customer's browser goes when they leave without paying. The session stays open. */
export function leave(account: StandInAccount, id: string): string | null {
  return account.session(id).cancel_url
}

function whileOpen(account: StandInAccount, id: string, move: (session: CheckoutSession) => void): Move {
  const session = account.session(id)
  if (session.status === 'expired') return { outcome: 'expired' }
  const leadsTo = session.success_url.replaceAll('{CHECKOUT_SESSION_ID}', session.id)
  if (session.status === 'complete') return { outcome: 'already_paid', leadsTo }
  move(session)
  return { outcome: 'moved', leadsTo }
}

function complete(account: StandInAccount, session: CheckoutSession): void {
  session.status = 'complete'
  session.url = null
  account.authenticating.delete(session.id)
}

function makeIntent(account: StandInAccount, session: CheckoutSession, status: PaymentIntent['status']): PaymentIntent {
  const intent: PaymentIntent = {
    id: account.newId('pi'),
    object: 'payment_intent',
    amount: session.amount_total,
    amount_capturable: 0,
    amount_received: 0,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: null,
    confirmation_method: 'automatic',
    created: account.now(),
    currency: session.currency,
    customer: null,
    description: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: account.livemode,
    metadata: { ...account.paymentIntentMetadata.get(session.id) },
    next_action: null,
    payment_method: null,
    payment_method_options: {},
    payment_method_types: session.payment_method_types,
    processing: null,
    receipt_email: null,
    status,
    transfer_group: null,
  }
  account.paymentIntents.set(intent.id, intent)
  session.payment_intent = intent.id
  return intent
}

function capture(account: StandInAccount, intent: PaymentIntent): Charge {
  const charge: Charge = {
    id: account.newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: intent.amount,
    amount_refunded: 0,
    balance_transaction: account.newId('txn'),
    billing_details: { address: null, email: null, name: null, phone: null },
    captured: true,
    created: account.now(),
    currency: intent.currency,
    customer: null,
    description: null,
    disputed: false,
    failure_code: null,
    failure_message: null,
    livemode: account.livemode,
    // Stripe copies a payment intent's metadata to its charges.
    metadata: { ...intent.metadata },
    outcome: { type: 'authorized', network_status: 'approved_by_network', reason: null, seller_message: null },
    paid: true,
    payment_intent: intent.id,
    payment_method: null,
    receipt_email: null,
    receipt_url: null,
    refunded: false,
    status: 'succeeded',
    transfer_group: null,
  }
  account.charges.set(charge.id, charge)
  intent.latest_charge = charge.id
  intent.amount_received = intent.amount
  account.emit('payment_intent.succeeded', intent)
  account.emit('charge.succeeded', charge)
  return charge
}

function refuseIntent(intent: PaymentIntent, message: string, code: string): void {
  intent.status = 'requires_payment_method'
  intent.last_payment_error = { type: 'card_error', code, message }
}

function intentUnderWay(account: StandInAccount, session: CheckoutSession): PaymentIntent | null {
  const intent = session.payment_intent === null ? undefined : account.paymentIntents.get(session.payment_intent)
  return intent?.status === 'processing' ? intent : null
}
