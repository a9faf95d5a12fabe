import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'

type Build = ReturnType<typeof SerializerSelector>
type Compile = ReturnType<Build>

/**
 * The functions that write answers, one for each distinct schema. Most routes answer with the same few shapes and the
 * same problems; compiling each of them once instead of once a route takes most of the work out of starting.
 */
export function serializersOf(...[shapes, options]: Parameters<Build>): Compile {
  const compile = SerializerSelector()(shapes, options)
  const made = new Map<string, ReturnType<Compile>>()
  return (route) => {
    const key = JSON.stringify(route.schema)
    const known = made.get(key)
    if (known !== undefined) return known
    const serializer = compile(route)
    made.set(key, serializer)
    return serializer
  }
}
