import { spawn } from 'node:child_process'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const API = fileURLToPath(new URL('../..', import.meta.url))

// "Authentication is fine" and "ready", as PostgreSQL says them.
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])

let server: Server

beforeEach(async () => {
  // Lets everybody in and goes away at the first question.
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(WELCOME)
      socket.once('data', () => socket.resetAndDestroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve))
})

/** What a process of its own says that runs these lines, and how it ends. */
async function outcomeOf(lines: string): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', lines], {
    cwd: API,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, said }
}

test('a database that goes away while a connection is opened does not end the process', async () => {
  // Without the guard this printed "code: 1, said: ''".
  const { code, said } = await outcomeOf(`
    import postgres from 'postgres'
    import { outliveLostConnections } from './src/db/lost-connections.ts'
    outliveLostConnections(() => {
      process.stdout.write('went on')
      setImmediate(() => process.exit(0))
    })
    const sql = postgres('postgres://127.0.0.1:${(server.address() as AddressInfo).port}/any', { max: 1 })
    await sql\`select 1\`.catch(() => {})`)
  expect({ code, said }).toEqual({ code: 0, said: 'went on' })
})

test('any other failure that nobody saw ends the process', async () => {
  const { code, said } = await outcomeOf(`
    import { outliveLostConnections } from './src/db/lost-connections.ts'
    outliveLostConnections(() => process.stdout.write('went on; '))
    void Promise.reject(Object.assign(new Error('lost'), { code: 'ECONNREFUSED', query: 'select 1' }))
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    process.stdout.write('alive')`)
  expect({ code, said }).toEqual({ code: 1, said: '' })
})
