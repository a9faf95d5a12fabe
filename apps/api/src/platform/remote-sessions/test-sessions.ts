import { createHash, randomBytes } from 'node:crypto'
import type postgres from 'postgres'
import { v7 } from 'uuid'
import { prepareTestVendors } from '../test-vendors.ts'
import { RemoteSessionOutcomeUnknown, type RemoteSessions } from './remote-sessions.ts'

/** What the holder of one of a session's two links sees. */
export interface TestSessionView {
  role: 'technician' | 'customer'
  title: string
  startAt: Date
  endAt: Date
  timeZone: string
  removed: boolean
}

export interface TestSessions extends RemoteSessions {
  /** The session that this link opens; null when it opens none. */
  view(key: string): Promise<TestSessionView | null>
  /** How many sessions were made for a booking, the removed ones included. */
  made(bookingId: string): Promise<number>
  /**
   * `before`: calls fail and make nothing; `after`: calls make a session and lose the answer; both throw
   * {@link RemoteSessionOutcomeUnknown}.
   */
  simulateOutage(when: 'before' | 'after' | null): void
}

/**
 * Remote sessions in which nobody's screen is shared, for a machine without Zoho Assist: same port and, like the real one,
 * no idempotency. Each session has two links, `/test-session/{key}`, one for each side. State lies in schema
 * `test_vendors`, committed on its own connections. Refused in production by whoever composes the app.
 */
export async function createTestSessions(options: {
  sql: postgres.Sql
  /** Origin under which both sides reach the page, without a trailing slash. */
  appUrl: string
}): Promise<TestSessions> {
  const { sql, appUrl } = options
  await prepareTestVendors(sql)
  let outage: 'before' | 'after' | null = null

  return {
    createSession: async (input) => {
      if (outage === 'before') throw new RemoteSessionOutcomeUnknown('The test sessions play dead.')
      const externalId = v7()
      const technicianKey = newKey()
      const customerKey = newKey()
      await sql`
        insert into test_vendors.remote_sessions (id, organization_id, booking_id, technician_key, customer_key, title,
          customer_email, start_at, end_at, time_zone)
        values (${externalId}, ${input.organizationId}, ${input.bookingId}, ${digestOf(technicianKey)}, ${digestOf(customerKey)},
          ${input.title}, ${input.customerEmail}, ${input.startAt.toISOString()}, ${input.endAt.toISOString()},
          ${input.timeZone})`
      if (outage === 'after') throw new RemoteSessionOutcomeUnknown('The test sessions lost their answer.')
      return {
        externalId,
        technicianUrl: `${appUrl}/test-session/${technicianKey}`,
        customerUrl: `${appUrl}/test-session/${customerKey}`,
      }
    },

    removeSession: async ({ externalId }) => {
      if (outage === 'before') throw new RemoteSessionOutcomeUnknown('The test sessions play dead.')
      await sql`update test_vendors.remote_sessions set removed = true where id = ${externalId}`
    },

    view: async (key) => {
      type Row = Omit<TestSessionView, 'startAt' | 'endAt' | 'role'> & {
        startAt: Date | string
        endAt: Date | string
        isTechnician: boolean
      }
      const digest = digestOf(key)
      const [row] = await sql<Row[]>`
        select title, start_at as "startAt", end_at as "endAt", time_zone as "timeZone", removed,
          technician_key = ${digest} as "isTechnician"
        from test_vendors.remote_sessions where technician_key = ${digest} or customer_key = ${digest}`
      if (!row) return null
      const { title, timeZone, removed } = row
      const role = row.isTechnician ? 'technician' : 'customer'
      return { role, title, timeZone, removed, startAt: new Date(row.startAt), endAt: new Date(row.endAt) }
    },

    made: async (bookingId) => {
      const [row] = await sql<{ made: number }[]>`
        select count(*)::int as made from test_vendors.remote_sessions where booking_id = ${bookingId}`
      return row?.made ?? 0
    },

    simulateOutage: (when) => {
      outage = when
    },
  }
}

/** What is kept of a key: whoever reads the tables joins no session. */
function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}

function newKey(): string {
  return randomBytes(24).toString('base64url')
}
