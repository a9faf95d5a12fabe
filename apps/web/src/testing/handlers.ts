import type { ProblemCode, paths } from '@ordinatus/api-client'
import { HttpResponse, http } from 'msw'

type Method = 'get' | 'post' | 'patch' | 'put' | 'delete'

/** The paths of the contract that know a method. */
type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never
}[keyof paths] &
  string

type Responses<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: { responses: infer R } }
  ? R
  : never

type JsonOf<R> = R extends { content: { 'application/json': infer Body } } ? Body : undefined

/** The body of the successful answer, as the contract promises it. */
type Success<P extends keyof paths, M extends Method> = {
  [S in keyof Responses<P, M>]: S extends 200 | 201 | 202 | 204 ? JsonOf<Responses<P, M>[S]> : never
}[keyof Responses<P, M>]

export type Received = { request: Request; params: Record<string, string | readonly string[] | undefined> }

/** A refusal, for a handler to return. */
export function refusal(status: number, code: ProblemCode, extra: Record<string, unknown> = {}): HttpResponse<string> {
  return new HttpResponse(
    JSON.stringify({
      type: `/problems/${code}`,
      title: code,
      status,
      detail: code,
      instance: '/',
      code,
      requestId: 'req-test-1',
      ...extra,
    }),
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  )
}

/**
 * A typed handler: path, method and body are those of the contract, so a stand-in cannot answer what the API never would.
 */
export function respond<M extends Method, P extends PathWith<M>>(
  method: M,
  path: P,
  body: (received: Received) => Success<P, M> | HttpResponse<string> | Promise<Success<P, M> | HttpResponse<string>>,
  status = 200,
) {
  const pattern = `*${path.replaceAll(/\{(\w+)\}/g, ':$1')}`
  return http[method](pattern, async ({ request, params }) => {
    const answer = await body({ request, params })
    if (answer instanceof Response) return answer
    if (answer === undefined) return new HttpResponse(null, { status: 204 })
    return new HttpResponse(JSON.stringify(answer), { status, headers: { 'Content-Type': 'application/json' } })
  })
}
