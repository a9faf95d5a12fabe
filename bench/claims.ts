/*
 * Goals P5, P7 and P8 (docs/architecture.md, "Speed"): claims through the API against the same SQL through pgbench, an
 * authenticated read against Fastify's trivial route, and the spread of answers when 50 clients fight for one request.
 * All in one run on one machine; what counts are the ratios.
 *
 *   pnpm build && npx tsx bench/claims.ts            needs pgbench on the PATH for P5
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from '../apps/api/node_modules/postgres/src/index.js'
import { migrateDatabase } from '../apps/api/src/db/migrate.ts'
import { startEmbeddedPostgres } from '../apps/api/src/platform/embedded-postgres.ts'
import { uuidV7Ids } from '../apps/api/src/platform/ids.ts'
import { createNodeSecrets } from '../apps/api/src/platform/node-secrets.ts'
import { migrateJobs } from '../apps/api/src/worker.ts'

const ROOT = resolve(fileURLToPath(import.meta.url), '../..')
const CLIENTS = 16
const CLAIMS = 6_400
const READS = 12_000
const FIGHTERS = 50
const FIGHTS = 40
const SECRET = 'a secret of the benchmark, as long as the configuration wants it'
const PASSWORD = 'benchmark-password-1'

interface Person {
  id: string
  email: string
  accessToken: string
}

const folder = await mkdtemp(join(tmpdir(), 'ordinatus-bench-'))
const children: ChildProcess[] = []
const agent = new http.Agent({ keepAlive: true, maxSockets: FIGHTERS })
const server = await startEmbeddedPostgres({ dataDir: folder, settings: { max_connections: '200' } })
const sql = postgres(server.url, { max: 4, onnotice: () => undefined })

try {
  await migrateDatabase(server.url)
  await migrateJobs(server.url)
  const people = await makePeople()
  const forApi = await makeRequests(CLAIMS)
  const forPgbench = await makeRequests(CLAIMS)
  const contested = await makeRequests(FIGHTS)
  const api = await startApi()
  const trivial = await startTrivial()
  for (const person of people) person.accessToken = await signIn(api, person.email)

  // Everything is warm before it counts.
  await readAll(api, people, 2_000)
  await readAll(trivial, null, 2_000)

  const reads = await readAll(api, people, READS)
  const trivials = await readAll(trivial, null, READS)
  const claims = await claimAll(api, people.slice(0, CLIENTS), forApi)
  const floor = claimByPgbench(await pgbenchScript(people.slice(0, CLIENTS), forPgbench))
  const fights = await fightAll(api, people, contested)

  console.log(
    `P5  claims/s: API ${claims.toFixed(0)}, pgbench ${floor === null ? 'not on the PATH' : floor.toFixed(0)}`,
  )
  if (floor !== null) console.log(`    ratio ${(claims / floor).toFixed(2)} (goal at least 0.30)`)
  console.log(`P7  reads/s: authenticated ${reads.toFixed(0)}, trivial ${trivials.toFixed(0)}`)
  console.log(`    ratio ${(reads / trivials).toFixed(2)} (goal at least 0.10)`)
  console.log(`P8  ${FIGHTERS} clients, one request: p50 ${fights.p50.toFixed(1)} ms, p99 ${fights.p99.toFixed(1)} ms`)
  console.log(
    `    ratio ${(fights.p99 / fights.p50).toFixed(1)} (goal at most 6); winners per request: ${fights.winners}`,
  )
} finally {
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(
    children.map((child) => new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done(null)))),
  )
  await sql.end()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

async function makePeople(): Promise<Person[]> {
  const secrets = createNodeSecrets({ accessToken: SECRET, link: { id: 'k1', secret: SECRET }, encryption: SECRET })
  const passwordHash = await secrets.hashPassword(PASSWORD)
  const now = new Date().toISOString()
  const organizationId = uuidV7Ids.next()
  await sql`insert into organizations (id, slug, settings, created_at, updated_at)
    values (${organizationId}, 'bench', ${sql.json({ name: 'Bench', supportEmail: 'bench@example.test' })}, ${now}, ${now})`
  await sql`insert into organization_slugs (slug, organization_id, created_at) values ('bench', ${organizationId}, ${now})`
  const people: Person[] = []
  for (let index = 0; index < FIGHTERS; index += 1) {
    const id = uuidV7Ids.next()
    const email = `trainer-${index}@example.test`
    await sql`insert into users (id, email, password_hash, first_name, last_name, created_at, updated_at)
      values (${id}, ${email}, ${passwordHash}, 'Bench', ${`Trainer ${index}`}, ${now}, ${now})`
    await sql`insert into memberships (organization_id, user_id, role, skills, created_at)
      values (${organizationId}, ${id}, 'trainer', '{wordpress}', ${now})`
    people.push({ id, email, accessToken: '' })
  }
  const sessionTypeId = uuidV7Ids.next()
  const formId = uuidV7Ids.next()
  await sql`insert into session_types (id, organization_id, name, durations_minutes, delivery_method, created_at, updated_at)
    values (${sessionTypeId}, ${organizationId}, 'Bench', '{60}', 'phone', ${now}, ${now})`
  await sql`insert into session_type_prices (organization_id, session_type_id, duration_minutes, amount_minor, currency)
    values (${organizationId}, ${sessionTypeId}, 60, 9000, 'USD')`
  await sql`insert into forms (id, organization_id, slug, created_at) values (${formId}, ${organizationId}, 'bench', ${now})`
  await sql`insert into form_versions (id, organization_id, form_id, version, status, title, sections, routing, created_at, published_at)
    values (${uuidV7Ids.next()}, ${organizationId}, ${formId}, 1, 'published', 'Bench', '[]', '{"rules":[]}', ${now}, ${now})`
  return people
}

async function makeRequests(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidV7Ids.next())
  await sql`insert into training_requests
    (id, organization_id, reference, status, form_version_id, session_type_id, required_skills, priority, customer_name, customer_email, answers, created_at, updated_at)
    select made.id::uuid, o.id, 'R-' || upper(substr(md5(made.id), 1, 12)), 'trainers_notified', v.id, s.id, '{wordpress}', 'normal', 'Casey', 'casey@example.test', '{}', now(), now()
    from unnest(${ids}::text[]) as made (id), organizations o, form_versions v, session_types s`
  return ids
}

/** The built program, as it runs in production: pooled connections, logging, relay and worker beside it. */
async function startApi(): Promise<string> {
  const port = 20_000 + (randomBytes(2).readUInt16BE() % 20_000)
  const child = spawn(process.execPath, [join(ROOT, 'apps/api/dist/main.js')], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: String(port),
      DATA_DIR: folder,
      DATABASE_URL: server.url,
      SMTP_URL: 'smtp://127.0.0.1:9',
      SEED_DEMO: 'false',
      RATE_LIMIT_SCALE: '0',
      LOG_LEVEL: 'info',
      ACCESS_TOKEN_SECRET: SECRET,
      LINK_SECRET: SECRET,
      ENCRYPTION_SECRET: SECRET,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  children.push(child)
  return answering(`http://127.0.0.1:${port}`, '/readyz')
}

async function startTrivial(): Promise<string> {
  const port = 40_000 + (randomBytes(2).readUInt16BE() % 20_000)
  const program = `const app = require('fastify')(); app.get('/', async () => ({ status: 'ok' })); app.listen({ port: ${port} })`
  const child = spawn(process.execPath, ['-e', program], {
    cwd: join(ROOT, 'apps/api'),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  children.push(child)
  return answering(`http://127.0.0.1:${port}`, '/')
}

async function answering(origin: string, path: string): Promise<string> {
  for (let tried = 0; tried < 300; tried += 1) {
    const ok = await fetch(`${origin}${path}`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ok) return origin
    await new Promise((later) => setTimeout(later, 100))
  }
  throw new Error(`${origin} does not answer`)
}

/** One call over a kept connection; answers status and milliseconds. */
function call(method: string, url: string, accessToken?: string): Promise<{ status: number; milliseconds: number }> {
  const began = performance.now()
  return new Promise((answered, failed) => {
    const outgoing = http.request(
      url,
      { method, agent, headers: accessToken ? { authorization: `Bearer ${accessToken}` } : {} },
      (incoming) => {
        incoming.resume()
        incoming.once('end', () =>
          answered({ status: incoming.statusCode ?? 0, milliseconds: performance.now() - began }),
        )
      },
    )
    outgoing.once('error', failed)
    outgoing.end()
  })
}

async function signIn(origin: string, email: string): Promise<string> {
  const answer = await fetch(`${origin}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  const { accessToken } = (await answer.json()) as { accessToken: string }
  return accessToken
}

/** Runs `count` calls over {@link CLIENTS} connections; answers calls per second. */
async function perSecond(count: number, one: (index: number, connection: number) => Promise<void>): Promise<number> {
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, connection) => {
      while (next < count) {
        const index = next
        next += 1
        await one(index, connection)
      }
    }),
  )
  return count / ((performance.now() - began) / 1000)
}

function readAll(origin: string, people: Person[] | null, count: number): Promise<number> {
  const url = people === null ? `${origin}/` : `${origin}/v1/organizations/bench/session-types`
  return perSecond(count, async (_, connection) => {
    const { status } = await call('GET', url, people?.[connection]?.accessToken)
    if (status !== 200) throw new Error(`a read answered ${status}`)
  })
}

function claimAll(origin: string, people: Person[], ids: string[]): Promise<number> {
  return perSecond(ids.length, async (index, connection) => {
    const { status } = await call(
      'POST',
      `${origin}/v1/organizations/bench/requests/${ids[index]}/claim`,
      people[connection]?.accessToken,
    )
    if (status !== 200) throw new Error(`a claim answered ${status}`)
  })
}

async function fightAll(origin: string, people: Person[], ids: string[]) {
  const times: number[] = []
  let won = 0
  for (const id of ids) {
    const answers = await Promise.all(
      people.map((person) => call('POST', `${origin}/v1/organizations/bench/requests/${id}/claim`, person.accessToken)),
    )
    won += answers.filter((answer) => answer.status === 200).length
    times.push(...answers.map((answer) => answer.milliseconds))
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99), winners: won / ids.length }
}

/** The claim's own statement as the API sends it, with each client's next request in place of its parameters. */
async function pgbenchScript(people: Person[], ids: string[]): Promise<string> {
  const { claimSql } = await import('./claim-sql.ts')
  await sql`create table bench_claims (n int primary key, id uuid not null, trainer uuid not null)`
  const perClient = Math.floor(ids.length / CLIENTS)
  const rows = ids.slice(0, perClient * CLIENTS).map((id, index) => ({
    n: index,
    id,
    trainer: people[Math.floor(index / perClient)]?.id ?? '',
  }))
  for (let from = 0; from < rows.length; from += 1_000)
    await sql`insert into bench_claims ${sql(rows.slice(from, from + 1_000))}`
  const path = join(folder, 'claim.sql')
  await writeFile(path, `\\set n :client_id * ${perClient} + :i\n\\set i :i + 1\n${claimSql}\n`)
  return path
}

/** Transactions per second of that script with as many clients; null where there is no pgbench. */
function claimByPgbench(script: string): number | null {
  const url = new URL(server.url)
  const perClient = Math.floor(CLAIMS / CLIENTS)
  const ran = spawnSync(
    'pgbench',
    [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(CLIENTS),
      '-j',
      '2',
      '-t',
      String(perClient),
      '-D',
      'i=0',
      '-f',
      script,
      url.pathname.slice(1),
    ],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        PGHOST: url.hostname,
        PGPORT: url.port,
        PGUSER: decodeURIComponent(url.username),
        PGPASSWORD: decodeURIComponent(url.password),
      },
    },
  )
  if (ran.error !== undefined) return null
  const found = /tps = ([\d.]+)/.exec(ran.stdout)
  if (found?.[1] === undefined) throw new Error(`pgbench: ${ran.stdout}${ran.stderr}`)
  return Number(found[1])
}
