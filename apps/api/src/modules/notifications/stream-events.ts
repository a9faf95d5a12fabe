import { Readable } from 'node:stream'
import type { Deps } from '../../deps.ts'
import type { UserCaller } from '../../domain/caller.ts'
import { type LiveEvent, type LiveUpdate, liveUpdates } from '../../domain/live-update.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { EventFeed } from './follow-events.ts'

/** A comment this often keeps proxies from closing the connection (shapes.md). */
const PING_MILLISECONDS = 20_000
/** How far back a reconnecting screen is told what it missed (shapes.md). */
const REPLAY_MINUTES = 10
/** More than this at once, and reading everything again is cheaper. */
const REPLAY_EVENTS_MAX = 1_000
/** A reader this far behind has stopped reading; it reconnects and is told what it missed. */
const UNREAD_BYTES_MAX = 256 * 1024

type StreamedEvent = LiveEvent & { sequence: number; organizationId: string | null; occurredAt: Date }

const RESYNC: LiveUpdate = { type: 'resync_required', requestId: null, bookingId: null, status: null, version: null }

/**
 * One person's live stream of what changes in an organization, as the bytes of server-sent events.
 *
 * Begins where `lastEventId` says, for up to 10 minutes back, else with `resync_required`; without one, now. Every frame
 * carries the place reached as its id, also the comment that comes every 20 s. The membership is looked at again with
 * each of those, and at once when it changes: then `resync_required` follows, because requests may have appeared or
 * vanished. The stream ends when the membership or the sign-in does, at `endsAt` (the access token's end), and for a
 * reader who does not read.
 */
export async function streamEvents(
  deps: Pick<Deps, 'clock'>,
  input: {
    feed: EventFeed<StreamedEvent>
    scope: OrganizationScope
    viewer: UserCaller
    /** The membership as it is now; null when it, or the sign-in, has ended. */
    readViewer: () => Promise<UserCaller | null>
    replay: (after: number, until: number, limit: number) => Promise<StreamedEvent[]>
    /** When the first event after a place was relayed; null when there is none. */
    relayedAtAfter: (sequence: number) => Promise<Date | null>
    lastEventId: string | null
    endsAt: Date
  },
): Promise<{ stream: Readable; end(): void }> {
  const stream = new Readable({ read() {} })
  let viewer = input.viewer
  let reached = 0
  // What is told must arrive in order, also while a membership is being read again.
  let queue: Promise<void> = Promise.resolve()

  let isReleased = false
  const end = () => {
    if (isReleased) return
    release()
    stream.push(null)
  }
  const write = (text: string) => {
    if (isReleased) return
    stream.push(text)
    if (stream.readableLength > UNREAD_BYTES_MAX) stream.destroy()
  }
  const tell = (update: LiveUpdate, at: Date) => {
    const data = { id: String(reached), ...update, occurredAt: at.toISOString() }
    write(`id: ${reached}\nevent: ${update.type}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  async function refreshViewer(): Promise<boolean> {
    const now = await input.readViewer()
    if (now === null) end()
    else viewer = now
    return now !== null
  }
  async function deliver(events: readonly StreamedEvent[]): Promise<void> {
    for (const happened of events) {
      reached = happened.sequence
      if (happened.organizationId !== input.scope.organizationId) continue
      const { event } = happened
      if (event.name === 'member_changed' && event.payload.userId === viewer.userId) {
        if (!(await refreshViewer())) return
        tell(RESYNC, happened.occurredAt)
      }
      for (const update of liveUpdates(viewer, happened)) tell(update, happened.occurredAt)
    }
  }
  const inOrder = (work: () => Promise<void>) => {
    // What could not be read is not known to be allowed: the reader connects again.
    queue = queue.then(work).catch(end)
  }

  const following = await input.feed.follow((events) => {
    inOrder(() => deliver(events))
  })
  const ping = setInterval(() => {
    inOrder(async () => {
      if (await refreshViewer()) write(`: still here\nid: ${reached}\n\n`)
    })
  }, PING_MILLISECONDS)
  const lifetime = setTimeout(end, Math.max(0, input.endsAt.getTime() - deps.clock.unmoved().getTime()))
  const release = () => {
    isReleased = true
    clearInterval(ping)
    clearTimeout(lifetime)
    following.stop()
  }
  stream.once('close', release)

  inOrder(async () => {
    const missed = await missedEvents(deps, input, following.position)
    await deliver(missed ?? [])
    reached = following.position
    if (missed === null) tell(RESYNC, deps.clock.now())
    // Sent at once, so that the reader knows that it is connected, and from where on.
    else write(`id: ${reached}\n\n`)
  })
  return { stream, end }
}

/** What happened since the reader was last told anything; null when that cannot be told any more. */
async function missedEvents(
  deps: Pick<Deps, 'clock'>,
  input: Parameters<typeof streamEvents>[1],
  position: number,
): Promise<StreamedEvent[] | null> {
  if (input.lastEventId === null) return []
  const after = /^\d{1,15}$/.test(input.lastEventId) ? Number(input.lastEventId) : null
  if (after === null || after > position) return null
  const firstMissedAt = await input.relayedAtAfter(after)
  if (firstMissedAt === null) return []
  if (firstMissedAt.getTime() < deps.clock.now().getTime() - REPLAY_MINUTES * 60_000) return null
  const missed = await input.replay(after, position, REPLAY_EVENTS_MAX + 1)
  return missed.length > REPLAY_EVENTS_MAX ? null : missed
}
