import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openDatabaseLine } from '../test/database-line.ts'
import { startMailServer, type TestMailServer } from '../test/mail-server.ts'
import { submitRequest } from '../test/notification-scene.ts'
import { createScene, type SchedulingScene } from '../test/scheduling-scene.ts'
import { createTestWorld, type TestWorld } from '../test/test-world.ts'
import { mails } from './db/schema/notifications.ts'
import { createSmtpMailer } from './platform/smtp-mailer.ts'
import { rescueAbandonedJobs, startWorker } from './worker.ts'

const API = fileURLToPath(new URL('..', import.meta.url))
const QUIET = { info: () => {}, warn: () => {}, error: () => {} }

let world: TestWorld
let scene: SchedulingScene
let server: TestMailServer
const children: ChildProcess[] = []

beforeAll(async () => {
  // The workers go by the real time; so does this world.
  world = await createTestWorld({ now: new Date().toISOString() })
  world.deps.clock.now = () => new Date()
  // One mail at a time: the trainer wants none, the customer gets "We received your request".
  scene = await createScene(world, { trainer: { notificationPreferences: { newRequest: false } } })
  server = await startMailServer()
})
afterEach(async () => {
  for (const child of children.splice(0)) await killed(child)
  // What a test left unfinished is not the next one's to finish.
  await world.database.sql`delete from graphile_worker._private_jobs`
  await world.database.sql`update mails set state = 'skipped', next_attempt_at = null where state <> 'done'`
  server.isSilent = false
  server.isDeaf = false
  server.arrived.length = 0
  world.mailer.sent.length = 0
})
afterAll(async () => {
  await server.close()
  await world.close()
})

/** Starts a worker in a process of its own on the test's database and waits until it works. */
async function startWorkerProcess(): Promise<ChildProcess> {
  const { config, secrets } = world.deps
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/worker-process.ts'], {
    cwd: API,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'test',
      APP_URL: config.appUrl,
      DATA_DIR: config.dataDir,
      DATABASE_URL: world.testDatabase.url,
      SMTP_URL: server.url,
      ACCESS_TOKEN_SECRET: secrets.accessTokenKey,
      LINK_SECRET: secrets.accessTokenKey,
      ENCRYPTION_SECRET: secrets.accessTokenKey,
    },
  })
  children.push(child)
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('ready')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`The worker ended with ${code} before it was ready.`)))
  })
  return child
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

/** The jobs that some worker is at, and whose they are. */
const lockedJobs = async () => [
  ...(await world.database.sql<{ id: string; task: string; workerId: string }[]>`
    select j.id::text as id, t.identifier as task, j.locked_by as "workerId"
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where j.locked_by is not null order by j.id`),
]
const leftJobs = async () => {
  const [row] = await world.database.sql<{ count: number }[]>`
    select count(*)::int as count from graphile_worker._private_jobs`
  return row?.count ?? 0
}
const mailIds = async () => (await world.database.db.select({ id: mails.id }).from(mails)).map(({ id }) => id)
async function newMailId(before: string[]): Promise<string> {
  const [id, ...more] = (await mailIds()).filter((one) => !before.includes(one))
  if (id === undefined || more.length > 0) throw new Error('There is not exactly one new mail.')
  return `<${id}@ordinatus.test>`
}
const stateOf = async (messageId: string) =>
  (await world.database.db.select().from(mails)).find(({ id }) => messageId === `<${id}@ordinatus.test>`)?.state

test('a worker turns what happened into mail by itself, and leaves no job behind', async () => {
  const before = await mailIds()
  const worker = await startWorker({
    deps: world.deps,
    database: world.database,
    directUrl: world.testDatabase.url,
    log: QUIET,
  })
  await submitRequest(world, scene)
  await expect.poll(() => world.mailer.sent.length, { timeout: 30_000 }).toBe(1)
  expect(world.mailer.sent[0]?.messageId).toBe(await newMailId(before))
  await expect.poll(leftJobs, { timeout: 30_000 }).toBe(0)
  await worker.stop()
})

test('a living worker keeps its jobs, however long they take', async () => {
  // Without the lock that says "this worker lives" this printed "expected [ 'pool-…' ] to deeply equal []".
  server.isSilent = true
  await startWorkerProcess()
  await submitRequest(world, scene)
  await expect.poll(() => server.arrived.length, { timeout: 30_000 }).toBe(1)
  const sending = async () => (await lockedJobs()).filter(({ task }) => task === 'send_mail')
  const before = await sending()
  expect(before).toHaveLength(1)
  // As if it had been at it for an hour: only its lock speaks for it.
  await world.database
    .sql`update graphile_worker._private_jobs set locked_at = locked_at - interval '1 hour' where locked_by is not null`
  expect(await rescueAbandonedJobs(world.database)).toEqual([])
  expect(await sending()).toEqual(before)
})

