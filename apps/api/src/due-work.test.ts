import { describe, expect, it } from 'vitest'
import type { Deps } from './deps.ts'
import { waitedForAtMost } from './due-work.ts'

const deps = {} as Deps

describe('work that asks a vendor', () => {
  it('is waited for while the vendor answers, and its failure is told', async () => {
    const work = waitedForAtMost(1_000, async () => 7)
    expect(await work(deps)).toBe(7)
    expect(await work(deps)).toBe(7)
    const failing = waitedForAtMost(1_000, async () => {
      throw new Error('It says no.')
    })
    await expect(failing(deps)).rejects.toThrow('It says no.')
    await expect(failing(deps)).rejects.toThrow('It says no.')
  })

  it('holds up nothing else while the vendor keeps silent, and begins anew once that has ended', async () => {
    let begun = 0
    let answer = (_done: number): void => {}
    const work = waitedForAtMost(5, () => {
      begun += 1
      return new Promise<number>((resolve) => {
        answer = resolve
      })
    })
    expect(await work(deps)).toBe(0)
    expect(await work(deps)).toBe(0)
    expect(begun).toBe(1)
    answer(3)
    await expect
      .poll(async () => {
        await work(deps)
        return begun
      })
      .toBe(2)
  })

  it('may fail long after nobody waits for it any more', async () => {
    let fail = (_error: Error): void => {}
    const work = waitedForAtMost(5, () => new Promise<number>((_, reject) => (fail = reject)))
    expect(await work(deps)).toBe(0)
    fail(new Error('Too late.'))
    await expect.poll(() => work(deps)).toBe(0)
  })
})
