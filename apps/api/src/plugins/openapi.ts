import { createHash } from 'node:crypto'
import swagger from '@fastify/swagger'
import scalar from '@scalar/fastify-api-reference'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { PROBLEMS, type ProblemCode } from '../errors/catalog.ts'
import { type Audience, isApiKeyAudience, isPersonAudience, isTokenAudience } from './audience.ts'
import { problemsOf } from './errors.ts'

const DESCRIPTION = `Ordinatus runs paid one-to-one sessions: a customer asks for help, the right trainers hear of it, the first to claim it
owns it, the customer books and pays through a link, and the trainer runs and closes the session.

**Style.** JSON in camelCase. Ids are UUIDv7. Instants are RFC 3339 in UTC with \`Z\`; time zones are IANA names beside them; wall-clock
times are \`HH:MM\`, dates \`YYYY-MM-DD\`. Money is an integer of minor units with its currency. Durations end in \`Minutes\`.

**Lists** answer \`{data, nextCursor}\`. Rows that are added while you page are neither repeated nor skipped.

**State changes are commands.** A command whose result already holds answers 200 and does nothing. Send an \`Idempotency-Key\` with
every command that you might repeat: the same key and body get the same answer again for 72 hours, with \`Idempotent-Replayed: true\`.

**Refusals** are \`application/problem+json\` (RFC 9457). Programs decide by \`code\`; \`detail\` is for people.

**Ask what is allowed.** Resources carry \`actions\`: what this caller may do now, from the same rule that would refuse the command.`

const TAGS = [
  { name: 'Sign-in', description: 'Accounts, access tokens and the refresh cookie.' },
  { name: 'Me', description: 'The signed-in person.' },
  { name: 'My availability', description: 'When the signed-in person can be booked, in every organization.' },
  { name: 'Public forms', description: 'What customers fill in. No sign-in.' },
  { name: 'Requests', description: 'From the submission to the scheduling link.' },
  { name: 'Booking page', description: 'What a customer does through a scheduling link.' },
  { name: 'Bookings', description: 'Booked sessions: payment, delivery, completion.' },
  { name: 'Feedback', description: 'The customer’s rating.' },
  { name: 'Payments', description: 'What customers were asked to pay and what became of it.' },
  { name: 'Payouts', description: 'What trainers are owed.' },
  { name: 'Organization', description: 'Settings and people.' },
  { name: 'Session types', description: 'What is sold.' },
  { name: 'API keys', description: 'Keys for integrators.' },
  { name: 'Health', description: 'For whoever keeps the service running.' },
  { name: 'Live updates', description: 'Server-sent events for dashboards.' },
]

const SECURITY_SCHEMES = {
  accessToken: {
    type: 'http' as const,
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A person’s access token, from `logIn` or `refreshSession`; 15 minutes.',
  },
  apiKey: {
    type: 'http' as const,
    scheme: 'bearer',
    bearerFormat: 'ord_…',
    description: 'An organization’s API key with the scope that the operation names.',
  },
  schedulingToken: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'The secret of a scheduling link (`/book/{token}`).',
  },
  returnToken: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'The secret of the checkout’s return link (`/book/return/{returnToken}`).',
  },
  feedbackToken: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'The secret of a feedback link (`/feedback/{token}`).',
  },
  refreshCookie: {
    type: 'apiKey' as const,
    in: 'cookie' as const,
    name: 'ordinatus_refresh',
    description: 'The rotating refresh token, HttpOnly; named `__Host-ordinatus_refresh` in production.',
  },
}

type SecurityRequirement = Record<string, string[]>

function securityOf(audiences: readonly Audience[]): SecurityRequirement[] {
  const requirements: SecurityRequirement[] = []
  if (audiences.some(isPersonAudience)) requirements.push({ accessToken: [] })
  if (audiences.some(isApiKeyAudience))
    requirements.push({ apiKey: audiences.filter(isApiKeyAudience).map((audience) => audience.apiKey) })
  for (const audience of audiences)
    if (typeof audience === 'string' && isTokenAudience(audience)) requirements.push({ [audience]: [] })
  return requirements
}

const AUDIENCE_WORDS: Readonly<Record<string, string>> = {
  user: 'any signed-in person',
  member: 'any active member of the organization',
  trainer: 'trainers of the organization',
  orgAdmin: 'Organizational Admins',
  schedulingToken: 'the holder of a scheduling link',
  returnToken: 'the holder of a checkout return link',
  manageToken: 'the holder of a manage link',
  feedbackToken: 'the holder of a feedback link',
}

function audienceSentence(audiences: readonly Audience[]): string {
  if (audiences.includes('public')) return 'For anyone.'
  const words = audiences.map((audience) =>
    typeof audience === 'string' ? AUDIENCE_WORDS[audience] : `API keys with \`${audience.apiKey}\``,
  )
  return `For ${words.join(', and ')}.`
}

const RETRY_AFTER = { 'Retry-After': { type: 'integer', description: 'Seconds to wait.' } }

