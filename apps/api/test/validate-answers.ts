import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

interface Answer {
  content?: Record<string, { schema?: object }>
}
interface Operation {
  responses?: Record<string, Answer | { $ref: string }>
}
interface Document {
  components?: { responses?: Record<string, Answer> }
  paths: Record<string, Record<string, Operation>>
}

/** How an OpenAPI path template looks as a pattern for real paths. */
function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^/}]+\}/g, '[^/]+')}$`)
}

/**
 * Checks each answer against what the OpenAPI document of the same app promises for that operation and status: an
 * undeclared status or a body that does not fit its schema fails the test. Fastify's serializer alone would let a wrong
 * enum value through.
 */
export function validatesAnswers(app: FastifyInstance) {
  const document = app.swagger() as unknown as Document
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true })
  addFormats.default(ajv)
  ajv.addFormat('time-zone', true)
  ajv.addSchema({ ...document, $id: 'openapi.json' } as object)
  const paths = Object.keys(document.paths)
    .map((template) => ({ template, pattern: patternOf(template) }))
    // A fixed segment is a better match than a parameter.
    .sort((a, b) => (a.template.match(/\{/g)?.length ?? 0) - (b.template.match(/\{/g)?.length ?? 0))

  return (method: string, url: string, answer: LightMyRequestResponse): void => {
    const path = url.split('?', 1)[0] ?? ''
    const found = paths.find((one) => one.pattern.test(path))
    if (found === undefined || method === 'HEAD') return
    const operation = document.paths[found.template]?.[method.toLowerCase()]
    if (operation === undefined) return
    const status = String(answer.statusCode)
    const declared = [status, `${status[0]}xx`, `${status[0]}XX`, 'default'].find(
      (key) => operation.responses?.[key] !== undefined,
    )
    if (declared === undefined)
      throw new Error(
        `${method} ${found.template} answered ${status}, which its contract does not declare: ${answer.body}`,
      )
    const contentType = String(answer.headers['content-type'] ?? '').split(';', 1)[0] ?? ''
    const answerInPlace = operation.responses?.[declared]
    const shared =
      answerInPlace !== undefined && '$ref' in answerInPlace ? (answerInPlace.$ref.split('/').at(-1) ?? '') : null
    const content =
      shared === null ? (answerInPlace as Answer).content : document.components?.responses?.[shared]?.content
    if (shared !== null && content === undefined) throw new Error(`${shared} is no shared answer of the document`)
    if (content === undefined || !contentType.includes('json')) return
    const mediaType = content[contentType] === undefined ? 'application/json' : contentType
    const place =
      shared === null
        ? ['paths', found.template, method.toLowerCase(), 'responses', declared]
        : ['components', 'responses', shared]
    const pointer = [...place, 'content', mediaType, 'schema']
      .map((segment) => segment.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/')
    const validate = ajv.getSchema(`openapi.json#/${pointer}`)
    if (validate === undefined)
      throw new Error(`${method} ${found.template} ${status} has no schema for ${contentType}`)
    if (!validate(JSON.parse(answer.body)))
      throw new Error(
        `${method} ${found.template} answered ${status} with a body that does not fit its schema: ${ajv.errorsText(validate.errors)}\n${answer.body}`,
      )
  }
}
