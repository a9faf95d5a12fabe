import type { Config } from './config.ts'
import type { Db, Tx } from './db/client.ts'
import type { Calendars } from './platform/calendars/calendars.ts'
import type { Clock } from './platform/clock.ts'
import type { Ids } from './platform/ids.ts'
import type { Jobs } from './platform/jobs.ts'
import type { Mailer } from './platform/mailer.ts'
import type { PaymentGateways } from './platform/payment-gateway/payment-gateways.ts'
import type { RelaySignal } from './platform/relay-signal.ts'
import type { RemoteSessions } from './platform/remote-sessions/remote-sessions.ts'
import type { Secrets } from './platform/secrets.ts'

/**
 * Everything a use case may reach. Use cases narrow it with `Pick`, so that a signature says what it touches. `db` is
 * the pool, or the transaction that an idempotent command runs in.
 */
export interface Deps {
  db: Db | Tx
  clock: Clock
  ids: Ids
  secrets: Secrets
  mailer: Mailer
  paymentGateways: PaymentGateways
  calendars: Calendars
  remoteSessions: RemoteSessions
  jobs: Jobs
  /** Without one, live streams look for news once a second. */
  relaySignal?: RelaySignal
  config: Config
}

/** The same for a whole process: its `db` is always the pool. */
export type AppDeps = Deps & { db: Db }
