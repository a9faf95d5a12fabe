import type { Clock } from './clock.ts'

export interface SystemClock extends Clock {
  /** How far the product's clock was moved, in milliseconds; 0 when it was not. */
  readonly movedBy: number
  /** Makes the product believe that it is this instant, from which its clock runs on; null goes back to the real time. */
  moveTo(instant: Date | null): void
  /** Measures again, now. Never rejects: with no answer the last offset stays. */
  measure(): Promise<void>
  /** Ends the measuring. */
  stop(): void
}

/** architecture.md §3, "One clock". */
const MEASURE_EVERY_MS = 30_000
/** A slower answer says too little about when it was given: the offset would be off by up to half of it. */
const ROUND_TRIP_MAX_MS = 2_000

/**
 * The product's clock: the process's own, corrected by how far the database's clock is away from it.
 *
 * The offset is measured once before this resolves and then every 30 seconds through `measure`, which answers with the
 * database's present instant; the middle of the round trip is taken as the moment it was read. A failed or slow
 * measurement keeps the last offset. With `measure` null (no database yet, or a test) the process clock is taken as it is.
 */
export async function startSystemClock(options: {
  measure: (() => Promise<Date>) | null
  processNow?: () => number
}): Promise<SystemClock> {
  const processNow = options.processNow ?? Date.now
  let skew = 0
  let movedBy = 0

  async function measure(): Promise<void> {
    if (!options.measure) return
    try {
      const before = processNow()
      const theirs = await options.measure()
      const after = processNow()
      if (after - before > ROUND_TRIP_MAX_MS || Number.isNaN(theirs.getTime())) return
      skew = Math.round(theirs.getTime() - (before + after) / 2)
    } catch {
      // Whoever runs statements against that database reports that it is gone.
    }
  }

  await measure()
  const timer = options.measure ? setInterval(() => void measure(), MEASURE_EVERY_MS) : null
  timer?.unref()

  return {
    now: () => new Date(processNow() + skew + movedBy),
    unmoved: () => new Date(processNow() + skew),
    get movedBy() {
      return movedBy
    },
    moveTo: (instant) => {
      movedBy = instant ? instant.getTime() - (processNow() + skew) : 0
    },
    measure,
    stop: () => {
      if (timer) clearInterval(timer)
    },
  }
}
