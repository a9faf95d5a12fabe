import { ApiProblem } from '../lib/problem.ts'

/** Something that is read from the API, and how long it may be trusted. */
export type Resource<Data> = {
  /** The same key is the same resource; the first part groups what is renewed together. */
  key: readonly unknown[]
  read: (signal: AbortSignal) => Promise<Data>
  /** How soon to look again while somebody looks at it, in milliseconds; null: never. */
  pollMs?: ((data: Data) => number | null) | undefined
  /** Younger than this it is not read again when it is shown or the page comes back. Default ten seconds. */
  freshMs?: number | undefined
}

export type ResourceState<Data> = {
  data: Data | undefined
  error: unknown
  isFetching: boolean
  /** When `data` came, by this device's clock in epoch milliseconds; 0 without data. */
  receivedAt: number
}

type Entry = {
  state: ResourceState<unknown>
  listeners: Set<() => void>
  resource: Resource<unknown> | null
  inFlight: { promise: Promise<unknown>; controller: AbortController } | null
}

const NOTHING: ResourceState<unknown> = { data: undefined, error: null, isFetching: false, receivedAt: 0 }
const FRESH_MS = 10_000
/** Waits before a second and a third try. */
const RETRY_MS = [1000, 2000]

/** A refusal stays a refusal however often one asks; only an absent or overloaded server deserves another try. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && error.status < 500
}

function isFresh(state: ResourceState<unknown>, freshMs = FRESH_MS): boolean {
  return state.data !== undefined && state.error === null && Date.now() - state.receivedAt < freshMs
}

/**
 * What the customer pages have read from the API, each thing once however many parts of the page show it.
 *
 * Written by hand because these pages must open on a slow phone: it does the little that they need in a tenth of the
 * bytes of the library that the staff app uses. It keeps nothing beyond the page.
 */
export class ResourceCache {
  readonly #entries = new Map<string, Entry>()
  readonly #retryMs: readonly number[]

  constructor(retryMs: readonly number[] = RETRY_MS) {
    this.#retryMs = retryMs
  }

  snapshot<Data>(key: readonly unknown[]): ResourceState<Data> {
    return this.#entry(key).state as ResourceState<Data>
  }

  subscribe(key: readonly unknown[], listener: () => void): () => void {
    const { listeners } = this.#entry(key)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Reads it unless it is fresh or on its way already. The outcome lands in the state, a failure too. */
  refresh<Data>(resource: Resource<Data>, freshMs = resource.freshMs): Promise<void> {
    const { state, inFlight } = this.#entry(resource.key)
    if (inFlight || isFresh(state, freshMs)) return Promise.resolve()
    return this.read(resource).then(
      () => undefined,
      () => undefined,
    )
  }

  /** The data at hand while it is fresh, else read now. Throws what the reading throws. */
  async ensure<Data>(resource: Resource<Data>): Promise<Data> {
    const state = this.snapshot<Data>(resource.key)
    return state.data !== undefined && isFresh(state, resource.freshMs) ? state.data : this.read(resource)
  }

  /** Reads it now, together with whoever is reading it already. */
  read<Data>(resource: Resource<Data>): Promise<Data> {
    const entry = this.#entry(resource.key)
    entry.resource = resource as Resource<unknown>
    if (entry.inFlight) return entry.inFlight.promise as Promise<Data>
    const controller = new AbortController()
    const promise = this.#attempt(resource, controller.signal).then(
      (data) => {
        this.#settle(entry, controller, { data, error: null, isFetching: false, receivedAt: Date.now() })
        return data
      },
      (error: unknown) => {
        this.#settle(entry, controller, { ...entry.state, error, isFetching: false })
        throw error
      },
    )
    entry.inFlight = { promise, controller }
    this.#publish(entry, { ...entry.state, isFetching: true })
    return promise
  }

  /** Puts in what a command has answered. A reading under way began before the command and is dropped. */
  set<Data>(resource: Resource<Data>, update: (current: Data | undefined) => Data | undefined): void {
    const entry = this.#entry(resource.key)
    const data = update(entry.state.data as Data | undefined)
    if (data === undefined) return
    this.#drop(entry)
    this.#publish(entry, { data, error: null, isFetching: false, receivedAt: Date.now() })
  }

  /** Reads again what is shown of this group, and forgets that the rest was fresh. Never fails. */
  async invalidate(group: unknown): Promise<void> {
    const readings: Promise<void>[] = []
    for (const entry of this.#entries.values()) {
      const { resource } = entry
      if (resource === null || resource.key[0] !== group) continue
      this.#drop(entry)
      if (entry.listeners.size > 0) readings.push(this.refresh(resource, 0))
      else entry.state = NOTHING
    }
    await Promise.all(readings)
  }

  #entry(key: readonly unknown[]): Entry {
    const text = JSON.stringify(key)
    let entry = this.#entries.get(text)
    if (!entry) {
      entry = { state: NOTHING, listeners: new Set(), resource: null, inFlight: null }
      this.#entries.set(text, entry)
    }
    return entry
  }

  async #attempt<Data>(resource: Resource<Data>, signal: AbortSignal): Promise<Data> {
    for (const waitMs of this.#retryMs) {
      try {
        return await resource.read(signal)
      } catch (error) {
        if (isRefusal(error) || signal.aborted) throw error
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      }
    }
    return resource.read(signal)
  }

  #drop(entry: Entry): void {
    entry.inFlight?.controller.abort()
    entry.inFlight = null
  }

  #settle(entry: Entry, controller: AbortController, state: ResourceState<unknown>): void {
    // A reading that was dropped meanwhile must not overwrite what is newer.
    if (entry.inFlight?.controller !== controller) return
    entry.inFlight = null
    this.#publish(entry, state)
  }

  #publish(entry: Entry, state: ResourceState<unknown>): void {
    entry.state = state
    for (const listener of entry.listeners) listener()
  }
}

/** Whether it makes sense to go on asking: after a refusal it does not, after a lost network it does. */
export function isWorthPolling(state: ResourceState<unknown>): boolean {
  return state.data !== undefined && !isRefusal(state.error)
}
