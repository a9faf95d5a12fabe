import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

const API = fileURLToPath(new URL('../..', import.meta.url))
const settings = { fsync: 'off', shared_buffers: '16MB', max_connections: '20' }

let root: string
let running: EmbeddedPostgres[]
let elsewhere: ChildProcess | null

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ordinatus-pg-test-'))
  running = []
  elsewhere = null
})

afterEach(async () => {
  await killElsewhere()
  for (const server of running) await server.stop()
  await rm(root, { recursive: true, force: true })
})

async function start(dataDir = join(root, 'db')): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, settings })
  running.push(server)
  return server
}

/** Starts the same database in a process of its own. */
async function startElsewhere(): Promise<void> {
  const program = ['--import', 'tsx', 'test/postgres-process.ts', join(root, 'db'), JSON.stringify(settings)]
  const child = spawn(process.execPath, program, { cwd: API, stdio: ['pipe', 'pipe', 'inherit'] })
  elsewhere = child
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', (code) => reject(new Error(`The other process ended with ${code} before it was ready.`)))
  })
}

async function killElsewhere(): Promise<void> {
  const child = elsewhere
  elsewhere = null
  if (child === null || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

async function query<T>(server: EmbeddedPostgres, text: string): Promise<T[]> {
  const sql = postgres(server.url, { max: 1, onnotice: () => undefined })
  try {
    return [...(await sql.unsafe(text))] as T[]
  } finally {
    await sql.end()
  }
}

async function postmasterPid(dataDir = join(root, 'db')): Promise<number> {
  return Number((await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

describe('the embedded database', () => {
  it('speaks UTF-8 and UTC, asks for a password, and keeps its data over a stop and a start', async () => {
    const first = await start()
    await query(first, `create table kept (word text); insert into kept values ('Grüße 👋')`)
    const shown = await query<Record<string, string>>(
      first,
      `select current_setting('server_encoding') as encoding, current_setting('TimeZone') as zone,
              current_setting('fsync') as fsync, current_setting('unix_socket_directories') as sockets,
              (select datcollate from pg_database where datname = current_database()) as locale`,
    )
    expect(shown[0]).toEqual({ encoding: 'UTF8', zone: 'UTC', fsync: 'off', sockets: '', locale: 'C.UTF-8' })
    await expect(query({ ...first, url: first.url.replace(/:[^:@]+@/, ':wrong@') }, 'select 1')).rejects.toMatchObject({
      code: '28P01',
    })
    expect((await stat(join(root, 'db', 'password'))).mode & 0o777).toBe(0o600)
    await first.stop()
    await first.stop()

    const second = await start()
    expect(await query(second, 'select word from kept')).toEqual([{ word: 'Grüße 👋' }])
  })

  it('lends a running database to a second start in the same process, whose stop leaves it running', async () => {
    const first = await start()
    const second = await start()
    expect(second.port).toBe(first.port)
    await second.stop()
    expect(await query(first, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('borrows a database that another living process started, takes it over once that is killed, and then stops it', async () => {
    await startElsewhere()
    const pid = await postmasterPid()
    const borrowed = await start()
    await borrowed.stop()
    expect(await query(borrowed, 'select 1 as one')).toEqual([{ one: 1 }])
    await killElsewhere()
    const own = await start()
    expect(own.port).toBe(borrowed.port)
    expect(await postmasterPid()).toBe(pid)
    await own.stop()
    await expect(readFile(join(root, 'db', 'cluster', 'postmaster.pid'))).rejects.toThrow()
  })

  it('starts again after the postmaster was killed, even while a session was open', async () => {
    const first = await start()
    await query(first, 'create table kept (n int); insert into kept values (7)')
    const open = postgres(first.url, { max: 1, onnotice: () => undefined, onclose: () => undefined })
    await open`select 1`
    process.kill(await postmasterPid(), 'SIGKILL')
    const second = await start()
    expect(await query(second, 'select n from kept')).toEqual([{ n: 7 }])
    await open.end({ timeout: 0 }).catch(() => undefined)
  })

  it('is started again by itself, on its port, when the postmaster is killed while in use, and then stops for good', async () => {
    const server = await start()
    await query(server, 'create table kept (n int); insert into kept values (7)')
    const pid = await postmasterPid()
    process.kill(pid, 'SIGKILL')
    const kept = () => query(server, 'select n from kept').catch(() => [])
    await expect.poll(kept, { timeout: 60_000 }).toEqual([{ n: 7 }])
    const revived = await postmasterPid()
    expect(revived).not.toBe(pid)
    process.kill(revived, 'SIGKILL')
    await expect.poll(kept, { timeout: 60_000 }).toEqual([{ n: 7 }])
    await server.stop()
    await expect(readFile(join(root, 'db', 'cluster', 'postmaster.pid'))).rejects.toThrow()
  })

  it.runIf(process.getuid?.() === 0)('runs from a folder that only root may enter', async () => {
    const closed = join(root, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const dataDir = join(closed, 'db')
    const first = await start(dataDir)
    await query(first, 'create table kept (n int); insert into kept values (1)')
    await first.stop()
    const second = await start(dataDir)
    expect(await query(second, 'select n from kept')).toEqual([{ n: 1 }])
  })

  it('says what to mend when the password file is gone', async () => {
    const first = await start()
    await first.stop()
    await rm(join(root, 'db', 'password'))
    await expect(start()).rejects.toThrow(/"password" is gone/)
  })
})
