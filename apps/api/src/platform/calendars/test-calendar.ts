import type postgres from 'postgres'
import { v7 } from 'uuid'
import { prepareTestVendors } from '../test-vendors.ts'
import type { Calendars } from './calendars.ts'

/** One event as `GET /inbox/api/calendar-events` shows it. */
export interface TestCalendarEvent {
  id: string
  userId: string
  /** Null for what the trainer entered themselves. */
  connectionId: string | null
  bookingId: string | null
  kind: 'busy' | 'out_of_office'
  title: string
  description: string
  startAt: Date
  endAt: Date
  timeZone: string
  location: string | null
  /** How often the event was changed after it was made. */
  updates: number
}

export interface TestCalendar extends Calendars {
  /** Every event, by start; of one person when given. */
  events(filter?: { userId?: string; bookingId?: string }): Promise<TestCalendarEvent[]>
  /** Something of the trainer's own, such as a dentist. */
  addBusy(input: {
    userId: string
    startAt: Date
    endAt: Date
    kind?: 'busy' | 'out_of_office'
    title?: string
  }): Promise<TestCalendarEvent>
  /** Removes any event, as if the trainer had done it in their calendar. */
  deleteEvent(id: string): Promise<void>
  /** An unreadable calendar also takes no events, until it is readable again. */
  setReadable(userId: string, readable: boolean): Promise<void>
}

/**
 * A calendar that exists only here, for a machine without Google or Microsoft: same port, same rules. State lies in schema
 * `test_vendors`, committed on its own connections. Refused in production by whoever composes the app.
 */
export async function createTestCalendar(options: { sql: postgres.Sql }): Promise<TestCalendar> {
  const { sql } = options
  await prepareTestVendors(sql)

  const columns = sql`id, user_id as "userId", connection_id as "connectionId", booking_id as "bookingId", kind, title,
    description, start_at as "startAt", end_at as "endAt", time_zone as "timeZone", location, updates`
  type Row = Omit<TestCalendarEvent, 'startAt' | 'endAt'> & { startAt: Date | string; endAt: Date | string }
  const event = (row: Row): TestCalendarEvent => ({
    ...row,
    startAt: new Date(row.startAt),
    endAt: new Date(row.endAt),
  })

  async function isReadable(userId: string): Promise<boolean> {
    const [row] = await sql<{ readable: boolean }[]>`
      select readable from test_vendors.calendars where user_id = ${userId}`
    return row?.readable ?? true
  }

  async function assertReadable(userId: string): Promise<void> {
    if (!(await isReadable(userId))) throw new Error('The test calendar plays dead.')
  }

  return {
    busyIntervals: async ({ connection, from, to }) => {
      if (!(await isReadable(connection.userId)))
        return { state: 'unreadable', reason: 'The test calendar plays dead.' }
      const rows = await sql<Pick<Row, 'startAt' | 'endAt' | 'kind'>[]>`
        select start_at as "startAt", end_at as "endAt", kind from test_vendors.calendar_events
        where user_id = ${connection.userId} and booking_id is null
          and start_at < ${to.toISOString()} and end_at > ${from.toISOString()}
        order by start_at, end_at`
      const intervals = rows.map(({ startAt, endAt, kind }) => ({
        startAt: new Date(startAt),
        endAt: new Date(endAt),
        kind,
      }))
      return { state: 'read', intervals }
    },

    putEvent: async ({ connection, event: wanted }) => {
      await assertReadable(connection.userId)
      const [row] = await sql<{ id: string }[]>`
        insert into test_vendors.calendar_events (id, user_id, connection_id, booking_id, kind, title, description,
          start_at, end_at, time_zone, location)
        values (${v7()}, ${connection.userId}, ${connection.id}, ${wanted.bookingId}, 'busy', ${wanted.title},
          ${wanted.description}, ${wanted.startAt.toISOString()}, ${wanted.endAt.toISOString()}, ${wanted.timeZone},
          ${wanted.location})
        on conflict (connection_id, booking_id) do update
        set title = excluded.title, description = excluded.description, start_at = excluded.start_at,
          end_at = excluded.end_at, time_zone = excluded.time_zone, location = excluded.location,
          updates = calendar_events.updates + 1
        returning id`
      if (!row) throw new Error('The test calendar lost the event.')
      return { externalId: row.id, joinUrl: null }
    },

    removeEvent: async ({ connection, bookingId }) => {
      await assertReadable(connection.userId)
      await sql`delete from test_vendors.calendar_events
        where connection_id = ${connection.id} and booking_id = ${bookingId}`
    },

    events: async ({ userId, bookingId } = {}) => {
      const rows = await sql<Row[]>`
        select ${columns} from test_vendors.calendar_events
        where true ${userId === undefined ? sql`` : sql`and user_id = ${userId}`}
          ${bookingId === undefined ? sql`` : sql`and booking_id = ${bookingId}`}
        order by start_at, id`
      return rows.map(event)
    },

    addBusy: async ({ userId, startAt, endAt, kind = 'busy', title = 'Busy' }) => {
      const [row] = await sql<Row[]>`
        insert into test_vendors.calendar_events (id, user_id, kind, title, description, start_at, end_at, time_zone)
        values (${v7()}, ${userId}, ${kind}, ${title}, '', ${startAt.toISOString()}, ${endAt.toISOString()}, 'UTC')
        returning ${columns}`
      if (!row) throw new Error('The test calendar lost the event.')
      return event(row)
    },

    deleteEvent: async (id) => {
      await sql`delete from test_vendors.calendar_events where id = ${id}`
    },

    setReadable: async (userId, readable) => {
      await sql`insert into test_vendors.calendars (user_id, readable) values (${userId}, ${readable})
        on conflict (user_id) do update set readable = excluded.readable`
    },
  }
}
