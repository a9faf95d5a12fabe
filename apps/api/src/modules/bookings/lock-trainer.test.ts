import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import type { Database } from '../../db/client.ts'
import { isDatabaseUnavailable, pgErrorOf } from '../../db/pg-errors.ts'
import { uuidV7Ids } from '../../platform/ids.ts'
import { lockTrainer } from './lock-trainer.ts'

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  const { db } = testDatabase.open(1)
  const [row] = await db.execute<{ name: string }>(sql`select current_database() as name`)
  await db.execute(sql`alter database ${sql.identifier(row?.name ?? '')} set lock_timeout = '1ms'`)
  // A database's settings are those of the connections that come after.
  database = testDatabase.open(4)
})
afterAll(() => testDatabase.drop())

/** Here alone: the databases of other tests are on the same server, and stand in lines of their own. */
const countWaiting = async () =>
  (
    await database.db.execute(sql`
      select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`)
  ).length

describe('the line for a trainer', () => {
  it('is stood in for longer than for any other lock, whose own limit holds again after it', async () => {
    const trainerId = uuidV7Ids.next()
    const { next } = await database.db.transaction(async (tx) => {
      await lockTrainer(tx, trainerId)
      const next = database.db.transaction(async (tx) => {
        await lockTrainer(tx, trainerId)
        return tx.execute<{ limit: string }>(sql`select current_setting('lock_timeout') as limit`)
      })
      await expect.poll(countWaiting, { timeout: 60_000 }).toBe(1)
      // Many times as long as the limit of any other lock.
      await tx.execute(sql`select pg_sleep(0.05)`)
      return { next }
    })
    expect(await next).toEqual([{ limit: '1ms' }])
  })

  it('is left after as long as a statement may take, and whoever asked is told to come again', async () => {
    const trainerId = uuidV7Ids.next()
    const refused = await database.db.transaction(async (tx) => {
      await lockTrainer(tx, trainerId)
      const next = database.db.transaction(async (tx) => {
        await tx.execute(sql`set local statement_timeout = '50ms'`)
        await lockTrainer(tx, trainerId)
      })
      return next.then(
        () => null,
        (error: unknown) => error,
      )
    })
    expect(pgErrorOf(refused)?.code).toBe('57014')
    expect(isDatabaseUnavailable(refused)).toBe(true)
  })
})
