/*
 * Goal P4 (docs/architecture.md, "Speed"): `listSlots` over HTTP for a trainer with 10,000 bookings, 14 days. Prints the
 * processor time of the API's process per request, the statements of one request, and the middle time of an answer at
 * four connections.
 *
 *   npx tsx bench/slots-endpoint.ts
 *
 * The app that ships runs in a process of its own, with its log going nowhere; relay and worker are left out, so that
 * only the request is measured. All bookings are confirmed and two hours apart, the last ones within the fourteen days:
 * none is out of the way of the index because it is over.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { drizzle } from '../apps/api/node_modules/drizzle-orm/postgres-js/index.js'
import { buildApp } from '../apps/api/src/app.ts'
import { readConfig } from '../apps/api/src/config.ts'
import { type Database, openDatabase } from '../apps/api/src/db/client.ts'
import { migrateDatabase } from '../apps/api/src/db/migrate.ts'
import type { AppDeps } from '../apps/api/src/deps.ts'
import { ownPaymentAccounts } from '../apps/api/src/modules/organizations/read-payment-account.ts'
import { createTestCalendar } from '../apps/api/src/platform/calendars/test-calendar.ts'
import { startEmbeddedPostgres } from '../apps/api/src/platform/embedded-postgres.ts'
import { uuidV7Ids } from '../apps/api/src/platform/ids.ts'
import { silentJobs } from '../apps/api/src/platform/jobs.ts'
import { loggerOptions } from '../apps/api/src/platform/logging.ts'
import { createNodeSecrets } from '../apps/api/src/platform/node-secrets.ts'
import { createPaymentGateways } from '../apps/api/src/platform/payment-gateway/payment-gateways.ts'
import { createStripeGateway } from '../apps/api/src/platform/payment-gateway/stripe.ts'
import { createTestCheckout } from '../apps/api/src/platform/payment-gateway/test-checkout.ts'
import { createTestSessions } from '../apps/api/src/platform/remote-sessions/test-sessions.ts'
import { startSystemClock } from '../apps/api/src/platform/system-clock.ts'
import { migrateJobs } from '../apps/api/src/worker.ts'

const BOOKINGS = 10_000
const CONNECTIONS = 4
const WARM_UP = 1_000
const REQUESTS = 4_000
const SECRET = 'a secret of the benchmark, as long as the configuration wants it'
const GOALS = { cpuMilliseconds: 1.5, statements: 4, p50Milliseconds: 4 }

const secrets = createNodeSecrets({ accessToken: SECRET, link: { id: 'k1', secret: SECRET }, encryption: SECRET })

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })

if (process.send === undefined) await measure()
else await serve(process.argv[2] ?? '')

// -- The process that is measured --------------------------------------------------------------------------------------

async function depsOver(database: Database): Promise<AppDeps> {
  const config = readConfig({
    NODE_ENV: 'test',
    RATE_LIMIT_SCALE: '0',
    ACCESS_TOKEN_SECRET: SECRET,
    LINK_SECRET: SECRET,
    ENCRYPTION_SECRET: SECRET,
  })
  const clock = await startSystemClock({ measure: null })
  const { sql } = database
  const testCheckout = await createTestCheckout({ sql, clock, secrets, appUrl: config.appUrl })
  return {
    db: database.db,
    clock,
    ids: uuidV7Ids,
    secrets,
    mailer: { send: async () => {} },
    paymentGateways: createPaymentGateways({
      deployment: testCheckout,
      testCheckout,
      own: ownPaymentAccounts({ db: database.db, secrets }),
      stripe: (secretKey) => createStripeGateway({ secretKey }),
    }),
    calendars: await createTestCalendar({ sql }),
    remoteSessions: await createTestSessions({ sql, appUrl: config.appUrl }),
    jobs: silentJobs,
    config,
  }
}

async function serve(url: string): Promise<void> {
  const database = openDatabase({ url, poolSize: 10 })
  const logger = { ...(loggerOptions('info') as object), stream: nowhere }
  const app = await buildApp(await depsOver(database), { logger })
  await app.listen({ port: 0, host: '127.0.0.1' })
  process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
  process.send?.({ port: (app.server.address() as AddressInfo).port })
}

// -- The process that measures -----------------------------------------------------------------------------------------

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ordinatus-bench-'))
  const server = await startEmbeddedPostgres({ dataDir: folder })
  const database = openDatabase({ url: server.url, poolSize: 4 })
  let child: ReturnType<typeof fork> | null = null
  try {
    await migrateDatabase(server.url)
    await migrateJobs(server.url)
    const link = await makeTrainer(database)
    const { statements, slots } = await statementsOf(database, link)
    child = fork(fileURLToPath(import.meta.url), [server.url])
    const { port } = await answerOf<{ port: number }>(child)
    const url = `http://127.0.0.1:${port}/v1/scheduling/slots?durationMinutes=60&timeZone=America/New_York`
    await run(url, link, WARM_UP)
    const before = await cpuOf(child)
    const times = await run(url, link, REQUESTS)
    const cpu = ((await cpuOf(child)) - before) / 1000 / REQUESTS
    // What a request costs here and now that does nothing: a busy machine makes both dearer.
    const trivial = `http://127.0.0.1:${port}/healthz`
    await run(trivial, link, WARM_UP)
    const beforeTrivial = await cpuOf(child)
    await run(trivial, link, REQUESTS)
    const cpuOfTrivial = ((await cpuOf(child)) - beforeTrivial) / 1000 / REQUESTS
    const p50 = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
    console.log(`P4: listSlots over HTTP, a trainer with ${BOOKINGS} bookings, 14 days: ${slots} open times`)
    judge('node CPU per request, ms', cpu, GOALS.cpuMilliseconds)
    judge('statements per request', statements, GOALS.statements)
    judge(`p50 at ${CONNECTIONS} connections, ms`, p50, GOALS.p50Milliseconds)
    console.log(`  node CPU of a request that does nothing: ${cpuOfTrivial.toFixed(2)} ms`)
    console.log(`  p99 ${(times[Math.floor(times.length * 0.99)] ?? Number.NaN).toFixed(2)} ms`)
  } finally {
    child?.kill('SIGTERM')
    await database.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function judge(what: string, value: number, most: number): void {
  const met = value <= most
  console.log(`  ${what}: ${Number(value.toFixed(2))} (goal: at most ${most}) ${met ? 'met' : 'MISSED'}`)
  if (!met) process.exitCode = 1
}

async function answerOf<Answer>(child: ReturnType<typeof fork>): Promise<Answer> {
  const stopped = once(child, 'exit').then(() => Promise.reject(new Error('The measured process has stopped.')))
  const [answer] = (await Promise.race([once(child, 'message'), stopped])) as [Answer]
  return answer
}

/** Microseconds of processor time that the API's process has used so far, its own and the system's for it. */
async function cpuOf(child: ReturnType<typeof fork>): Promise<number> {
  child.send('cpu')
  const { cpu } = await answerOf<{ cpu: NodeJS.CpuUsage }>(child)
  return cpu.user + cpu.system
}

