import { createApi } from './api.ts'
import { learnProductClock } from './product-clock.ts'
import { currentAccessToken } from './sign-in-session.ts'

/**
 * Sends with the access token of whoever is signed in. A token that the API refuses is refreshed and the request sent
 * once more; a second refusal is the answer.
 */
export async function sendSignedIn(outgoing: Request): Promise<Response> {
  const again = outgoing.clone()
  const first = await currentAccessToken()
  if (first !== null) outgoing.headers.set('Authorization', `Bearer ${first}`)
  const response = await globalThis.fetch(outgoing)
  learnProductClock(response)
  if (response.status !== 401 || first === null) return response
  const second = await currentAccessToken(first)
  if (second === null) return response
  again.headers.set('Authorization', `Bearer ${second}`)
  return await globalThis.fetch(again)
}

/** The API as the signed-in person sees it. */
export const api = createApi(sendSignedIn)
