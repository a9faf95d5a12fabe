import { Ajv, type AnySchema, type Options, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { isTimeZone } from '../domain/zoned-time.ts'

const OPTIONS: Options = {
  // Bounded everywhere, so that finding every error costs little.
  allErrors: true,
  removeAdditional: false,
  useDefaults: true,
  allowUnionTypes: true,
  // Own properties only: `constructor` and `toString` are no fields.
  ownProperties: true,
}

/**
 * The two validators: bodies and headers are taken as they are; what comes in the address is text, so queries and
 * parameters are read as the numbers, flags and lists that their schemas ask for.
 */
export function validatorsOf(shapes: Record<string, AnySchema | AnySchema[]>): (part: unknown) => ValidateFunction {
  const exact = validator(shapes, OPTIONS)
  const coercing = validator(shapes, { ...OPTIONS, coerceTypes: 'array' })
  function compile(schema: AnySchema, httpPart: string | undefined): ValidateFunction {
    if (httpPart === 'headers') return exact.compile(withLowerCaseNames(schema))
    return (httpPart === 'querystring' || httpPart === 'params' ? coercing : exact).compile(schema)
  }
  // Many routes share their headers, their paging and their parameters.
  const made = new Map<string, ValidateFunction>()
  return (part) => {
    // Fastify's own type says a bare schema; it passes the schema and which part of the request it is for.
    const { schema, httpPart } = part as { schema: AnySchema; httpPart?: string }
    const key = `${httpPart} ${JSON.stringify(schema)}`
    const validate = made.get(key) ?? compile(schema, httpPart)
    made.set(key, validate)
    return validate
  }
}

/** Header names as Node hands them over; Fastify does this itself only for its own validator. */
function withLowerCaseNames(schema: AnySchema): AnySchema {
  if (typeof schema !== 'object' || typeof schema.properties !== 'object') return schema
  const properties = Object.entries(schema.properties as object).map(([name, value]) => [name.toLowerCase(), value])
  const required = Array.isArray(schema.required) ? schema.required.map((name: string) => name.toLowerCase()) : []
  return { ...schema, properties: Object.fromEntries(properties), required }
}

function validator(shapes: Record<string, AnySchema | AnySchema[]>, options: Options): Ajv {
  const ajv = new Ajv(options)
  // ajv-formats is CommonJS; its function is the module itself at run time.
  const formats = addFormats as unknown as (ajv: Ajv) => Ajv
  formats(ajv)
  ajv.addFormat('time-zone', { type: 'string', validate: isTimeZone })
  for (const shape of Object.values(shapes)) ajv.addSchema(shape)
  return ajv
}
