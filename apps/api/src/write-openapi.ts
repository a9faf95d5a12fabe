import { readFile, writeFile } from 'node:fs/promises'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { openDatabase } from './db/client.ts'
import type { AppDeps } from './deps.ts'

const target = new URL('../../../packages/api-client/openapi.json', import.meta.url)

/** Deps that must not be used: writing the contract calls no handler. The pool connects with its first statement. */
function inertDeps(): AppDeps {
  const config = readConfig({ NODE_ENV: 'test' })
  const { db } = openDatabase({ url: 'postgres://127.0.0.1:1/none', poolSize: 1 })
  const secrets = { accessTokenKey: 'x'.repeat(32) }
  return new Proxy({ config, db, secrets, relaySignal: undefined } as unknown as AppDeps, {
    get: (held, name) => {
      if (name in held) return held[name as keyof AppDeps]
      throw new Error(`writing the contract used deps.${String(name)}`)
    },
  })
}

const app = await buildApp(inertDeps())
await app.ready()
const contract = `${JSON.stringify(app.swagger(), null, 2)}\n`
await app.close()

if (process.argv.includes('--check')) {
  const committed = await readFile(target, 'utf8').catch(() => '')
  if (committed !== contract) {
    process.stderr.write(
      'packages/api-client/openapi.json is not what the API says. Run "pnpm gen" and commit the change.\n',
    )
    process.exitCode = 1
  }
} else {
  await writeFile(target, contract)
}
