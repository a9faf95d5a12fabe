import { type ApiClient, type components, createApiClient, problemOf } from '@ordinatus/api-client'
import { ApiProblem, NoAnswer } from './problem.ts'

export type Schemas = components['schemas']

/** A client of the API on this origin; `send` may add credentials to what goes out. */
export function createApi(send?: (outgoing: Request) => Promise<Response>): ApiClient {
  // The origin is named because outside a browser's page a bare path is no address.
  return createApiClient({ baseUrl: globalThis.location.origin, ...(send === undefined ? {} : { fetch: send }) })
}

/** The API without credentials: public forms, sign-in. */
export const publicApi: ApiClient = createApi()

/** The API for the bearer of a link: a scheduling, return, manage or feedback token, sent as a header and never in a URL. */
export function linkApi(linkToken: string): ApiClient {
  return createApiClient({ baseUrl: globalThis.location.origin, credential: () => linkToken })
}

type Outcome = { data?: unknown; error?: unknown; response: Response }

/** The body of a successful call. Throws `ApiProblem` for a refusal and `NoAnswer` when nothing came back. */
export async function answer<Result extends Outcome>(call: Promise<Result>): Promise<NonNullable<Result['data']>> {
  let outcome: Result
  try {
    outcome = await call
  } catch (error) {
    throw error instanceof NoAnswer || error instanceof ApiProblem ? error : new NoAnswer(error)
  }
  if (!outcome.response.ok) {
    const { body, retryAfterSeconds } = problemOf(outcome.error, outcome.response)
    throw new ApiProblem(body, retryAfterSeconds)
  }
  return outcome.data as NonNullable<Result['data']>
}
