import type { ProblemCode } from '@ordinatus/api-client'
import { describe, expect, test, vi } from 'vitest'
import { ApiProblem, NoAnswer } from '../lib/problem.ts'
import { isWorthPolling, type Resource, ResourceCache } from './resource-cache.ts'

function refused(status: number, code: ProblemCode): ApiProblem {
  return new ApiProblem({
    type: `/problems/${code}`,
    title: code,
    status,
    detail: code,
    instance: '/',
    code,
    requestId: 'req-test-1',
  })
}

/** A reading that answers when told to. */
function controlled(key: string) {
  const answers: ((text: string) => void)[] = []
  const resource: Resource<string> = {
    key: [key],
    read: () => new Promise((resolve) => answers.push(resolve)),
  }
  return { resource, answers }
}

const textOf = (answers: (string | Error)[]): Resource<string> => ({
  key: ['text'],
  read: async () => {
    const answer = answers.shift() ?? 'none left'
    if (answer instanceof Error) throw answer
    return answer
  },
})

const NO_WAIT = [0, 0]

describe('reading', () => {
  test('two who want the same thing at once cause one reading', async () => {
    const { resource, answers } = controlled('a')
    const cache = new ResourceCache()
    const both = Promise.all([cache.read(resource), cache.read(resource)])
    expect(answers).toHaveLength(1)
    answers[0]?.('here')
    expect(await both).toEqual(['here', 'here'])
    expect(cache.snapshot(resource.key)).toMatchObject({ data: 'here', error: null, isFetching: false })
  })

  test('an absent server is asked three times, a refusal is taken at once', async () => {
    const away = new NoAnswer(null)
    const cache = new ResourceCache(NO_WAIT)
    await expect(cache.read(textOf([away, away, 'back']))).resolves.toBe('back')
    await expect(cache.read(textOf([away, away, away, 'too late']))).rejects.toBe(away)
    const expired = refused(410, 'link_expired')
    await expect(cache.read(textOf([expired, 'not asked']))).rejects.toBe(expired)
  })

  test('a failure keeps what was known', async () => {
    const cache = new ResourceCache([])
    const resource = textOf(['first', new NoAnswer(null)])
    await cache.refresh(resource)
    await cache.refresh(resource, 0)
    expect(cache.snapshot(resource.key)).toMatchObject({ data: 'first', error: expect.any(NoAnswer) })
  })

  test('what is fresh is not read again; what is a millisecond too old is', async () => {
    vi.useFakeTimers({ now: 0 })
    const cache = new ResourceCache()
    const read = vi.fn(async () => 'here')
    const resource: Resource<string> = { key: ['a'], read, freshMs: 5000 }
    await cache.refresh(resource)
    vi.setSystemTime(4999)
    await cache.refresh(resource)
    expect(await cache.ensure(resource)).toBe('here')
    expect(read).toHaveBeenCalledTimes(1)
    vi.setSystemTime(5000)
    await cache.refresh(resource)
    expect(read).toHaveBeenCalledTimes(2)
    vi.useRealTimers()
  })
})

describe('after a command', () => {
  test('an answer that was under way before it does not overwrite what it put in', async () => {
    const { resource, answers } = controlled('a')
    const cache = new ResourceCache()
    const reading = cache.read(resource)
    cache.set(resource, () => 'new')
    answers[0]?.('old')
    await reading
    expect(cache.snapshot(resource.key).data).toBe('new')
  })

  test('what is shown is read again, what is not is forgotten, other groups stay', async () => {
    const cache = new ResourceCache()
    const shown: Resource<number> = { key: ['slots', 30], read: vi.fn(async () => 30) }
    const hidden: Resource<number> = { key: ['slots', 60], read: vi.fn(async () => 60) }
    const other: Resource<number> = { key: ['scheduling'], read: vi.fn(async () => 1) }
    for (const each of [shown, hidden, other]) await cache.refresh(each)
    cache.subscribe(shown.key, () => {})
    await cache.invalidate('slots')
    expect(shown.read).toHaveBeenCalledTimes(2)
    expect(hidden.read).toHaveBeenCalledTimes(1)
    expect(cache.snapshot(hidden.key).data).toBeUndefined()
    expect(other.read).toHaveBeenCalledTimes(1)
  })
})

test('after a refusal nobody goes on asking, after a lost network they do', () => {
  const state = { data: 'here', isFetching: false, receivedAt: 1 }
  expect(isWorthPolling({ ...state, error: null })).toBe(true)
  expect(isWorthPolling({ ...state, error: new NoAnswer(null) })).toBe(true)
  expect(isWorthPolling({ ...state, error: refused(503, 'service_unavailable') })).toBe(true)
  expect(isWorthPolling({ ...state, error: refused(410, 'link_expired') })).toBe(false)
  expect(isWorthPolling({ ...state, data: undefined, error: null })).toBe(false)
})
