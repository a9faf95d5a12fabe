/** Where the server puts the answer about the session into the booking page's HTML (`web/shells.ts` in the API). */
const EARLY_ANSWER_ID = 'early-scheduling'

interface EarlyAnswer {
  status: number
  contentType: string
  body: string
}

/**
 * Sends a request for the session behind the page's scheduling link, or takes the answer that came along with the page's
 * HTML. That answer is good for one reading; a page served without one, as in development, asks as ever.
 */
export async function sendOrTakeEarly(request: Request): Promise<Response> {
  const element = document.getElementById(EARLY_ANSWER_ID)
  if (element === null || request.headers.get('Authorization') !== `Bearer ${schedulingTokenOf(location.pathname)}`)
    return fetch(request)
  element.remove()
  const early = JSON.parse(element.textContent ?? '') as EarlyAnswer
  return new Response(early.body, { status: early.status, headers: { 'content-type': early.contentType } })
}

function schedulingTokenOf(pathname: string): string | undefined {
  return /^\/book\/([\w-]+)\/?$/.exec(pathname)?.[1]
}
