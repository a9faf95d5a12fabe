import { type Static, Type } from 'typebox'
import type { FieldError, ProblemMembers } from '../errors/app-error.ts'
import { PROBLEM_CODES, PROBLEMS, type ProblemCode } from '../errors/catalog.ts'
import { Money } from './money.ts'
import { instant, lineOrEmpty, named, nullable, oneOf, PATTERN_MESSAGES, ref, shape } from './schema.ts'

/** How many field errors an answer lists; a body with more is mended in two rounds. */
const FIELD_ERRORS_MAX = 100

export const Problem = named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ maxLength: 120, description: '`/problems/<code>`.' }),
      title: Type.String({ maxLength: 120 }),
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      detail: Type.String({ maxLength: 1000, description: 'A sentence for the person who reads it.' }),
      instance: Type.String({ maxLength: 2048, description: 'The path that was asked for.' }),
      code: oneOf(PROBLEM_CODES, { description: 'Stable: programs decide by it.' }),
      requestId: Type.String({ maxLength: 100, description: 'Tell it to support.' }),
      errors: Type.Optional(
        Type.Array(
          shape({
            pointer: Type.String({
              maxLength: 500,
              description: 'JSON Pointer (RFC 6901) into the body or the query.',
            }),
            message: Type.String({ maxLength: 500 }),
          }),
          {
            maxItems: FIELD_ERRORS_MAX,
            description: 'With 422 `validation_failed`, `form_not_publishable` and 400 `invalid_query`.',
          },
        ),
      ),
      currentStatus: Type.Optional(Type.String({ maxLength: 40, description: 'With `invalid_state`.' })),
      price: Type.Optional(ref(Money)),
      refundable: Type.Optional(ref(Money)),
      deadline: Type.Optional(instant({ description: 'With `change_not_allowed`: until when it was allowed.' })),
      organization: Type.Optional(
        shape(
          {
            name: lineOrEmpty(120),
            supportEmail: lineOrEmpty(254),
            supportPhone: nullable(lineOrEmpty(40)),
            logoUrl: nullable(lineOrEmpty(2048)),
            primaryColor: lineOrEmpty(7),
          },
          { description: 'With 410: whom the customer may turn to.' },
        ),
      ),
    },
    {
      description: 'Why the API said no (RFC 9457).',
      examples: [
        {
          type: '/problems/request_already_claimed',
          title: PROBLEMS.request_already_claimed.title,
          status: 409,
          detail: PROBLEMS.request_already_claimed.detail,
          instance: '/v1/organizations/demo/requests/01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07/claim',
          code: 'request_already_claimed',
          requestId: '01939b2c-8a11-7c3f-9a52-0d2b7f6e4a10',
        },
      ],
    },
  ),
)
export type Problem = Static<typeof Problem>

/** What this caller may do now, and if not, why: computed by the same rule that would refuse the command. */
export const Action = named(
  'Action',
  Type.Object(
    {
      allowed: Type.Boolean(),
      reason: nullable(oneOf(PROBLEM_CODES), {
        description: 'The problem code that the command would answer; null when allowed.',
      }),
    },
    {
      description: 'Whether this caller may do it now.',
      examples: [
        { allowed: true, reason: null },
        { allowed: false, reason: 'session_not_ended' },
      ],
    },
  ),
)
export type Action = Static<typeof Action>

/** The body of a refusal, built from this fixed list of fields and nothing else. `path` comes without its query. */
export function problemBody(
  code: ProblemCode,
  members: ProblemMembers,
  context: { path: string; requestId: string },
): Problem {
  const { status, title, detail } = PROBLEMS[code]
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: members.detail ?? detail,
    instance: context.path.slice(0, 2048),
    code,
    requestId: context.requestId,
    ...(members.errors === undefined ? {} : { errors: members.errors.slice(0, FIELD_ERRORS_MAX) }),
    ...(members.currentStatus === undefined ? {} : { currentStatus: members.currentStatus }),
    ...(members.price === undefined ? {} : { price: members.price }),
    ...(members.refundable === undefined ? {} : { refundable: members.refundable }),
    ...(members.deadline === undefined ? {} : { deadline: members.deadline }),
    ...(members.organization === undefined ? {} : { organization: members.organization }),
  }
}

