import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../src/db/client.ts'

const TEMPLATE = 'ordinatus_template'

export interface TestDatabase {
  url: string
  /** Another pool on the same database, as another process would have; closed with the rest. */
  open(poolSize?: number): Database
  drop(): Promise<void>
}

/** A database of this test's own, copied from the migrated template in some 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl')
  const name = `test_${randomBytes(8).toString('hex')}`
  const admin = postgres(serverUrl, { max: 1, onnotice: () => {} })
  // Two copies at once of one template are refused ("source database is being accessed by other users").
  await admin`set lock_timeout = 0`
  await admin`set statement_timeout = 0`
  await admin`select pg_advisory_lock(42)`
  await admin.unsafe(`create database ${name} template ${TEMPLATE}`)
  await admin`select pg_advisory_unlock(42)`
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const opened: Database[] = []
  return {
    url: url.href,
    open(poolSize = 10) {
      const database = openDatabase({ url: url.href, poolSize })
      opened.push(database)
      return database
    },
    async drop() {
      await Promise.all(opened.map((database) => database.close()))
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}
