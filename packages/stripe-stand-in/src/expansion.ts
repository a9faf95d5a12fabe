import type { StandInAccount } from './account.ts'
import { invalidRequest } from './stripe-error.ts'

const DEPTH_MAX = 4

type Members = { [member: string]: unknown }

/**
 * The answer with the ids that `expand` names replaced by what they name (`payment_intent.latest_charge`,
 * `data.charge`), on a copy. Refuses what Stripe cannot expand.
 */
export function expanded(account: StandInAccount, answer: unknown, expand: unknown): unknown {
  const copy = structuredClone(answer) as Members
  const paths = Array.isArray(expand) ? expand : []
  for (const path of paths) {
    const parts = String(path).split('.')
    if (parts.length > DEPTH_MAX) throw refusal(String(path))
    expandAt(account, copy, parts, String(path))
  }
  return copy
}

function expandAt(account: StandInAccount, object: Members, parts: readonly string[], path: string): void {
  const [first = '', ...rest] = parts
  if (first === 'data' && object.object === 'list' && Array.isArray(object.data)) {
    for (const one of object.data) expandAt(account, one as Members, rest, path)
    return
  }
  if (first === 'line_items' && object.object === 'checkout.session') {
    const data = account.lineItems.get(String(object.id)) ?? []
    object.line_items = { object: 'list', data: structuredClone(data), has_more: false, url: '' }
    return
  }
  if (first === 'refunds' && object.object === 'charge') {
    const data = [...account.refunds.values()].filter((refund) => refund.charge === object.id).reverse()
    object.refunds = { object: 'list', data: structuredClone(data), has_more: false, url: '' }
    return
  }
  if (!(first in object)) throw refusal(path)
  const value = object[first]
  if (value === null) return
  const named = typeof value === 'string' ? objectNamed(account, value) : value
  if (named === undefined || typeof named !== 'object') throw refusal(path)
  const own = structuredClone(named) as Members
  object[first] = own
  if (rest.length > 0) expandAt(account, own, rest, path)
}

function objectNamed(account: StandInAccount, id: string): unknown {
  return (
    account.paymentIntents.get(id) ?? account.charges.get(id) ?? account.refunds.get(id) ?? account.sessions.get(id)
  )
}

function refusal(path: string) {
  return invalidRequest(`This property cannot be expanded (${path}).`, { param: 'expand' })
}