/** What the validator says about one value, as far as it is read here. */
export interface ValidationIssue {
  keyword: string
  instancePath: string
  params: Record<string, unknown>
  message?: string | undefined
}

/** The validator's findings as fields and sentences, each field once. */
export function fieldErrors(issues: readonly ValidationIssue[]): FieldError[] {
  const byPointer = new Map<string, string>()
  for (const issue of issues) {
    // A choice reports each of its branches; the choice itself says it in one sentence.
    const choice = issues.some(
      (other) =>
        other !== issue &&
        (other.keyword === 'anyOf' || other.keyword === 'oneOf') &&
        issue.instancePath.startsWith(other.instancePath),
    )
    if (choice || issue.keyword === 'if') continue
    const pointer = pointerOf(issue)
    if (!byPointer.has(pointer)) byPointer.set(pointer, sentence(issue))
  }
  return [...byPointer]
    .slice(0, FIELD_ERRORS_MAX)
    .map(([pointer, message]) => ({ pointer: pointer.slice(0, 500), message }))
}

function pointerOf(issue: ValidationIssue): string {
  const property =
    issue.keyword === 'required'
      ? issue.params.missingProperty
      : issue.keyword === 'additionalProperties'
        ? issue.params.additionalProperty
        : issue.keyword === 'propertyNames'
          ? issue.params.propertyName
          : undefined
  if (typeof property !== 'string') return issue.instancePath
  return `${issue.instancePath}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

const FORMAT_MESSAGES: Readonly<Record<string, string>> = {
  email: 'Must be an email address.',
  uuid: 'Must be an id.',
  'date-time': 'Must be an instant in UTC, like 2026-11-24T16:30:00Z.',
  date: 'Must be a date, like 2026-11-24.',
  uri: 'Must be a full web address.',
  'time-zone': 'Must be an IANA time zone name, like America/Chicago.',
}

function sentence(issue: ValidationIssue): string {
  const { params } = issue
  switch (issue.keyword) {
    case 'required':
      return 'Is required.'
    case 'additionalProperties':
    case 'propertyNames':
      return 'Is not a known field.'
    case 'type': {
      const types = Array.isArray(params.type) ? params.type : [params.type]
      return `Must be ${types.map((type) => TYPE_WORDS[String(type)] ?? String(type)).join(' or ')}.`
    }
    case 'enum': {
      const values = Array.isArray(params.allowedValues) ? params.allowedValues : []
      return `Must be one of: ${values.map(String).join(', ')}.`.slice(0, 500)
    }
    case 'const':
      return `Must be ${JSON.stringify(params.allowedValue)}.`
    case 'minLength':
      return params.limit === 1 ? 'Must not be empty.' : `Must have at least ${params.limit} characters.`
    case 'maxLength':
      return `Must have at most ${params.limit} characters.`
    case 'minItems':
      return params.limit === 1 ? 'Must have at least one entry.' : `Must have at least ${params.limit} entries.`
    case 'maxItems':
      return params.limit === 1 ? 'Must have at most one entry.' : `Must have at most ${params.limit} entries.`
    case 'uniqueItems':
      return 'Must not have the same entry twice.'
    case 'minProperties':
      return 'Must have at least one field.'
    case 'maxProperties':
      return `Must have at most ${params.limit} fields.`
    case 'minimum':
      return `Must be at least ${params.limit}.`
    case 'maximum':
      return `Must be at most ${params.limit}.`
    case 'multipleOf':
      return `Must be a multiple of ${params.multipleOf}.`
    case 'format':
      return FORMAT_MESSAGES[String(params.format)] ?? 'Has a form that is not accepted.'
    case 'pattern':
      return PATTERN_MESSAGES.get(String(params.pattern)) ?? 'Has a form that is not accepted.'
    default:
      return 'Has a value that is not accepted.'
  }
}
