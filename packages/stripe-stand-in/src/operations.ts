import type { StandInAccount } from './account.ts'
import { createSession, expireSession } from './checkout.ts'
import type { SessionParameters } from './checkout-rules.ts'
import type { OperationName, Parameters } from './contract.ts'
import { createRefund, type RefundParameters } from './refunds.ts'
import { invalidRequest } from './stripe-error.ts'

type Kept = { id: string; created: number }

/** Does what an operation says and answers Stripe's object or list, before anything is expanded. */
export function execute(
  account: StandInAccount,
  name: OperationName,
  id: string | null,
  parameters: Parameters,
): unknown {
  switch (name) {
    case 'createCheckoutSession':
      return createSession(account, parameters as unknown as SessionParameters)
    case 'getCheckoutSession':
      return account.session(id ?? '')
    case 'expireCheckoutSession':
      return expireSession(account, id ?? '')
    case 'listCheckoutSessions':
      return page(sessionsOf(account, parameters), '/v1/checkout/sessions', parameters, ['payment_intent'])
    case 'createRefund':
      return createRefund(account, parameters as RefundParameters)
    case 'getRefund':
      return account.refund(id ?? '')
    case 'listRefunds':
      return page(account.refunds.values(), '/v1/refunds', parameters, ['charge', 'payment_intent'])
    case 'getPaymentIntent':
      return account.paymentIntent(id ?? '')
    case 'getCharge':
      return account.charge(id ?? '')
    case 'listCharges':
      return page(account.charges.values(), '/v1/charges', parameters, ['payment_intent'])
    case 'getDispute':
      return account.dispute(id ?? '')
    case 'listDisputes':
      return page(account.disputes.values(), '/v1/disputes', parameters, ['charge', 'payment_intent'])
    case 'getEvent':
      return account.event(id ?? '')
    case 'listEvents':
      return page(eventsOf(account, parameters), '/v1/events', parameters, ['type'])
    case 'getBalance':
      return balanceOf(account)
    case 'getAccount':
      return accountObject(account)
  }
}

function sessionsOf(account: StandInAccount, { customer_details: details }: Parameters) {
  const sessions = [...account.sessions.values()]
  const email = (details as { email?: string } | undefined)?.email
  return email === undefined ? sessions : sessions.filter((session) => session.customer_details.email === email)
}

function eventsOf(account: StandInAccount, { types }: Parameters) {
  const events = [...account.events.values()]
  return Array.isArray(types) ? events.filter((event) => types.includes(event.type)) : events
}

/** One page of a list, newest first, by Stripe's cursors; `equal`: parameters that filter by the member of their name. */
function page<Object extends Kept>(
  all: Iterable<Object>,
  url: string,
  parameters: Parameters,
  equal: readonly string[],
): { object: 'list'; url: string; has_more: boolean; data: Object[] } {
  const limit = parameters.limit === undefined ? 10 : Number(parameters.limit)
  if (limit < 1 || limit > 100)
    throw invalidRequest('This value must be between 1 and 100.', { param: 'limit', code: 'parameter_invalid_integer' })
  const { starting_after: after, ending_before: before, created } = parameters
  const newestFirst = [...all].reverse().filter((one) => {
    const members = one as unknown as Parameters
    return (
      equal.every((name) => parameters[name] === undefined || members[name] === parameters[name]) &&
      isWithin(one.created, created)
    )
  })
  const from = after === undefined ? 0 : positionOf(newestFirst, after, 'starting_after') + 1
  if (before !== undefined) {
    const end = positionOf(newestFirst, before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', url, has_more: start > 0, data: newestFirst.slice(start, end) }
  }
  return {
    object: 'list',
    url,
    has_more: from + limit < newestFirst.length,
    data: newestFirst.slice(from, from + limit),
  }
}

function positionOf(objects: readonly Kept[], id: unknown, param: string): number {
  const position = objects.findIndex((one) => one.id === id)
  if (position < 0) throw invalidRequest(`No such object: '${String(id)}'`, { code: 'resource_missing', param })
  return position
}

function isWithin(created: number, range: unknown): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return created === range
  const { gt, gte, lt, lte } = range as { gt?: number; gte?: number; lt?: number; lte?: number }
  return (
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte)
  )
}

function balanceOf(account: StandInAccount) {
  const sums = new Map<string, number>([['usd', 0]])
  for (const charge of account.charges.values())
    sums.set(charge.currency, (sums.get(charge.currency) ?? 0) + charge.amount_captured - charge.amount_refunded)
  const amounts = [...sums].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }))
  return { object: 'balance', available: amounts, livemode: account.livemode, pending: [] }
}

function accountObject(account: StandInAccount) {
  return {
    id: account.id,
    object: 'account',
    business_profile: { name: account.displayName, support_email: null, url: null },
    business_type: 'company',
    capabilities: { card_payments: 'active', transfers: 'active' },
    charges_enabled: true,
    country: 'US',
    default_currency: 'usd',
    details_submitted: true,
    email: null,
    metadata: {},
    payouts_enabled: true,
    settings: { dashboard: { display_name: account.displayName, timezone: 'Etc/UTC' } },
    type: 'standard',
  }
}
