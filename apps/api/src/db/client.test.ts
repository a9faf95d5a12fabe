import { type AddressInfo, createServer } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { openDatabase, reconnectAfterSeconds } from './client.ts'

let testDatabase: TestDatabase

beforeAll(async () => {
  testDatabase = await createTestDatabase()
})
afterAll(async () => {
  await testDatabase.drop()
})

// The driver as it is published printed "Unhandled Errors: Cannot read properties of null (reading 'write')" here: the
// process would have ended.
test('a connection that dies in a transaction fails the transaction, and the next answers go to those who asked', async () => {
  const database = testDatabase.open(1)
  const other = testDatabase.open(1)
  for (let turn = 0; turn < 10; turn += 1) {
    const transaction = database.db.transaction(async (tx) => {
      const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await other.sql`select pg_terminate_backend(${row?.pid ?? 0})`
      await tx.execute(sql`select pg_sleep(5)`)
    })
    await expect(transaction).rejects.toThrow()
    const numbers = Array.from({ length: 20 }, (_, index) => turn * 100 + index)
    const answers = await Promise.all(numbers.map((number) => database.sql`select ${number}::int as number`))
    expect(answers.map(([row]) => row?.number)).toEqual(numbers)
  }
})

// The driver as it is published printed "Unhandled Rejection: read ECONNRESET" here.
test('a database that goes away while a connection is opened fails the statement, not the process', async () => {
  // "Authentication is fine" and "ready", as PostgreSQL says them; then gone.
  const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(welcome)
      socket.once('data', () => socket.resetAndDestroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const database = openDatabase({ url: `postgres://127.0.0.1:${port}/any`, poolSize: 1 })
  await expect(database.sql`select 1`).rejects.toMatchObject({ code: 'ECONNRESET' })
  await database.sql.end({ timeout: 0 })
  await new Promise((resolve) => server.close(resolve))
})

test('tries to reach the database again soon, and never longer than a second apart', () => {
  expect(reconnectAfterSeconds(0)).toBeLessThanOrEqual(0.01)
  for (const failedTries of [1, 5, 100, 10_000]) expect(reconnectAfterSeconds(failedTries)).toBeLessThanOrEqual(1)
  expect(reconnectAfterSeconds(10_000)).toBeGreaterThanOrEqual(0.5)
})
