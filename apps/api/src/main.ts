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

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // A second Ctrl-C means now.
    if (stopping) process.exit(130)
    stopping = true
    product.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Stopping failed: ${error instanceof Error ? error.message : String(error)}\n`)
        process.exit(1)
      },
    )
  })
