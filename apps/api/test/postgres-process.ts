import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts'

/*
 * The embedded database as a process of its own has it, for tests that kill that process. Run with the folder and the
 * settings; says "ready" when the database answers, and lives until it is killed.
 */

const [dataDir, settings] = process.argv.slice(2)
if (dataDir === undefined || settings === undefined) throw new Error('Give the folder and the settings.')

await startEmbeddedPostgres({ dataDir, settings: JSON.parse(settings) as Record<string, string> })
process.stdin.resume()
process.stdout.write('ready\n')
