import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { respond } from '../testing/handlers.ts'
import { server } from '../testing/server.ts'
import { schedulingQuery } from './features/scheduling/queries.ts'
import { schedulingOf } from './testing/customer-fixtures.ts'

const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(readFileSync('customer.html', 'utf8')) ?? []

/** Runs the script that stands in the page's HTML, as a browser would at this address. */
function openShell(pathname: string): void {
  new Function('location', script)({ pathname })
}

function countReadings(): string[] {
  const readings: string[] = []
  server.use(
    respond('get', '/v1/scheduling', ({ request }) => {
      readings.push(request.headers.get('Authorization') ?? 'nobody')
      return schedulingOf({ reference: `R-${readings.length}` })
    }),
  )
  return readings
}

const read = async (token: string) => (await schedulingQuery(token).read(new AbortController().signal)).reference

afterEach(() => {
  window.earlyScheduling = undefined
})

test('the HTML asks before the code is there, and its answer is good for one reading', async () => {
  const readings = countReadings()
  openShell('/book/link_a-9')
  expect(await read('link_a-9')).toBe('R-1')
  expect(readings).toEqual(['Bearer link_a-9'])
  expect(await read('link_a-9')).toBe('R-2')
})

test('another link asks for itself', async () => {
  const readings = countReadings()
  openShell('/book/link-a')
  await window.earlyScheduling?.answer
  expect(await read('link-b')).toBe('R-2')
  expect(readings).toEqual(['Bearer link-a', 'Bearer link-b'])
})

test.each(['/book', '/book/', '/book/return/abc', '/book/%E0%A4%A', '/feedback/abc', '/f/demo/support', '/'])(
  '%s asks for nothing early',
  (pathname) => {
    openShell(pathname)
    expect(window.earlyScheduling).toBeUndefined()
  },
)
