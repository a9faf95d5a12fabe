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

type LiveType = 'request_added' | 'request_changed' | 'request_removed' | 'booking_changed'

/** A live stream that stays open and says what a test sends through it. */
export function stream() {
  const writers = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const bytes = new TextEncoder()
  const handler = http.get('*/v1/organizations/:org/events', () => {
    let own: ReadableStreamDefaultController<Uint8Array> | null = null
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        own = controller
        writers.add(controller)
        controller.enqueue(bytes.encode(': open\n\n'))
      },
      cancel() {
        if (own !== null) writers.delete(own)
      },
    })
    return new HttpResponse(body, { headers: { 'Content-Type': 'text/event-stream' } })
  })
  const send = (type: LiveType, about: { requestId?: string; bookingId?: string; status?: string }) => {
    const data = {
      id: 'e1',
      type,
      occurredAt: '2026-11-22T10:00:00Z',
      requestId: null,
      bookingId: null,
      status: null,
      version: 1,
      ...about,
    }
    for (const writer of writers)
      writer.enqueue(bytes.encode(`id: e1\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`))
  }
  return { handler, send, isOpen: () => writers.size > 0 }
}