/** Calls over kept connections, each asking again as soon as it is answered; answers the milliseconds of each. */
async function run(url: string, link: string, count: number): Promise<number[]> {
  const times: number[] = []
  let left = count
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const connection = await connect(url, link)
      while (left > 0) {
        left -= 1
        const began = performance.now()
        await connection.ask()
        times.push(performance.now() - began)
      }
      connection.close()
    }),
  )
  return times
}

/**
 * One kept connection that sends the same request again and again. It reads no more of an answer than its length: whoever
 * asks shares the processor with whom is measured, and an HTTP client would take a fifth of the time for itself.
 */
async function connect(url: string, link: string): Promise<{ ask: () => Promise<void>; close: () => void }> {
  const { hostname, port, pathname, search, host } = new URL(url)
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  const head = `GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${link}\r\n\r\n`
  let missing = -1
  let settle: { answered: () => void; failed: (error: Error) => void } | null = null
  socket.on('error', (error) => settle?.failed(error))
  socket.on('close', () => settle?.failed(new Error('The connection was closed.')))
  socket.on('data', (chunk) => {
    let body = chunk.length
    if (missing < 0) {
      const end = chunk.indexOf('\r\n\r\n')
      const text = chunk.toString('latin1', 0, end)
      const length = /content-length: (\d+)/i.exec(text)?.[1]
      if (end < 0 || length === undefined || !text.startsWith('HTTP/1.1 200'))
        return settle?.failed(new Error(`An answer that is not expected: ${text.slice(0, 200)}`))
      missing = Number(length)
      body -= end + 4
    }
    missing -= body
    if (missing > 0) return
    missing = -1
    settle?.answered()
  })
  return {
    ask: () =>
      new Promise<void>((answered, failed) => {
        settle = { answered, failed }
        socket.write(head)
      }),
    close: () => {
      settle = null
      socket.destroy()
    },
  }
}

async function statementsOf(database: Database, link: string): Promise<{ statements: number; slots: number }> {
  let statements = 0
  const logger = {
    logQuery: () => {
      statements += 1
    },
  }
  const deps = await depsOver({ ...database, db: drizzle(database.sql, { casing: 'snake_case', logger }) })
  const app = await buildApp(deps)
  const ask = () =>
    app.inject({ url: '/v1/scheduling/slots?durationMinutes=60', headers: { authorization: `Bearer ${link}` } })
  const answer = await ask()
  if (answer.statusCode !== 200) throw new Error(answer.body)
  statements = 0
  await ask()
  await app.close()
  return { statements, slots: answer.json<{ slots: unknown[] }>().slots.length }
}