test('the mail of a worker that is killed while sending goes out again, once, under the same Message-ID', async () => {
  const before = await mailIds()
  server.isSilent = true
  const child = await startWorkerProcess()
  await submitRequest(world, scene)
  await expect.poll(() => server.arrived.length, { timeout: 30_000 }).toBe(1)
  await killed(child)
  const messageId = await newMailId(before)
  expect(await stateOf(messageId)).toBe('running')
  // graphile-worker alone would keep the job locked for four hours.
  expect(await lockedJobs()).not.toEqual([])
  await expect.poll(() => rescueAbandonedJobs(world.database), { timeout: 30_000, interval: 250 }).toHaveLength(1)
  server.isSilent = false
  await startWorkerProcess()
  await expect.poll(() => stateOf(messageId), { timeout: 30_000 }).toBe('done')
  expect(server.arrived).toEqual([messageId, messageId])
})

test('the mail of a worker that is killed before it could send is sent once, within 30 seconds, by the next', async () => {
  const before = await mailIds()
  server.isDeaf = true
  const child = await startWorkerProcess()
  await submitRequest(world, scene)
  await expect.poll(async () => (await mailIds()).length, { timeout: 30_000 }).toBe(before.length + 1)
  const messageId = await newMailId(before)
  await expect.poll(() => stateOf(messageId), { timeout: 30_000 }).toBe('running')
  expect(await lockedJobs()).not.toEqual([])
  // Or it gives the mail server up after ten seconds, which the start of the other one may take.
  child.kill('SIGSTOP')
  const other = await startWorkerProcess()
  await killed(child)
  const killedAt = Date.now()
  server.isDeaf = false
  // By its own timers: nobody calls the rescue here. With the timer removed this printed "expected +0 to be 1".
  await expect.poll(() => server.arrived.length, { timeout: 40_000, interval: 250 }).toBe(1)
  expect(Date.now() - killedAt).toBeLessThan(30_000)
  await expect.poll(() => stateOf(messageId), { timeout: 30_000 }).toBe('done')
  expect(server.arrived).toEqual([messageId])
  await killed(other)
}, 180_000)

test('what was committed before a worker was killed is mailed after the restart', async () => {
  const before = await mailIds()
  const child = await startWorkerProcess()
  await killed(child)
  await submitRequest(world, scene)
  expect(await mailIds()).toEqual(before)
  await startWorkerProcess()
  await expect.poll(() => server.arrived.length, { timeout: 30_000 }).toBe(1)
  expect(server.arrived).toEqual([await newMailId(before)])
})

test('settling runs events, jobs and what they lead to, with no worker beside it', async () => {
  const mailer = createSmtpMailer({ url: server.url, requireTls: false })
  const captured = world.deps.mailer
  world.deps.mailer = mailer
  await submitRequest(world, scene)
  await world.settle()
  world.deps.mailer = captured
  expect(server.arrived).toHaveLength(1)
  expect(await leftJobs()).toBe(0)
  await mailer.close()
})

test('a worker whose connections break says again that it lives', async () => {
  const worker = await startWorker({
    deps: world.deps,
    database: world.database,
    directUrl: world.testDatabase.url,
    log: QUIET,
  })
  const held = async () => {
    const [row] = await world.database.sql<{ count: number }[]>`
      select count(*)::int as count from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.granted and a.application_name = 'ordinatus-worker-alive'
        and a.datname = current_database()`
    return row?.count ?? 0
  }
  await expect.poll(held, { timeout: 30_000 }).toBe(1)
  await world.database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name in ('ordinatus-worker-alive', 'ordinatus-listener') and datname = current_database()`
  await expect.poll(held, { timeout: 30_000 }).toBe(1)
  await submitRequest(world, scene)
  await expect.poll(() => world.mailer.sent.length, { timeout: 30_000 }).toBe(1)
  await worker.stop()
})

test('a worker whose database goes away in the middle of a job works on when it is back, and the mail goes out once', async () => {
  // With the runner left to itself this printed "expected 1 to be +0" for the jobs, and "Unhandled Rejection: Connection
  // terminated unexpectedly", with which the whole process would have ended.
  const line = await openDatabaseLine(world.testDatabase.url)
  const worker = await startWorker({
    deps: world.deps,
    database: world.database,
    directUrl: line.url,
    log: QUIET,
  })
  const captured = world.deps.mailer
  world.deps.mailer = {
    send: async (mail) => {
      line.cut()
      world.deps.mailer = captured
      await captured.send(mail)
    },
    close: captured.close,
  }
  const before = await mailIds()
  await submitRequest(world, scene)
  await expect.poll(() => world.mailer.sent.length, { timeout: 30_000 }).toBe(1)
  const messageId = await newMailId(before)
  await expect.poll(() => stateOf(messageId), { timeout: 30_000 }).toBe('done')
  // Whoever has something to report has tried by then.
  const refused = line.refused()
  await expect.poll(line.refused, { timeout: 30_000 }).toBeGreaterThan(refused + 10)
  line.mend()
  await submitRequest(world, scene)
  await expect.poll(() => world.mailer.sent.length, { timeout: 30_000 }).toBe(2)
  // The job whose end could not be reported is freed, found done and forgotten.
  await expect.poll(leftJobs, { timeout: 40_000, interval: 250 }).toBe(0)
  expect(world.mailer.sent).toHaveLength(2)
  await worker.stop()
  await line.close()
}, 180_000)
