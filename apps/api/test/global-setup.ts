import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../src/db/migrate.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts'
import { prepareTestVendors } from '../src/platform/test-vendors.ts'
import { migrateJobs } from '../src/worker.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

/** The database that every test database is a copy of. */
export const TEMPLATE = 'ordinatus_template'

/** One PostgreSQL for the whole run, fast and forgetful, with one migrated template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ordinatus-test-postgres-'))
  const server = await startEmbeddedPostgres({
    dataDir,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '300',
      shared_buffers: '128MB',
      autovacuum: 'off',
    },
  })
  const admin = postgres(server.url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${TEMPLATE}`)
  await admin.end()
  const template = new URL(server.url)
  template.pathname = `/${TEMPLATE}`
  await migrateDatabase(template.href)
  await migrateJobs(template.href)
  await prepareTestVendors(template.href)
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