/** One organization whose trainer has every booking; answers the secret of a scheduling link for one more. */
async function makeTrainer({ sql }: Database): Promise<string> {
  const now = new Date()
  const at = now.toISOString()
  const organizationId = uuidV7Ids.next()
  const trainerId = uuidV7Ids.next()
  const sessionTypeId = uuidV7Ids.next()
  const formId = uuidV7Ids.next()
  const versionId = uuidV7Ids.next()
  const settings = { name: 'Bench', supportEmail: 'bench@example.test', timeZone: 'America/New_York' }
  const policy = { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 }
  await sql`insert into organizations (id, slug, settings, created_at, updated_at)
    values (${organizationId}, 'bench', ${JSON.stringify(settings)}::jsonb, ${at}, ${at})`
  await sql`insert into users (id, email, first_name, last_name, time_zone, created_at, updated_at)
    values (${trainerId}, 'trainer@example.test', 'Bench', 'Trainer', 'America/New_York', ${at}, ${at})`
  await sql`insert into memberships (organization_id, user_id, role, skills, created_at)
    values (${organizationId}, ${trainerId}, 'trainer', '{}', ${at})`
  await sql`insert into session_types (id, organization_id, name, durations_minutes, delivery_method, created_at, updated_at)
    values (${sessionTypeId}, ${organizationId}, 'Bench', '{30,60}', 'phone', ${at}, ${at})`
  await sql`insert into session_type_prices (organization_id, session_type_id, duration_minutes, amount_minor, currency)
    values (${organizationId}, ${sessionTypeId}, 30, 5000, 'USD'), (${organizationId}, ${sessionTypeId}, 60, 9000, 'USD')`
  await sql`insert into forms (id, organization_id, slug, created_at) values (${formId}, ${organizationId}, 'bench', ${at})`
  await sql`insert into form_versions (id, organization_id, form_id, version, status, title, sections, routing, created_at, published_at)
    values (${versionId}, ${organizationId}, ${formId}, 1, 'published', 'Bench', '[]', '{"rules":[]}', ${at}, ${at})`
  await sql`insert into availability_rules (id, user_id, schedule_type, days_of_week, start_local_time, end_local_time,
      durations_minutes, created_at, updated_at)
    values (${uuidV7Ids.next()}, ${trainerId}, 'custom', '{1,2,3,4,5}', '09:00', '17:00', '{}', ${at}, ${at})`
  const ids = Array.from({ length: BOOKINGS + 1 }, () => uuidV7Ids.next())
  await sql`insert into training_requests (id, organization_id, reference, status, form_version_id, session_type_id,
      required_skills, priority, customer_name, customer_email, answers, claimed_by_user_id, claimed_at, created_at, updated_at)
    select made.id::uuid, ${organizationId}, 'R-' || upper(substr(md5(made.id), 1, 12)),
      case when made.place = 1 then 'customer_scheduling' else 'confirmed' end::request_status, ${versionId},
      ${sessionTypeId}, '{}', 'normal', 'Casey', 'casey@example.test', '{}', ${trainerId}, ${at}, ${at}, ${at}
    from unnest(${ids}::text[]) with ordinality as made (id, place)`
  const lastStart = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000 + 14 * 86_400_000).toISOString()
  await sql`insert into bookings (id, organization_id, training_request_id, trainer_user_id, session_type_id, status,
      payment_status, start_at, end_at, duration_minutes, buffer_before_minutes, buffer_after_minutes, customer_time_zone,
      price_minor, currency, cancellation_policy, delivery_method, created_at, updated_at)
    select made.id::uuid, ${organizationId}, made.id::uuid, ${trainerId}, ${sessionTypeId}, 'confirmed', 'not_required',
      ${lastStart}::timestamptz - made.place * interval '2 hours',
      ${lastStart}::timestamptz - made.place * interval '2 hours' + interval '30 minutes', 30, 0, 0, 'America/New_York',
      0, 'USD', ${JSON.stringify(policy)}::jsonb, 'phone', ${at}, ${at}
    from unnest(${ids.slice(1)}::text[]) with ordinality as made (id, place)`
  const token = { id: uuidV7Ids.next(), nonce: secrets.randomBytes(16), keyId: secrets.linkKeyId }
  const link = secrets.linkSecret('scheduling', token)
  await sql`insert into scheduling_tokens (id, organization_id, training_request_id, trainer_user_id, key_id, nonce, digest,
      sent_at, expires_at)
    values (${token.id}, ${organizationId}, ${ids[0] ?? ''}, ${trainerId}, ${token.keyId}, ${token.nonce},
      ${secrets.digest(link)}, ${at}, ${new Date(now.getTime() + 7 * 86_400_000).toISOString()})`
  await sql`analyze`
  return link
}