/** One response per status, naming the codes that this route can answer with. */
function problemResponses(codes: readonly ProblemCode[]): Record<string, unknown> {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of codes) byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code])
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, ofStatus]) => [
        String(status),
        {
          description: ofStatus.map((code) => `\`${code}\``).join(', '),
          ...(status === 429 || status === 503 ? { headers: RETRY_AFTER } : {}),
          content: {
            'application/problem+json': {
              schema: {
                allOf: [
                  { $ref: 'Problem#' },
                  { type: 'object', properties: { code: { type: 'string', enum: ofStatus } } },
                ],
              },
            },
          },
        },
      ]),
  )
}

type DocumentedSchema = FastifySchema & {
  description?: string
  security?: readonly SecurityRequirement[]
  hide?: boolean
}

/** A route's schema as the contract shows it: who may call it, with what credential, and every refusal by status. */
function documented(route: RouteOptions): DocumentedSchema {
  const schema = (route.schema ?? {}) as DocumentedSchema
  const audiences = route.config?.audience ?? []
  const { '4xx': _4xx, '5xx': _5xx, ...answers } = (schema.response ?? {}) as Record<string, unknown>
  return {
    ...schema,
    description: `${schema.description ?? ''}\n\n${audienceSentence(audiences)}`.trim(),
    security: schema.security ?? securityOf(audiences),
    response: { ...answers, ...problemResponses(problemsOf(route)) },
  }
}

interface Answer {
  $ref?: string
  description?: string
  headers?: Record<string, unknown>
  content?: Record<string, unknown>
}

interface Operation {
  requestBody?: { required?: boolean; content: Record<string, { schema?: { required?: unknown[] } }> }
  responses: Record<string, Answer>
  parameters?: { in: string; name: string }[]
}

/** Small corrections that the generator has no switch for. */
function corrected(document: {
  paths?: Record<string, Record<string, Operation>>
  components?: { responses?: Record<string, Answer> }
}) {
  const refusals: Record<string, Answer> = {}
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path)) {
      // A body in which nothing is required may be left out altogether.
      const schema = operation.requestBody?.content['application/json']?.schema
      if (operation.requestBody !== undefined && schema !== undefined && !schema.required?.length)
        operation.requestBody.required = false
      if (
        operation.parameters?.some((parameter) => parameter.in === 'header' && parameter.name === 'Idempotency-Key')
      ) {
        for (const [status, response] of Object.entries(operation.responses)) {
          if (!status.startsWith('2')) continue
          response.headers = {
            ...response.headers,
            'Idempotent-Replayed': {
              description: '`true` when this is the kept answer of an earlier request with the same key.',
              schema: { type: 'string', enum: ['true'] },
            },
          }
        }
      }
      // Refusals are written once each and pointed to: most operations share most of them.
      for (const [status, answer] of Object.entries(operation.responses)) {
        if (answer.content?.['application/problem+json'] === undefined || answer.description === undefined) continue
        const name = answer.description.replaceAll('`', '').replaceAll(', ', '-or-')
        refusals[name] = answer
        operation.responses[status] = { $ref: `#/components/responses/${name}` }
      }
    }
  }
  document.components = { ...document.components, responses: refusals }
  return document
}

/** The page of the docs starts itself by one script in its text, allowed by its hash; the viewer writes its own styles. */
function docsPolicy(page: string): string {
  const hashes = [...page.matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self' data:",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "worker-src 'self' blob:",
  ].join('; ')
}

/** The contract: `GET /v1/openapi.json`, browsable at `/docs`. Registered before the routes, so that it sees them all. */
export const openapiPlugin = fastifyPlugin(
  async (app: FastifyInstance) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Ordinatus API',
          version: '1',
          description: DESCRIPTION,
          license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' } as { name: string },
        },
        servers: [{ url: '/', description: 'This server.' }],
        tags: TAGS,
        components: { securitySchemes: SECURITY_SCHEMES },
      },
      refResolver: {
        buildLocalReference: (json, _base, _fragment, index) =>
          typeof json.$id === 'string' ? json.$id : `shape-${index}`,
      },
      transform: ({ url, route }) => ({ url, schema: documented(route as RouteOptions) }),
      transformObject: (documents) =>
        'openapiObject' in documents ? (corrected(documents.openapiObject as never) as never) : documents.swaggerObject,
    })

    app.get('/v1/openapi.json', { config: { audience: ['public'] }, schema: { hide: true } }, async () => app.swagger())

    await app.register(async (docs) => {
      docs.addHook('onRoute', (route) => {
        route.config = { ...route.config, audience: ['public'] }
        route.schema = { ...route.schema, hide: true }
      })
      docs.addHook('onSend', async (_request, reply, payload) => {
        if (typeof payload === 'string') reply.header('content-security-policy', docsPolicy(payload))
        return payload
      })
      await docs.register(scalar, {
        routePrefix: '/docs',
        configuration: {
          url: '/v1/openapi.json',
          title: 'Ordinatus API',
          telemetry: false,
          agent: { disabled: true },
          mcp: { disabled: true },
          showDeveloperTools: 'never',
          withDefaultFonts: false,
        },
      })
    })
  },
  { name: 'openapi', dependencies: ['errors'] },
)
