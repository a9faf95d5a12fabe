import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import type { Schemas } from '../../lib/api.ts'
import { followStream, type LiveStatus } from '../../lib/live-stream.ts'

/** What an event says: ids and statuses only; the screens ask the API for the rest. */
export type LiveEvent = Pick<Schemas['LiveUpdate'], 'requestId' | 'bookingId' | 'status'> & {
  type: 'request_added' | 'request_changed' | 'request_removed' | 'booking_changed'
}

type Listener = (event: LiveEvent) => void
type Live = { subscribe: (listener: Listener) => () => void; status: LiveStatus }

const LiveContext = createContext<Live>({ subscribe: () => () => {}, status: 'connecting' })

/** While the stream is away, the screens ask again this often. */
const POLL_MS = 30_000

const TYPES = new Set(['request_added', 'request_changed', 'request_removed', 'booking_changed'])

/** Reads an event's data; null for one that is not about a request or a booking. */
export function parseLiveEvent(type: string, data: string): LiveEvent | null {
  if (!TYPES.has(type)) return null
  try {
    const parsed: unknown = JSON.parse(data)
    if (typeof parsed !== 'object' || parsed === null) return null
    const text = (name: string) => {
      const value = (parsed as Record<string, unknown>)[name]
      return typeof value === 'string' ? value : null
    }
    return {
      type: type as LiveEvent['type'],
      requestId: text('requestId'),
      bookingId: text('bookingId'),
      status: text('status'),
    }
  } catch {
    return null
  }
}

/** Keeps everything below it up to date while an organization is open. */
export function LiveUpdates({ org, children }: { org: string; children: ReactNode }) {
  const cache = useQueryClient()
  const [status, setStatus] = useState<LiveStatus>('connecting')
  const listeners = useRef(new Set<Listener>())

  useEffect(() => {
    const readAgain = (...key: string[]) => void cache.invalidateQueries({ queryKey: ['organization', org, ...key] })
    return followStream(`/v1/organizations/${encodeURIComponent(org)}/events`, {
      onStatus: (next) => {
        setStatus(next)
        // Whatever happened while the stream was away was not told.
        if (next === 'live') readAgain()
      },
      onEvent: ({ event, data }) => {
        if (event === 'resync_required') readAgain()
        const live = parseLiveEvent(event, data)
        if (live === null) return
        for (const listener of listeners.current) listener(live)
        readAgain('requests', 'list')
        if (live.requestId !== null) readAgain('requests', 'one', live.requestId)
        if (live.bookingId !== null || live.type === 'booking_changed') {
          readAgain('bookings')
          readAgain('payments')
          // A time that was taken or given back changes what is open.
          void cache.invalidateQueries({ queryKey: ['availability'] })
        }
      },
    })
  }, [cache, org])

  useEffect(() => {
    if (status === 'live') return
    const timer = setInterval(() => void cache.invalidateQueries({ queryKey: ['organization', org] }), POLL_MS)
    return () => clearInterval(timer)
  }, [cache, org, status])

  const value = useMemo<Live>(
    () => ({
      status,
      subscribe: (listener) => {
        listeners.current.add(listener)
        return () => listeners.current.delete(listener)
      },
    }),
    [status],
  )
  return <LiveContext value={value}>{children}</LiveContext>
}

/** Hears every live event, before the screens have read the new state. */
export function useLiveEvents(listener: Listener): void {
  const { subscribe } = useContext(LiveContext)
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => subscribe((event) => latest.current(event)), [subscribe])
}

/** Whether changes arrive by themselves just now. */
export function useLiveStatus(): LiveStatus {
  return useContext(LiveContext).status
}
