import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { act, render } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Schemas } from '../../lib/api.ts'
import { aBooking, YES } from '../../testing/fixtures.ts'
import { bookingKeys } from './queries.ts'
import { useReadAgainAtEnds } from './use-read-again-at-ends.ts'

const NOW = Date.parse('2026-11-24T16:00:00Z')
const END = NOW + 60_000
const NOT_ENDED: Schemas['Action'] = { allowed: false, reason: 'session_not_ended' }

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})

afterEach(() => {
  vi.useRealTimers()
})

async function pass(milliseconds: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(milliseconds))
}

/** A list with one session that has ended when, by this device, `endedAt` has come; notes each time it is read. */
function List({ endedAt, readAt }: { endedAt: number; readAt: number[] }) {
  const { data = [] } = useQuery({
    queryKey: bookingKeys.list('demo', { view: 'upcoming' }),
    queryFn: async () => {
      readAt.push(Date.now())
      const complete = Date.now() < endedAt ? NOT_ENDED : YES
      return [aBooking({ end: new Date(END).toISOString(), actions: { ...aBooking().actions, complete } })]
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  useReadAgainAtEnds('demo', data)
  return data.map(({ id, actions }) => <p key={id}>{actions.complete.allowed ? 'Mark Complete' : 'Not yet'}</p>)
}

async function showList(endedAt: number) {
  const readAt: number[] = []
  const view = render(
    <QueryClientProvider client={new QueryClient()}>
      <List endedAt={endedAt} readAt={readAt} />
    </QueryClientProvider>,
  )
  await pass(1)
  expect(readAt).toEqual([NOW])
  return { readAt, text: () => view.container.textContent, unmount: view.unmount }
}

test('asks once, just after the end, where both clocks agree', async () => {
  const { readAt, text } = await showList(END)
  await pass(61_498)
  expect(readAt).toHaveLength(1)
  await pass(2)
  expect(readAt.slice(1)).toEqual([END + 1_500])
  expect(text()).toBe('Mark Complete')
  await pass(600_000)
  expect(readAt).toHaveLength(2)
})

test('on a device that is two minutes ahead it goes on asking, ever more slowly, until the session has ended', async () => {
  const { readAt, text } = await showList(END + 120_000)
  await pass(60_000 + 120_000 - 2)
  expect(readAt.slice(1).map((instant) => instant - END)).toEqual([
    1_500, 4_500, 10_500, 22_500, 46_500, 76_500, 106_500,
  ])
  expect(text()).toBe('Not yet')
  await pass(30_000)
  expect(text()).toBe('Mark Complete')
  const count = readAt.length
  await pass(600_000)
  expect(readAt).toHaveLength(count)
})

test('on a device that is behind, turning to the window is enough', async () => {
  const { readAt, text } = await showList(NOW + 1_000)
  await pass(1_000)
  expect(text()).toBe('Not yet')
  act(() => {
    window.dispatchEvent(new Event('focus'))
  })
  await pass(1)
  expect(readAt).toHaveLength(2)
  expect(text()).toBe('Mark Complete')
})

test('a page that is left asks no more', async () => {
  const { readAt, unmount } = await showList(END + 120_000)
  unmount()
  await pass(600_000)
  window.dispatchEvent(new Event('focus'))
  expect(readAt).toHaveLength(1)
})
