// What every command needs before anything is installed: plain Node, no dependency.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Something that the person at the keyboard can mend; the message says how. */
export class Mendable extends Error {}

const NODE_MIN = [20, 19]
const INSTALL_STAMP = join(root, 'node_modules', '.ordinatus-install.json')
const BUILD_STAMP = join(root, 'node_modules', '.ordinatus-build.json')
const BUILT = [
  'apps/api/dist/main.js',
  'apps/web/dist/index.html',
  'apps/web/dist/prerender/prerender.mjs',
  'packages/api-client/dist/client.js',
]
const BUILD_PACKAGES = ['apps/api', 'apps/web', 'packages/api-client']
const SHARED_SOURCES = ['package.json', 'pnpm-lock.yaml', 'tsconfig.base.json', 'turbo.json']
const NOT_SOURCES = new Set(['node_modules', 'dist', '.turbo', 'coverage', 'test', 'testing', 'test-results'])

/** Refuses a Node that the packages do not run on. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return
  throw new Mendable(
    `Node ${process.versions.node} is too old: Ordinatus needs ${NODE_MIN.join('.')} or newer. Get it from https://nodejs.org and try again.`,
  )
}

/**
 * Installs the packages of the lockfile, unless they are there already. `scope` "product" leaves out the browser test
 * tools, "all" brings them too; "all" also serves "product".
 */
export async function installPackages({ scope }) {
  const packageFiles = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']
  for (const folder of ['apps', 'packages']) {
    for (const name of await readdir(join(root, folder))) packageFiles.push(`${folder}/${name}/package.json`)
  }
  const hash = await hashOf(packageFiles, `${process.platform} ${process.arch}`)
  const stamp = await readStamp(INSTALL_STAMP)
  if (stamp?.hash === hash && (stamp.scope === 'all' || stamp.scope === scope)) return

  const wanted = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).packageManager
  const version = wanted.split('@')[1].split('+')[0]
  const everything = ['install', '--frozen-lockfile', '--prod=false']
  const install = scope === 'all' ? everything : [...everything, '--filter', '!@ordinatus/e2e']
  const [command, first] = (await installedPnpm(version)) ?? npxPnpm(version)
  await said('Installing packages', () => run(command, first, install), installAdvice)
  await writeStamp(INSTALL_STAMP, { hash, scope })
}

/** Builds API, web app and client, unless their sources are as they were at the last build. */
export async function buildProduct() {
  const sources = [...SHARED_SOURCES]
  for (const folder of BUILD_PACKAGES) sources.push(...(await filesBelow(join(root, folder))))
  const hash = await hashOf(sources, '')
  const isBuilt = BUILT.every((file) => existsSync(join(root, file)))
  if (isBuilt && (await readStamp(BUILD_STAMP))?.hash === hash) return
  const turbo = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'turbo.cmd' : 'turbo')
  const filters = ['@ordinatus/api-client', '@ordinatus/api', '@ordinatus/web'].map((name) => `--filter=${name}`)
  await said(
    'Building',
    () => run(turbo, [], ['run', 'build', ...filters, '--output-logs=errors-only', '--log-order=grouped']),
    buildAdvice,
  )
  await writeStamp(BUILD_STAMP, { hash })
}

/** Runs the work under a line that says what it is and, at the end, how long it took. */
async function said(what, work, advice) {
  const began = Date.now()
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`
  process.stdout.write(`${what} …\n`)
  // Somebody who waits wants to know that it goes on.
  const beat = setInterval(() => process.stdout.write(`  still at it, ${seconds()}\n`), 15_000)
  try {
    await work()
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    throw new Mendable(
      `${what} failed after ${seconds()}.\n\n${advice(error.output)}\n\n${error.output.slice(-4000).trim()}`,
    )
  } finally {
    clearInterval(beat)
  }
  process.stdout.write(`  done in ${seconds()}\n`)
}

function installAdvice(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|META_FETCH_FAIL|socket hang up/.test(output)) {
    return 'The package registry cannot be reached. Connect to the network (behind a mirror: npm config set registry <address>) and run the command again; what was fetched is kept.'
  }
  if (/ENOSPC/.test(output)) return 'The disk is full. Free about 1 GB and run the command again.'
  if (/EACCES|EPERM|EROFS/.test(output))
    return `This folder cannot be written to: ${root}. Make it yours, or copy the project elsewhere.`
  if (/OUTDATED_LOCKFILE|FROZEN_LOCKFILE/.test(output)) {
    return 'pnpm-lock.yaml does not fit the package.json files. After a change of dependencies run: npx pnpm install'
  }
  return 'Removing the folder node_modules and running the command again starts afresh. The output was:'
}

function buildAdvice(output) {
  if (/ENOSPC/.test(output)) return 'The disk is full. Free some space and run the command again.'
  if (/heap out of memory|SIGKILL/.test(output))
    return 'The machine ran out of memory. Close other programs (about 1 GB is needed) and run the command again.'
  return 'Below is what the build says. On an unchanged clone, removing node_modules and running the command again helps.'
}

class CommandFailed extends Error {
  constructor(output) {
    super('command failed')
    this.output = output
  }
}

function npxPnpm(version) {
  return [process.platform === 'win32' ? 'npx.cmd' : 'npx', ['--yes', `pnpm@${version}`]]
}

/** The pnpm of an earlier install: a changed lockfile then needs no fetch of the installer itself. */
async function installedPnpm(version) {
  const folder = join(root, 'node_modules', 'pnpm')
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const script = join(folder, 'bin', 'pnpm.cjs')
    return manifest.version === version && existsSync(script) ? [process.execPath, [script]] : null
  } catch {
    return null
  }
}

function run(command, first, rest) {
  // Production would leave the build tools out; CI keeps pnpm from asking questions that nobody would see.
  const { NODE_ENV: _environment, ...inherited } = process.env
  const env = {
    ...inherited,
    CI: 'true',
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  }
  return new Promise((done, failed) => {
    const child = spawn(command, [...first, ...rest], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-100_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => failed(new CommandFailed(`${command}: ${error.message}`)))
    child.on('close', (code, signal) =>
      code === 0 ? done() : failed(new CommandFailed(`${output}\n(${signal ?? `exit ${code}`})`)),
    )
  })
}

async function filesBelow(folder) {
  const found = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !NOT_SOURCES.has(entry.name)) found.push(...(await filesBelow(path)))
    if (entry.isFile() && !/\.test\.tsx?$|\.md$|\.tsbuildinfo$/.test(entry.name)) found.push(relative(root, path))
  }
  return found
}

async function hashOf(files, seed) {
  const hash = createHash('sha256').update(seed)
  const contents = await Promise.all(
    files.sort().map(async (file) => [file, await readFile(join(root, file)).catch(() => '')]),
  )
  for (const [file, content] of contents) hash.update(`\0${file}\0${content.length}\0`).update(content)
  return hash.digest('hex')
}

async function readStamp(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return null
  }
}

async function writeStamp(path, stamp) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, JSON.stringify(stamp))
  await rename(`${path}.new`, path)
}
