import { describe, expect, it } from 'vitest'
import { startSystemClock } from './system-clock.ts'

const noon = Date.parse('2026-11-24T12:00:00Z')

describe('the product clock', () => {
  it('follows the database, counting the answer as given in the middle of the round trip', async () => {
    let process = noon
    const clock = await startSystemClock({
      processNow: () => process,
      measure: async () => {
        process += 100
        return new Date(noon + 50 + 7_000)
      },
    })
    expect(clock.now()).toEqual(new Date(noon + 100 + 7_000))
    clock.stop()
  })

  it.each([
    [2_000, 60_000],
    [2_001, 0],
  ])('after a round trip of %d ms is off by %d ms', async (roundTrip, offset) => {
    let process = noon
    const clock = await startSystemClock({
      processNow: () => process,
      measure: async () => {
        process += roundTrip
        return new Date(noon + roundTrip / 2 + 60_000)
      },
    })
    expect(Math.abs(clock.now().getTime() - process - offset)).toBeLessThanOrEqual(1)
    clock.stop()
  })

  it('keeps the last offset while the database is away, and takes the new one when it is back', async () => {
    let answer: (() => Promise<Date>) | null = async () => new Date(noon + 5_000)
    const clock = await startSystemClock({
      processNow: () => noon,
      measure: () => (answer ? answer() : Promise.reject(new Error('gone'))),
    })
    answer = null
    await clock.measure()
    answer = async () => new Date('not an instant')
    await clock.measure()
    expect(clock.now()).toEqual(new Date(noon + 5_000))
    answer = async () => new Date(noon - 3_000)
    await clock.measure()
    expect(clock.now()).toEqual(new Date(noon - 3_000))
    clock.stop()
  })

  it('runs on from the instant it was moved to, and comes back', async () => {
    let process = noon
    const clock = await startSystemClock({ measure: null, processNow: () => process })
    clock.moveTo(new Date('2026-12-01T00:00:00Z'))
    process += 1_500
    expect(clock.now()).toEqual(new Date('2026-12-01T00:00:01.500Z'))
    expect(clock.unmoved()).toEqual(new Date(noon + 1_500))
    clock.moveTo(null)
    expect(clock.now()).toEqual(new Date(noon + 1_500))
    expect(clock.movedBy).toBe(0)
  })
})
