import type { components, paths } from '@ordinatus/api-client'
import createClient, { type Client } from 'openapi-fetch'
import { ApiProblem, NoAnswer } from './problem.ts'

export type Schemas = components['schemas']
export type Api = Client<paths>

/** Sends through the fetch of the moment, so that a test's stand-in is met as well. */
const sendNow = (outgoing: Request): Promise<Response> => globalThis.fetch(outgoing)

/** A client of the API on this origin; `send` may add credentials to what goes out. */
export function createApi(send: (outgoing: Request) => Promise<Response> = sendNow): Api {
  // The origin is named because outside a browser's page a bare path is no address.
  return createClient<paths>({ baseUrl: globalThis.location.origin, fetch: send })
}

/** The API without credentials: public forms, sign-in. */
export const publicApi: Api = createApi()

/** The API for the bearer of a link: a scheduling, return, manage or feedback token, sent as a header and never in a URL. */
export function linkApi(linkToken: string): Api {
  return createApi((outgoing) => {
    outgoing.headers.set('Authorization', `Bearer ${linkToken}`)
    return sendNow(outgoing)
  })
}

type Outcome = { data?: unknown; error?: unknown; response: Response }

/** The body of a successful call. Throws `ApiProblem` for a refusal and `NoAnswer` when nothing came back. */
export async function answer<Result extends Outcome>(call: Promise<Result>): Promise<NonNullable<Result['data']>> {
  let outcome: Result
  try {
    outcome = await call
  } catch (error) {
    if (error instanceof ApiProblem) throw error
    throw new NoAnswer(error)
  }
  if (!outcome.response.ok) {
    const body = outcome.error
    throw new ApiProblem(
      outcome.response.status,
      typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
    )
  }
  return outcome.data as NonNullable<Result['data']>
}
