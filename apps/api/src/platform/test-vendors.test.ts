import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { calendarsByProvider } from './calendars/by-provider.ts'
import type { CalendarConnection } from './calendars/calendars.ts'
import { createTestCalendar, type TestCalendar } from './calendars/test-calendar.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { RemoteSessionOutcomeUnknown } from './remote-sessions/remote-sessions.ts'
import { createTestSessions, type TestSessions } from './remote-sessions/test-sessions.ts'

let dataDir: string
let server: EmbeddedPostgres
let sql: postgres.Sql
let calendar: TestCalendar
let sessions: TestSessions

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ordinatus-vendors-'))
  server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', shared_buffers: '16MB' } })
  sql = postgres(server.url, { max: 5, onnotice: () => undefined })
  calendar = await createTestCalendar({ sql })
  sessions = await createTestSessions({ sql, appUrl: 'http://localhost:3000' })
})

afterAll(async () => {
  await sql.end()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const at = (time: string) => new Date(`2026-11-24T${time}:00Z`)
const connectionOf = (userId: string, provider: CalendarConnection['provider'] = 'test'): CalendarConnection => ({
  id: `connection-of-${userId}`,
  userId,
  provider,
})
const eventFor = (bookingId: string, from = '10:00', to = '11:00') => ({
  bookingId,
  title: 'Zoho support with Cleo',
  description: 'R-7K3M9Q2X',
  startAt: at(from),
  endAt: at(to),
  timeZone: 'America/Chicago',
  location: null,
})

describe('the test calendar', () => {
  it('has one event per booking, however often it is put, and moves it', async () => {
    const connection = connectionOf('tina')
    const made = await Promise.all(
      Array.from({ length: 5 }, () => calendar.putEvent({ connection, event: eventFor('b1') })),
    )
    expect(new Set(made.map(({ externalId }) => externalId)).size).toBe(1)
    await calendar.putEvent({ connection, event: eventFor('b1', '12:00', '13:00') })
    const [event, ...others] = await calendar.events({ userId: 'tina' })
    expect(others).toEqual([])
    expect(event).toMatchObject({ id: made[0]?.externalId, bookingId: 'b1', startAt: at('12:00'), endAt: at('13:00') })
    const removal = { connection, bookingId: 'b1', externalId: made[0]?.externalId ?? '' }
    await calendar.removeEvent(removal)
    await calendar.removeEvent(removal)
    expect(await calendar.events({ bookingId: 'b1' })).toEqual([])
  })

  it('reads what the trainer entered, half-open at both ends, without our own events', async () => {
    const connection = connectionOf('tom')
    await calendar.putEvent({ connection, event: eventFor('b2') })
    await calendar.addBusy({ userId: 'tom', startAt: at('08:00'), endAt: at('09:00') })
    const away = await calendar.addBusy({
      userId: 'tom',
      startAt: at('14:00'),
      endAt: at('15:00'),
      kind: 'out_of_office',
    })
    const read = async (from: string, to: string) => {
      const reading = await calendar.busyIntervals({ connection, from: at(from), to: at(to) })
      return reading.state === 'read' ? reading.intervals.map(({ startAt, kind }) => [startAt, kind]) : reading
    }
    expect(await read('09:00', '14:00')).toEqual([])
    expect(await read('08:59', '14:01')).toEqual([
      [at('08:00'), 'busy'],
      [at('14:00'), 'out_of_office'],
    ])
    await calendar.deleteEvent(away.id)
    expect(await read('09:00', '23:00')).toEqual([])
  })

  it('is unreadable, and takes nothing, until it is readable again', async () => {
    const connection = connectionOf('ada')
    const window = { connection, from: at('00:00'), to: at('23:00') }
    await calendar.setReadable('ada', false)
    expect(await calendar.busyIntervals(window)).toMatchObject({ state: 'unreadable' })
    await expect(calendar.putEvent({ connection, event: eventFor('b3') })).rejects.toThrow()
    await calendar.setReadable('ada', true)
    expect(await calendar.busyIntervals(window)).toEqual({ state: 'read', intervals: [] })
  })
})

describe('calendars by provider', () => {
  it('ask the provider that the connection names, and fail closed where there is none', async () => {
    const calendars = calendarsByProvider({ test: calendar })
    const window = { from: at('00:00'), to: at('23:00') }
    await calendar.addBusy({ userId: 'zoe', startAt: at('08:00'), endAt: at('09:00') })
    expect(await calendars.busyIntervals({ connection: connectionOf('zoe'), ...window })).toMatchObject({
      intervals: [{ startAt: at('08:00') }],
    })
    const google = connectionOf('zoe', 'google')
    expect(await calendars.busyIntervals({ connection: google, ...window })).toMatchObject({ state: 'unreadable' })
    await expect(calendars.putEvent({ connection: google, event: eventFor('b4') })).rejects.toThrow(/"google"/)
    await expect(calendars.removeEvent({ connection: google, bookingId: 'b4', externalId: 'x' })).rejects.toThrow(
      /not configured/,
    )
  })
})

describe('test sessions', () => {
  const input = (bookingId: string) => ({
    organizationId: 'org',
    bookingId,
    title: 'Zoho support',
    customerEmail: 'cleo@customer.test',
    startAt: at('10:00'),
    endAt: at('11:00'),
    timeZone: 'America/Chicago',
  })
  const keyOf = (url: string) => url.split('/').at(-1) ?? ''

  it('have one link for each side, and no way from one to the other', async () => {
    const session = await sessions.createSession(input('b1'))
    expect(session.technicianUrl).not.toBe(session.customerUrl)
    expect(await sessions.view(keyOf(session.technicianUrl))).toMatchObject({
      role: 'technician',
      startAt: at('10:00'),
    })
    expect(await sessions.view(keyOf(session.customerUrl))).toMatchObject({ role: 'customer', removed: false })
    expect(await sessions.view(session.externalId)).toBeNull()
    await sessions.removeSession({ organizationId: 'org', bookingId: 'b1', externalId: session.externalId })
    await sessions.removeSession({ organizationId: 'org', bookingId: 'b1', externalId: 'gone' })
    expect(await sessions.view(keyOf(session.customerUrl))).toMatchObject({ removed: true })
  })

  it('keep no key that opens one', async () => {
    const session = await sessions.createSession(input('b4'))
    const [row] = await sql<{ kept: string }[]>`
      select t::text as kept from test_vendors.remote_sessions t where booking_id = 'b4'`
    for (const url of [session.technicianUrl, session.customerUrl]) expect(row?.kept).not.toContain(keyOf(url))
  })

  it('make another session for a repeated call, as the real one does', async () => {
    await sessions.createSession(input('b2'))
    await sessions.createSession(input('b2'))
    expect(await sessions.made('b2')).toBe(2)
  })

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('that break off %s the work leave %d behind and the caller not knowing', async (when, made) => {
    sessions.simulateOutage(when)
    await expect(sessions.createSession(input(`b3-${when}`))).rejects.toBeInstanceOf(RemoteSessionOutcomeUnknown)
    sessions.simulateOutage(null)
    expect(await sessions.made(`b3-${when}`)).toBe(made)
  })
})
