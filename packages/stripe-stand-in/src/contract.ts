import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FormFields, FormValue } from './form-encoding.ts'
import { NEWER_PARAMETERS, type Schema } from './newer-parameters.ts'
import { invalidRequest, type StripeError } from './stripe-error.ts'

/** Our names of Stripe's operations. */
export const OPERATION_NAMES = [
  'createCheckoutSession',
  'listCheckoutSessions',
  'getCheckoutSession',
  'expireCheckoutSession',
  'createRefund',
  'listRefunds',
  'getRefund',
  'getPaymentIntent',
  'getCharge',
  'listCharges',
  'getDispute',
  'listDisputes',
  'getBalance',
  'getAccount',
  'getEvent',
  'listEvents',
] as const
export type OperationName = (typeof OPERATION_NAMES)[number]

interface Operation {
  method: string
  path: string
  takes: Schema & { properties: { [parameter: string]: Schema } }
}

interface Contract {
  source: string
  operations: { [name in OperationName]: Operation }
  answers: { [resource: string]: Schema }
}

const CONTRACT = JSON.parse(
  readFileSync(new URL('../fixtures/contract.json', import.meta.url), 'utf8'),
) as unknown as Contract

// Texts become numbers and booleans where the contract wants them: a form has nothing but texts.
const ajv = new Ajv({ strict: false, allErrors: false, coerceTypes: true })

const VALIDATORS = new Map<OperationName, ValidateFunction>(
  OPERATION_NAMES.map((name) => {
    const { takes } = CONTRACT.operations[name]
    return [name, ajv.compile({ ...takes, properties: { ...takes.properties, ...NEWER_PARAMETERS[name] } })]
  }),
)

const ANSWERS = new Map(Object.entries(CONTRACT.answers).map(([name, schema]) => [name, ajv.compile(schema)]))

const ROUTES = OPERATION_NAMES.map((name) => {
  const { method, path } = CONTRACT.operations[name]
  const pattern = path.replaceAll('.', '\\.').replace(/\{[a-z]+\}/, '([A-Za-z0-9_]+)')
  return { name, method, pattern: new RegExp(`^${pattern}$`) }
})

/** Which operation a request is, and the id in its path; null when it is none of ours. */
export function operationOf(method: string, path: string): { name: OperationName; id: string | null } | null {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(path) : null
    if (match !== null) return { name: route.name, id: match[1] ?? null }
  }
  return null
}

/** The same values with numbers and booleans in them. */
export type Parameters = { [key: string]: ParameterValue }
export type ParameterValue = FormValue | number | boolean | ParameterValue[] | { [key: string]: ParameterValue }

/**
 * Checks what a request carries against the contract; answers the values in their own kinds, or Stripe's refusal: an
 * unknown parameter, one of the wrong kind, one that is missing.
 */
export function checkParameters(
  name: OperationName,
  fields: FormFields,
): { parameters: Parameters; refusal: null } | { parameters: null; refusal: StripeError } {
  const validate = VALIDATORS.get(name)
  if (validate === undefined) throw new Error(`There is no operation ${name}.`)
  const parameters = structuredClone(fields) as Parameters
  if (validate(parameters)) return { parameters, refusal: null }
  return { parameters: null, refusal: refusalOf(deepest(validate.errors ?? []), fields) }
}

/** What is wrong with one of our own answers, by the contract; null when nothing is. */
export function faultOfAnswer(resource: string, answer: unknown): string | null {
  const validate = ANSWERS.get(resource)
  if (validate === undefined) return `The contract has no ${resource}.`
  const before = structuredClone(answer)
  return validate(before) ? null : ajv.errorsText(validate.errors, { dataVar: resource })
}

/** Of the errors that a choice between shapes gives, the one that got furthest says most. */
function deepest(errors: readonly ErrorObject[]): ErrorObject {
  const [best] = errors
    .filter((error) => error.keyword !== 'anyOf')
    .sort((a, b) => b.instancePath.length - a.instancePath.length)
  const found = best ?? errors[0]
  if (found === undefined) throw new Error('A check that fails says why.')
  return found
}

function refusalOf(error: ErrorObject, fields: FormFields): StripeError {
  const parameter = bracketed(error.instancePath)
  switch (error.keyword) {
    case 'additionalProperties': {
      const param = within(parameter, String(error.params.additionalProperty))
      return invalidRequest(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param })
    }
    case 'required': {
      const param = within(parameter, String(error.params.missingProperty))
      return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
    }
    case 'type': {
      const wanted = String(error.params.type)
      const code = wanted === 'integer' ? 'parameter_invalid_integer' : undefined
      return invalidRequest(`Invalid ${wanted}: ${textAt(fields, error.instancePath)}`, { code, param: parameter })
    }
    default:
      return invalidRequest(`Invalid ${parameter}: ${error.message ?? error.keyword}`, { param: parameter })
  }
}

/** `/line_items/0/quantity` as `line_items[0][quantity]`. */
function bracketed(pointer: string): string {
  const [first = '', ...rest] = pointer.slice(1).split('/')
  return [first, ...rest.map((part) => `[${part}]`)].join('')
}

function within(group: string, name: string): string {
  return group === '' ? name : `${group}[${name}]`
}

function textAt(fields: FormFields, pointer: string): string {
  let value: unknown = fields
  for (const part of pointer.slice(1).split('/')) value = (value as { [key: string]: unknown } | undefined)?.[part]
  return typeof value === 'string' ? value : JSON.stringify(value)
}
