/*
 * Cuts fixtures/contract.json out of Stripe's public OpenAPI description (github.com/stripe/openapi, MIT, version 2023-08-16):
 * the operations that the product uses, what each takes, and the top level of what each answers. Facts only, no prose.
 *
 *     tsx scripts/cut-contract.ts <path of the OpenAPI JSON>
 */
import { readFileSync, writeFileSync } from 'node:fs'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Dictionary = { [key: string]: Json }

/** Our name of each operation, its method and its path in Stripe's description. */
const OPERATIONS: readonly [name: string, method: string, path: string, servedAt?: string][] = [
  ['createCheckoutSession', 'post', '/v1/checkout/sessions'],
  ['listCheckoutSessions', 'get', '/v1/checkout/sessions'],
  ['getCheckoutSession', 'get', '/v1/checkout/sessions/{session}'],
  ['expireCheckoutSession', 'post', '/v1/checkout/sessions/{session}/expire'],
  ['createRefund', 'post', '/v1/refunds'],
  ['listRefunds', 'get', '/v1/refunds'],
  ['getRefund', 'get', '/v1/refunds/{refund}'],
  ['getPaymentIntent', 'get', '/v1/payment_intents/{intent}'],
  ['getCharge', 'get', '/v1/charges/{charge}'],
  ['listCharges', 'get', '/v1/charges'],
  // The trimmed description leaves disputes out; reading one takes what reading a charge takes.
  ['getDispute', 'get', '/v1/charges/{charge}', '/v1/disputes/{dispute}'],
  // And listing them what listing refunds takes (stripe-node 23, `DisputeListParams`).
  ['listDisputes', 'get', '/v1/refunds', '/v1/disputes'],
  ['getBalance', 'get', '/v1/balance'],
  // The description names an account by its id; a key may also ask for its own.
  ['getAccount', 'get', '/v1/accounts/{account}', '/v1/account'],
  ['getEvent', 'get', '/v1/events/{id}'],
  ['listEvents', 'get', '/v1/events'],
]

const RESOURCES = ['checkout.session', 'payment_intent', 'charge', 'refund', 'event', 'balance', 'account'] as const

/** What a validator acts on; everything else is prose or habit. */
const KEPT = ['type', 'enum', 'maxLength', 'required'] as const

const path = process.argv[2]
if (path === undefined) throw new Error('Name the OpenAPI JSON to cut from.')
const source = JSON.parse(readFileSync(path, 'utf8')) as Dictionary
const info = dictionary(source.info)

const operations = Object.fromEntries(
  OPERATIONS.map(([name, method, described, servedAt]) => {
    const operation = dictionary(at('paths', described, method))
    return [name, { method: method.toUpperCase(), path: servedAt ?? described, takes: taken(operation, described) }]
  }),
)
const answers = Object.fromEntries(
  RESOURCES.map((name) => [name, topLevel(dictionary(at('components', 'schemas', name)))]),
)
const contract = {
  source: `Stripe's public OpenAPI description, version ${String(info.version)}; cut by scripts/cut-contract.ts`,
  operations,
  answers,
}
writeFileSync(new URL('../fixtures/contract.json', import.meta.url), `${lineByLine(contract)}\n`)

/** One line for each operation and resource, so that a change of Stripe's shows as a change of that line. */
function lineByLine(value: Dictionary): string {
  const lines = Object.entries(value).map(([key, one]) => {
    if (typeof one === 'string') return `${JSON.stringify(key)}: ${JSON.stringify(one)}`
    const inner = Object.entries(dictionary(one)).map(
      ([name, text]) => `${JSON.stringify(name)}: ${JSON.stringify(text)}`,
    )
    return `${JSON.stringify(key)}: {\n${inner.join(',\n')}\n}`
  })
  return `{\n${lines.join(',\n')}\n}`
}

function at(...keys: string[]): Json {
  return keys.reduce<Json>((value, key) => {
    const next = dictionary(value)[key]
    if (next === undefined) throw new Error(`${keys.join(' ')}: there is no "${key}".`)
    return next
  }, source)
}

function dictionary(value: Json | undefined): Dictionary {
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Error(`${JSON.stringify(value)} is not an object.`)
  return value
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

/** One object schema of everything that a request may carry beside its path: the form of a POST, the query of a GET. */
function taken(operation: Dictionary, described: string): Dictionary {
  if (operation.requestBody !== undefined) {
    const form = dictionary(dictionary(operation.requestBody).content)['application/x-www-form-urlencoded']
    const schema = dictionary(dictionary(form).schema)
    if (Object.keys(dictionary(schema.properties)).length > 0) return compact(schema)
  }
  const inQuery = list(operation.parameters)
    .map(dictionary)
    .filter((one) => one.in === 'query')
  const properties = Object.fromEntries(inQuery.map((one) => [String(one.name), compact(dictionary(one.schema))]))
  const required = inQuery.filter((one) => one.required === true).map((one) => one.name ?? null)
  if (described.includes('{') && required.length > 0) throw new Error(`${described} requires query parameters.`)
  return { type: 'object', properties, additionalProperties: false, ...(required.length > 0 ? { required } : {}) }
}

/** The schema without prose, references resolved, and closed: a name that Stripe does not know is an error there. */
function compact(schema: Dictionary): Dictionary {
  if (typeof schema.$ref === 'string') return compact(dictionary(at(...schema.$ref.replace('#/', '').split('/'))))
  const cut: Dictionary = {}
  for (const key of KEPT) if (schema[key] !== undefined) cut[key] = schema[key]
  if (schema.items !== undefined) cut.items = compact(dictionary(schema.items))
  if (schema.anyOf !== undefined) cut.anyOf = list(schema.anyOf).map((one) => compact(dictionary(one)))
  if (schema.properties !== undefined) {
    cut.properties = Object.fromEntries(
      Object.entries(dictionary(schema.properties)).map(([name, one]) => [name, compact(dictionary(one))]),
    )
    cut.additionalProperties = false
  } else if (typeof schema.additionalProperties === 'object') {
    cut.additionalProperties = compact(dictionary(schema.additionalProperties))
  }
  return cut
}

/** What an answer is certain to have, and the kind of each of its members, one level deep. */
function topLevel(schema: Dictionary): Dictionary {
  const members = Object.entries(dictionary(schema.properties)).map(([name, raw]): [string, Json] => {
    const member = dictionary(raw)
    const kind = typeof member.type === 'string' ? member.type : 'object'
    const type = member.nullable === true ? [kind, 'null'] : kind
    const values = list(member.enum)
    if (values.length === 0) return [name, { type }]
    return [name, { type, enum: member.nullable === true ? [...values, null] : values }]
  })
  return { type: 'object', required: schema.required ?? [], properties: Object.fromEntries(members) }
}
