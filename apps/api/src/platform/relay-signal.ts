/** Tells that events have been relayed, by whichever process, so that live streams read them at once. */
export interface RelaySignal {
  /** Calls `listener` each time; answers the function that ends it. Missing one costs a second, never an event. */
  onRelayed(listener: () => void): () => void
}

/** For a process that does not listen to the database: its streams look once a second. */
export const silentRelaySignal: RelaySignal = { onRelayed: () => () => {} }

/** One signal for a process, fired by its one LISTEN connection. */
export function createRelaySignal(): RelaySignal & { fire(): void } {
  const listeners = new Set<() => void>()
  return {
    onRelayed(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    fire() {
      for (const listener of listeners) listener()
    },
  }
}
