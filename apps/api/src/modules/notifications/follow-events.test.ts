import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { followEvents } from './follow-events.ts'

/** How often the feed looks, and a millisecond less than that. */
const LOOK = 1_000
const JUST_BEFORE = LOOK - 1

describe('the feed of what happens', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A feed over events that a test lets happen; `heard` are the sequences that its one follower was told, look by look. */
  async function open() {
    const events: { sequence: number }[] = []
    const heard: number[][] = []
    const warnings: string[] = []
    let relayed: (() => void) | null = null
    let failure: Error | null = null
    let looks = 0
    const feed = followEvents({
      latest: async () => events.at(-1)?.sequence ?? 0,
      read: async (after, limit) => {
        looks += 1
        if (failure !== null) throw failure
        return events.filter(({ sequence }) => sequence > after).slice(0, limit)
      },
      onRelayed: (listener) => {
        relayed = listener
        return () => {
          relayed = null
        }
      },
      log: { warn: (_details, message) => warnings.push(message) },
    })
    const following = await feed.follow((told) => heard.push(told.map(({ sequence }) => sequence)))
    await vi.advanceTimersByTimeAsync(0)
    return {
      feed,
      following,
      heard,
      warnings,
      looks: () => looks,
      isListening: () => relayed !== null,
      happen: (...sequences: number[]) => events.push(...sequences.map((sequence) => ({ sequence }))),
      signal: () => relayed?.(),
      failWith: (error: Error | null) => {
        failure = error
      },
    }
  }

  it('is heard at once where the signal comes, and within a second where it is lost', async () => {
    const one = await open()
    one.happen(1)
    one.signal()
    await vi.advanceTimersByTimeAsync(0)
    expect(one.heard).toEqual([[1]])
    one.happen(2)
    await vi.advanceTimersByTimeAsync(JUST_BEFORE)
    expect(one.heard).toEqual([[1]])
    await vi.advanceTimersByTimeAsync(1)
    expect(one.heard).toEqual([[1], [2]])
    await one.feed.close()
  })

  it('comes in order and to its end, also when more has happened than one look takes', async () => {
    const one = await open()
    const all = Array.from({ length: 1_001 }, (_, index) => index + 1)
    one.happen(...all)
    one.signal()
    await vi.advanceTimersByTimeAsync(0)
    expect(one.heard.map(({ length }) => length)).toEqual([500, 500, 1])
    expect(one.heard.flat()).toEqual(all)
    await one.feed.close()
  })

  it('that could not be read is read at the next look, and said in the log', async () => {
    const one = await open()
    one.failWith(new Error('the database is away'))
    one.happen(1)
    one.signal()
    await vi.advanceTimersByTimeAsync(0)
    expect(one.warnings).toHaveLength(1)
    one.failWith(null)
    await vi.advanceTimersByTimeAsync(LOOK)
    expect(one.heard).toEqual([[1]])
    await one.feed.close()
  })

  it('is read only while somebody follows', async () => {
    const one = await open()
    const before = one.looks()
    one.following.stop()
    one.happen(1)
    one.signal()
    await vi.advanceTimersByTimeAsync(10 * LOOK)
    expect([one.heard, one.looks(), one.isListening(), vi.getTimerCount()]).toEqual([[], before, false, 0])
    // Whoever comes next begins with what happens from then on.
    const again = await one.feed.follow(() => {})
    expect(again.position).toBe(1)
    await one.feed.close()
  })
})
