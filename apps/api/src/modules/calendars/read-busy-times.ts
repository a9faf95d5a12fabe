import type { Deps } from '../../deps.ts'
import type { BusyTime } from '../../domain/availability.ts'
import type { CalendarConnection } from '../../platform/calendars/calendars.ts'

/** What a trainer's calendars said, and which of them said nothing. */
export interface CalendarReading {
  readonly busy: readonly BusyTime[]
  readonly unreadable: readonly CalendarConnection[]
}

/**
 * When a trainer is taken in those of their connected calendars that can be read, and which cannot. `from` and `to` in
 * epoch milliseconds.
 *
 * Asks the vendors, so never inside a transaction. A trainer without a connected calendar is free of busy times.
 */
export async function readCalendars(
  deps: Pick<Deps, 'calendars'>,
  connections: readonly CalendarConnection[],
  range: { from: number; to: number },
): Promise<CalendarReading> {
  const [from, to] = [new Date(range.from), new Date(range.to)]
  const busy: BusyTime[] = []
  const unreadable: CalendarConnection[] = []
  await Promise.all(
    connections.map(async (connection) => {
      const reading = await deps.calendars.busyIntervals({ connection, from, to }).catch(() => null)
      if (reading === null || reading.state === 'unreadable') unreadable.push(connection)
      else
        for (const { startAt, endAt } of reading.intervals)
          busy.push({ startAt: startAt.getTime(), endAt: endAt.getTime() })
    }),
  )
  return { busy, unreadable }
}

/**
 * {@link readCalendars} as the slot engine takes it: `unreadable` as soon as one of them cannot be read, since unknown is
 * never free (product.md §7).
 */
export async function readBusyTimes(
  deps: Pick<Deps, 'calendars'>,
  connections: readonly CalendarConnection[],
  range: { from: number; to: number },
): Promise<readonly BusyTime[] | 'unreadable'> {
  const { busy, unreadable } = await readCalendars(deps, connections, range)
  return unreadable.length > 0 ? 'unreadable' : busy
}
