import { type Config, ConfigError, readConfig } from './config.ts'
import { type Product, runProduct } from './product.ts'

const role = process.argv.includes('--worker') ? 'worker' : process.argv.includes('--api') ? 'api' : 'all'

function configOrExit(): Config {
  try {
    return readConfig(process.env, { role })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`Ordinatus cannot start: ${error.message}\n`)
    process.exit(78)
  }
}

/** Longer than any part of stopping may take; after it something hangs, and waiting longer helps nobody. */
const STOPPING_AT_MOST_MILLISECONDS = 30_000

/** Once it stops, a fault is told and ends nothing: leaving in the middle would leave the database running. */
function tellFault(error: unknown): void {
  process.stderr.write(`While stopping: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}

function stop(running: Product): void {
  running.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`Stopping failed: ${error instanceof Error ? error.message : String(error)}\n`)
      process.exit(1)
    },
  )
}

let product: Product | null = null
let stopping = false
// Before anything is started: what was begun is stopped again, as soon as it is known what that is.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // A launcher passes on what the terminal has sent already, so a second signal asks for nothing new: leaving now would
    // leave the database running.
    if (stopping) return
    stopping = true
    process.on('uncaughtException', tellFault).on('unhandledRejection', tellFault)
    setTimeout(() => process.exit(1), STOPPING_AT_MOST_MILLISECONDS).unref()
    if (product !== null) stop(product)
  })

try {
  product = await runProduct(configOrExit())
  if (stopping) stop(product)
} catch (error) {
  process.stderr.write(`Ordinatus could not start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
