import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { UserCaller } from '../../domain/caller.ts'
import { mintOrganizationScope } from '../../domain/organization-scope.ts'
import { streamEvents } from './stream-events.ts'

const viewer: UserCaller = {
  kind: 'user',
  userId: 'tina',
  role: 'trainer',
  canTrain: false,
  skills: [],
  active: true,
}

describe('the life of a stream', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-11-23T15:00:00.000Z') })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  async function open(input: { readViewer?: () => Promise<UserCaller | null>; lifeMinutes?: number } = {}) {
    let isFollowing = true
    const clock = { now: () => new Date(), unmoved: () => new Date() }
    const { stream } = await streamEvents(
      { clock },
      {
        feed: {
          follow: async () => ({
            position: 7,
            stop: () => {
              isFollowing = false
            },
          }),
          position: () => 7,
          close: async () => {},
        },
        scope: mintOrganizationScope('organization'),
        viewer,
        readViewer: input.readViewer ?? (async () => viewer),
        replay: async () => [],
        relayedAtAfter: async () => null,
        lastEventId: null,
        endsAt: new Date(Date.now() + (input.lifeMinutes ?? 15) * 60_000),
      },
    )
    let text = ''
    let isEnded = false
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    stream.on('end', () => {
      isEnded = true
    })
    await vi.advanceTimersByTimeAsync(0)
    return { stream, said: () => text, isEnded: () => isEnded, isFollowing: () => isFollowing }
  }

  it('says at once from where on it tells, and that it is still there every 20 seconds', async () => {
    const one = await open()
    expect(one.said()).toBe('id: 7\n\n')
    await vi.advanceTimersByTimeAsync(19_999)
    expect(one.said()).toBe('id: 7\n\n')
    await vi.advanceTimersByTimeAsync(1)
    expect(one.said()).toBe('id: 7\n\n: still here\nid: 7\n\n')
    one.stream.destroy()
  })

  it('ends at the first ping after the membership or the sign-in has ended', async () => {
    let member: UserCaller | null = viewer
    const one = await open({ readViewer: async () => member })
    member = null
    await vi.advanceTimersByTimeAsync(19_999)
    expect(one.isEnded()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(one.isEnded()).toBe(true)
    expect(one.isFollowing()).toBe(false)
  })

  it('ends when the membership cannot be read: what is not known to be allowed is not told', async () => {
    const one = await open({
      readViewer: async () => {
        throw new Error('the database is away')
      },
    })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(one.isEnded()).toBe(true)
  })

  it('ends with the access token, to the millisecond', async () => {
    const one = await open({ lifeMinutes: 15 })
    await vi.advanceTimersByTimeAsync(15 * 60_000 - 1)
    expect(one.isEnded()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(one.isEnded()).toBe(true)
  })

  it('stops following when its reader leaves', async () => {
    const one = await open()
    one.stream.destroy()
    await vi.advanceTimersByTimeAsync(0)
    expect(one.isFollowing()).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })
})
