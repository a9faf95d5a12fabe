import { sendSignedIn } from './staff-api.ts'

/** One server-sent event, its data still as text. */
export type StreamEvent = { id: string | null; event: string; data: string }

/**
 * Splits a stream of server-sent events into events, as the HTML standard reads them: fields by line, an event by blank
 * line, comments (the pings) dropped. Works across any cut between chunks.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest = ''
  let event = 'message'
  let data: string[] = []
  let id: string | null = null
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const lines = (rest + value).split(/\r\n|\n|\r/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield { id, event, data: data.join('\n') }
          event = 'message'
          data = []
          continue
        }
        const colon = line.indexOf(':')
        if (colon === 0) continue
        const field = colon === -1 ? line : line.slice(0, colon)
        const text = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
        if (field === 'event') event = text
        else if (field === 'data') data.push(text)
        else if (field === 'id') id = text
      }
    }
  } finally {
    reader.releaseLock()
  }
}

export type LiveStatus = 'connecting' | 'live' | 'offline'

type Hand = { onEvent: (event: StreamEvent) => void; onStatus: (status: LiveStatus) => void }
type Shared = { kind: 'event'; event: StreamEvent } | { kind: 'status'; status: LiveStatus } | { kind: 'who' }

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end, { once: true })
  })
}

/** Reads the stream for as long as this tab leads, reconnecting with growing pauses and where it left off. */
async function lead(path: string, hand: Hand, signal: AbortSignal): Promise<void> {
  let lastId: string | null = null
  let wait = FIRST_PAUSE_MS
  while (!signal.aborted) {
    try {
      const headers = new Headers({ Accept: 'text/event-stream' })
      if (lastId !== null) headers.set('Last-Event-ID', lastId)
      const response = await sendSignedIn(
        new Request(new URL(path, globalThis.location.origin), { headers, cache: 'no-store', signal }),
      )
      // Signed out, or no longer a member: there is nothing to wait for here.
      if (response.status === 401 || response.status === 403 || response.status === 404) {
        hand.onStatus('offline')
        return
      }
      if (response.ok && response.body !== null) {
        hand.onStatus('live')
        wait = FIRST_PAUSE_MS
        for await (const event of readEvents(response.body)) {
          if (event.id !== null) lastId = event.id
          hand.onEvent(event)
        }
        // The stream ends with the access token; the next attempt brings a new one, and no pause is due.
        hand.onStatus('connecting')
        await pause(250, signal)
        continue
      }
    } catch {
      // The network went; try again below.
    }
    if (signal.aborted) return
    hand.onStatus('connecting')
    await pause(wait, signal)
    wait = Math.min(wait * 2, LONGEST_PAUSE_MS)
  }
}

/**
 * Follows a live stream, one connection per browser: the tab that holds the lock reads it and passes every event on to
 * the others; when it closes, the next one takes over. Answers the function that ends it.
 *
 * A new leader cannot know what was missed in between, so it hands out `resync_required` first.
 */
export function followStream(path: string, hand: Hand): () => void {
  const ending = new AbortController()
  const name = `ordinatus-live:${path}`
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name)
  let leading = false
  let status: LiveStatus = 'connecting'

  const shared: Hand = {
    onEvent: (event) => {
      channel?.postMessage({ kind: 'event', event } satisfies Shared)
      hand.onEvent(event)
    },
    onStatus: (next) => {
      status = next
      channel?.postMessage({ kind: 'status', status: next } satisfies Shared)
      hand.onStatus(next)
    },
  }

  channel?.addEventListener('message', ({ data }: MessageEvent<Shared>) => {
    if (data.kind === 'event') hand.onEvent(data.event)
    else if (data.kind === 'status') hand.onStatus(data.status)
    else if (leading) channel.postMessage({ kind: 'status', status } satisfies Shared)
  })
  channel?.postMessage({ kind: 'who' } satisfies Shared)

  const run = async (isSuccessor: boolean) => {
    leading = true
    if (isSuccessor) hand.onEvent({ id: null, event: 'resync_required', data: '{}' })
    await lead(path, shared, ending.signal)
  }

  if ('locks' in navigator) {
    const asked = Date.now()
    navigator.locks
      .request(name, { signal: ending.signal }, () => run(Date.now() - asked > 1_000))
      // Given up while waiting for the lock, because the tab left the page.
      .catch(() => undefined)
  } else {
    void run(false)
  }

  return () => {
    ending.abort()
    channel?.close()
  }
}
