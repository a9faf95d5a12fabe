import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'

/** The pool. */
export type Db = PostgresJsDatabase
/** One open transaction. */
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0]

export interface Database {
  db: Db
  /** The same pool without the schema, for statements that drizzle cannot say. */
  sql: postgres.Sql
  close(): Promise<void>
}

export interface DatabaseOptions {
  url: string
  poolSize: number
  /** False behind a pooler that keeps no prepared statements (quality.md, PgBouncer). */
  prepare?: boolean
  applicationName?: string
}

/**
 * How many seconds to wait before the next try to reach a database that is away, by the number of tries that failed: soon
 * at first, then about every second. The driver's own pause grows to 20 s, and holds up who asks after the database is back.
 */
export function reconnectAfterSeconds(failedTries: number): number {
  return Math.min(3 ** failedTries / 100, 1) * (0.5 + Math.random() / 2)
}

/** Opens a pool. Nothing is connected until the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const sql = postgres(options.url, {
    max: options.poolSize,
    prepare: options.prepare ?? true,
    connect_timeout: 10,
    backoff: reconnectAfterSeconds,
    idle_timeout: 0,
    onnotice: () => {},
    connection: { application_name: options.applicationName ?? 'ordinatus' },
  })
  return {
    db: drizzle(sql, { casing: 'snake_case' }),
    sql,
    close: () => sql.end({ timeout: 5 }),
  }
}

/** Runs `work` in a transaction: the one that is already open, or a new one that commits when `work` resolves. */
export function inTransaction<T>(db: Db | Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  return 'rollback' in db ? work(db) : db.transaction(work)
}
