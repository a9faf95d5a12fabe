import { setTimeout as wait } from 'node:timers/promises'

/** So often beside the first try. */
const RETRIES = 3
/** The pause before the first repeat is so long at most, before each further one twice as long. */
const FIRST_PAUSE_MS = 500
/** Whoever is told to wait longer than this gives up: somebody is waiting for the answer. */
const LONGEST_PAUSE_MS = 5_000

/** What a vendor said who was asked too often. */
export interface RateLimit {
  /** How long it asks to be left alone; null where it does not say. */
  readonly retryAfterSeconds: number | null
}

/**
 * Makes a call that is safe to repeat, and repeats it up to three times while the vendor is asked too often: after the time
 * that it names, else after half a second that doubles. Up to half of a pause is left to chance, so that those who were
 * refused together do not come back together. Throws what the last try threw; a longer wait than 5 s is not begun.
 *
 * `limitOf`: what an error says of a limit; null when it is another trouble.
 */
export async function whenRateLimited<T>(
  call: () => Promise<T>,
  limitOf: (error: unknown) => RateLimit | null,
  { pause = wait }: { pause?: (milliseconds: number) => Promise<unknown> } = {},
): Promise<T> {
  for (let repeats = 0; ; repeats += 1) {
    try {
      return await call()
    } catch (error) {
      const limit = limitOf(error)
      if (limit === null || repeats === RETRIES) throw error
      const longest = FIRST_PAUSE_MS * 2 ** repeats
      const asked = (limit.retryAfterSeconds ?? 0) * 1000
      if (asked > LONGEST_PAUSE_MS) throw error
      await pause(Math.max(asked, longest / 2) + (Math.random() * longest) / 2)
    }
  }
}
