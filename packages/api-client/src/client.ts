import createFetchClient, { type Client, type ClientOptions } from 'openapi-fetch'
import type { paths } from './schema.gen.ts'

export { isProblem, Problem, type ProblemBody, type ProblemCode, problemOf } from './problem.ts'
export type { components, operations, paths } from './schema.gen.ts'

export interface ApiClientOptions {
  /** Where the API answers, without a trailing slash. Default: the page's own origin. */
  baseUrl?: string
  /** The bearer credential of each request: an access token, an API key, a link's secret; null sends none. */
  credential?: () => string | null | Promise<string | null>
  /** Headers of every request. */
  headers?: ClientOptions['headers']
  /** Instead of the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>
}

/** The typed client of the Ordinatus API: one method per HTTP verb, paths and shapes checked by the compiler. */
export type ApiClient = Client<paths, `${string}/${string}`>

/**
 * Makes a client of the Ordinatus API.
 *
 * Calls answer `{data}` or `{error}`; nothing is thrown for a refusal (see `problemOf`), only when the network fails.
 * `credential` is asked before each request, so that it may refresh what it hands out. An `Authorization` header that a
 * single call brings along is kept.
 */
export function createApiClient(options: ApiClientOptions = {}): ApiClient {
  const client = createFetchClient<paths>({
    baseUrl: options.baseUrl ?? '',
    credentials: 'same-origin',
    // Looked up at each call, so that tests and service workers may replace it later.
    fetch: options.fetch ?? ((request) => globalThis.fetch(request)),
    ...(options.headers === undefined ? {} : { headers: options.headers }),
  })
  const { credential } = options
  if (credential !== undefined) {
    client.use({
      async onRequest({ request }) {
        if (request.headers.has('Authorization')) return undefined
        const secret = await credential()
        if (secret !== null) request.headers.set('Authorization', `Bearer ${secret}`)
        return request
      },
    })
  }
  return client as ApiClient
}
