import type { Deps } from './deps.ts'

/** One kind of work that the clock alone makes due; answers how many things it did. */
export type DueWork = (deps: Deps) => Promise<number>

/**
 * Everything that falls due without anybody doing anything. Each finds its work by state and the product's clock, so
 * that moving the clock is enough to try tomorrow today, and a missed turn is made up by the next.
 */
const DUE_WORK: readonly DueWork[] = []

/** Does what is due now; answers how many things it did. */
export async function doDueWork(deps: Deps): Promise<number> {
  let done = 0
  for (const work of DUE_WORK) done += await work(deps)
  return done
}
