// npm start: installs and builds what is missing, then runs the product until Ctrl-C.
import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { buildProduct, installPackages, Mendable, requireNode, root } from './bootstrap.mjs'

const { env } = process

/** npm passes on what the terminal already sent: one Ctrl-C arrives twice. */
const SAME_SIGNAL_MS = 1_000
/** A product that was left without its launcher needs this long at most to let go of its port. */
const PORT_PATIENCE_MS = 6_000

try {
  requireNode()
  await installPackages({ scope: 'product' })
  await buildProduct()
  await waitForPort()
  process.exitCode = await runProduct()
} catch (error) {
  if (!(error instanceof Mendable)) throw error
  process.stderr.write(`\n${error.message}\n`)
  process.exitCode = 1
}

/** Runs the product in the foreground; answers with its exit code. */
async function runProduct() {
  const leash = pathToFileURL(join(root, 'scripts', 'leash.mjs')).href
  const child = spawn(
    process.execPath,
    ['--import', leash, join(root, 'apps', 'api', 'dist', 'main.js'), ...process.argv.slice(2)],
    // A group of its own, so that it hears of Ctrl-C once, from here; the channel is its leash.
    { cwd: process.cwd(), stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: process.platform !== 'win32' },
  )
  let lastSignalAt = 0
  const pass = (signal) => {
    if (Date.now() - lastSignalAt < SAME_SIGNAL_MS) return
    lastSignalAt = Date.now()
    child.kill(signal)
  }
  process.on('SIGINT', () => pass('SIGINT'))
  process.on('SIGTERM', () => pass('SIGTERM'))
  process.on('SIGHUP', () => pass('SIGTERM'))
  const unwatch = await watchNpm(() => pass('SIGTERM'))
  const [code, signal] = await new Promise((ended, failed) => {
    child.once('error', failed)
    child.once('exit', (...how) => ended(how))
  })
  unwatch()
  if (signal === null) return code
  process.stderr.write(`Ordinatus was ended by ${signal}. Nothing that it acknowledged is lost; npm start continues.\n`)
  return 128 + (constants.signals[signal] ?? 0)
}

/** npm killed outright passes nothing on; calls back when the npm that started us is gone. */
async function watchNpm(onGone) {
  if (!env.npm_lifecycle_event || process.platform === 'win32') return () => {}
  const watched = await npmAncestors()
  const timer = setInterval(async () => {
    for (const pid of watched) {
      if (await isRunning(pid)) continue
      clearInterval(timer)
      onGone()
      return
    }
  }, 1_000)
  timer.unref()
  return () => clearInterval(timer)
}

/** Our parent, and its parent where npm put a shell between. */
async function npmAncestors() {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,comm=', '-p', String(process.ppid)])
    const [, grandparent, name] = /^\s*(\d+)\s+(.*)$/.exec(stdout.trim()) ?? []
    const isShell = /(^|\/)-?(sh|bash|dash|zsh|ash)$/.test(name ?? '')
    return isShell && Number(grandparent) > 1 ? [process.ppid, Number(grandparent)] : [process.ppid]
  } catch {
    return [process.ppid]
  }
}

async function isRunning(pid) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
  // Killed but not yet collected by whoever started it.
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return !/\) Z /.test(status)
}

/** Waits a little for the port, which an instance that is just stopping may hold; then says how to go on. */
async function waitForPort() {
  const port = Number(env.PORT || 3000)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return
  const host = env.HOST || '127.0.0.1'
  const deadline = Date.now() + PORT_PATIENCE_MS
  for (;;) {
    const problem = await tryListening(port, host)
    if (problem === null) return
    if (problem === 'EACCES') {
      throw new Mendable(
        `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3001 npm start`,
      )
    }
    if (Date.now() > deadline) {
      throw new Mendable(
        `Port ${port} is taken by another program, perhaps by an Ordinatus that is running already (http://localhost:${port}). Stop it, or choose another port: PORT=${port === 65_535 ? 3001 : port + 1} npm start`,
      )
    }
    await delay(200)
  }
}

function tryListening(port, host) {
  return new Promise((answer) => {
    const server = createServer()
    server.once('error', (error) => answer(['EADDRINUSE', 'EACCES'].includes(error.code) ? error.code : null))
    server.listen(port, host, () => server.close(() => answer(null)))
  })
}
