import type { Deps } from '../../deps.ts'
import type { BusyTime } from '../../domain/availability.ts'
import type { CalendarConnection } from '../../platform/calendars/calendars.ts'

/**
 * When a trainer is taken in their connected calendars, as the slot engine takes it; `unreadable` as soon as one of them
 * cannot be read, since unknown is never free (product.md §7). `from` and `to` in epoch milliseconds.
 *
 * Asks the vendors, so never inside a transaction. A trainer without a connected calendar is free of busy times.
 */
export async function readBusyTimes(
  deps: Pick<Deps, 'calendars'>,
  connections: readonly CalendarConnection[],
  range: { from: number; to: number },
): Promise<readonly BusyTime[] | 'unreadable'> {
  const [from, to] = [new Date(range.from), new Date(range.to)]
  const readings = await Promise.all(
    connections.map((connection) => deps.calendars.busyIntervals({ connection, from, to }).catch(() => null)),
  )
  const busy: BusyTime[] = []
  for (const reading of readings) {
    if (reading === null || reading.state === 'unreadable') return 'unreadable'
    for (const { startAt, endAt } of reading.intervals) {
      busy.push({ startAt: startAt.getTime(), endAt: endAt.getTime() })
    }
  }
  return busy
}
