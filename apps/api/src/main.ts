import { type Config, ConfigError, readConfig } from './config.ts'
import { runProduct } from './product.ts'

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

const product = await runProduct(configOrExit()).catch((error: unknown) => {
  process.stderr.write(`Ordinatus could not start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})

/** Longer than any part of stopping may take; after it something hangs, and waiting longer helps nobody. */
const STOPPING_AT_MOST_MILLISECONDS = 30_000

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // A launcher passes on what the terminal has sent already, so a second signal asks for nothing new: leaving now would
    // leave the database running.
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), STOPPING_AT_MOST_MILLISECONDS).unref()
    product.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Stopping failed: ${error instanceof Error ? error.message : String(error)}\n`)
        process.exit(1)
      },
    )
  })
