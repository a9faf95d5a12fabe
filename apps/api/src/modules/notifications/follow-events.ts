import type { RelaySignal } from '../../platform/relay-signal.ts'

/** How often the feed looks without having been told; covers a lost signal (shapes.md: within 2 s of the commit). */
const POLL_MILLISECONDS = 1_000
/** How many events one look takes. */
const BATCH = 500

/** What the feed needs to know of an event: its place in the order of all. */
interface Placed {
  sequence: number
}

/** One process's reading of what happens, shared by all its live streams. */
export interface EventFeed<Event extends Placed> {
  /**
   * Hands every event after `position` to the listener, in order, until `stop`. What lies before is the caller's to ask
   * for.
   */
  follow(listener: (events: readonly Event[]) => void): Promise<{ position: number; stop(): void }>
  /** How far it has read. */
  position(): number
  close(): Promise<void>
}

/**
 * Reads relayed events once for all the streams of a process: after each signal, and once a second besides. It reads
 * only while somebody follows. A look that fails is logged and tried again at the next.
 */
export function followEvents<Event extends Placed>(input: {
  latest: () => Promise<number>
  read: (after: number, limit: number) => Promise<Event[]>
  onRelayed: RelaySignal['onRelayed']
  log: { warn(details: object, message: string): void }
}): EventFeed<Event> {
  const listeners = new Set<(events: readonly Event[]) => void>()
  let position: number | null = null
  let starting: Promise<void> | null = null
  let running: Promise<void> | null = null
  let isWanted = false
  let isClosed = false
  let timer: NodeJS.Timeout | null = null
  let unsubscribe: (() => void) | null = null

  const isReading = () => position !== null && !isClosed

  async function readOn(): Promise<void> {
    while (isWanted && position !== null && !isClosed) {
      isWanted = false
      try {
        const events = await input.read(position, BATCH)
        // Nobody follows any more; whoever comes next starts anew.
        if (!isReading()) return
        const last = events.at(-1)
        if (last === undefined) continue
        position = last.sequence
        for (const listener of [...listeners]) listener(events)
        if (events.length === BATCH) isWanted = true
      } catch (error) {
        if (!isClosed) input.log.warn({ err: error }, 'reading events for live updates failed; trying again')
      }
    }
  }

  function look(): void {
    isWanted = true
    if (running !== null || !isReading()) return
    running = readOn().finally(() => {
      running = null
      if (isWanted) look()
    })
  }

  async function start(): Promise<void> {
    // A look that is still under way would move the new position back.
    await running
    position = await input.latest()
    if (isClosed) return
    timer ??= setInterval(look, POLL_MILLISECONDS)
    unsubscribe ??= input.onRelayed(look)
  }

  function pause(): void {
    if (timer !== null) clearInterval(timer)
    timer = null
    unsubscribe?.()
    unsubscribe = null
    position = null
  }

  return {
    async follow(listener) {
      // Again, where the last of the others has just stopped.
      while (position === null) {
        starting ??= start().finally(() => {
          starting = null
        })
        await starting
      }
      listeners.add(listener)
      look()
      return {
        position,
        stop() {
          listeners.delete(listener)
          if (listeners.size === 0) pause()
        },
      }
    },
    position: () => position ?? 0,
    async close() {
      isClosed = true
      listeners.clear()
      pause()
      await running
    },
  }
}
