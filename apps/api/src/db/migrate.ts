import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'

const MIGRATIONS = resolve(dirname(fileURLToPath(import.meta.url)), 'migrations')
/** Any number will do, as long as every process takes the same one. */
const MIGRATION_LOCK = 7_264_001

/**
 * Brings the schema up to date. Several processes may start at once: one migrates, the others wait for it. Needs a
 * direct connection, since the lock belongs to the session.
 */
export async function migrateDatabase(directUrl: string): Promise<void> {
  const sql = postgres(directUrl, { max: 1, onnotice: () => {} })
  try {
    // Waiting for another process's migration is not a fault.
    await sql`set lock_timeout = 0`
    await sql`set statement_timeout = 0`
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`
    await migrate(drizzle(sql), { migrationsFolder: MIGRATIONS })
    // quality.md "Reliability": no statement waits for ever, on any connection of this database.
    await sql`do $$ begin
      execute format('alter database %I set lock_timeout = %L', current_database(), '3s');
      execute format('alter database %I set statement_timeout = %L', current_database(), '10s');
      execute format('alter database %I set idle_in_transaction_session_timeout = %L', current_database(), '10s');
    exception when insufficient_privilege then
      raise notice 'set the timeouts of this database yourself: see the operator guide';
    end $$`
  } finally {
    await sql.end({ timeout: 5 })
  }
}
