import { afterEach, beforeEach, expect, test } from 'vitest'
import { respond } from '../testing/handlers.ts'
import { server } from '../testing/server.ts'
import { schedulingQuery } from './features/scheduling/queries.ts'
import { schedulingOf } from './testing/customer-fixtures.ts'

/** The page as the server sends it to whoever opens this address. */
function open(pathname: string, answer: { status: number; body: unknown }): void {
  history.replaceState(null, '', pathname)
  const element = document.createElement('script')
  element.id = 'early-scheduling'
  element.type = 'application/json'
  element.textContent = JSON.stringify({
    status: answer.status,
    contentType: answer.status === 200 ? 'application/json' : 'application/problem+json',
    body: JSON.stringify(answer.body),
  })
  document.head.append(element)
}

let readings: string[] = []

beforeEach(() => {
  readings = []
  server.use(
    respond('get', '/v1/scheduling', ({ request }) => {
      readings.push(request.headers.get('Authorization') ?? 'nobody')
      return schedulingOf({ reference: `R-${readings.length}` })
    }),
  )
})

afterEach(() => {
  document.getElementById('early-scheduling')?.remove()
  history.replaceState(null, '', '/')
})

const read = async (token: string) => (await schedulingQuery(token).read(new AbortController().signal)).reference

test('the answer that came with the page is read once, without asking', async () => {
  open('/book/link_a-9', { status: 200, body: schedulingOf({ reference: 'R-early' }) })
  expect(await read('link_a-9')).toBe('R-early')
  expect(readings).toEqual([])
  expect(await read('link_a-9')).toBe('R-1')
})

test('a refusal that came with the page is a refusal', async () => {
  const body = { type: '/problems/link_expired', code: 'link_expired', title: 'This link has expired.', status: 410 }
  open('/book/link-a', {
    status: 410,
    body: { ...body, detail: 'Ask for another.', instance: '/v1/scheduling', requestId: 'r1' },
  })
  await expect(read('link-a')).rejects.toMatchObject({ code: 'link_expired' })
  expect(readings).toEqual([])
})

test('another link asks for itself', async () => {
  open('/book/link-a', { status: 200, body: schedulingOf({ reference: 'R-early' }) })
  expect(await read('link-b')).toBe('R-1')
  expect(readings).toEqual(['Bearer link-b'])
})

test('a page without an answer asks', async () => {
  history.replaceState(null, '', '/book/link-a')
  expect(await read('link-a')).toBe('R-1')
})
