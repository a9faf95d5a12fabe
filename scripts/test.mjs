// The README's test command: installs what it needs, builds, checks, and runs every suite, browser journeys included.
// Ends with one line, "N passed, N failed", over all of them. `--only e2e` runs the browser journeys alone.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { buildProduct, installPackages, Mendable, requireNode } from './bootstrap.mjs'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : null
const results = mkdtempSync(join(tmpdir(), 'ordinatus-results-'))
const counted = { passed: 0, failed: 0 }
/** What failed, said again at the end: of a long run only the last page may be kept. */
const failures = []

function bin(folder, name) {
  return join(ROOT, folder, 'node_modules/.bin', name)
}

/** Runs one step with its output shown; a step that is a check counts as one. */
function step(title, command, args, { cwd = ROOT, counts = true, env = {} } = {}) {
  const began = Date.now()
  console.log(`\n── ${title}`)
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
  const ok = status === 0
  console.log(`── ${title}: ${ok ? 'ok' : 'failed'} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
  if (counts) counted[ok ? 'passed' : 'failed'] += 1
  if (!ok) failures.push(`${title}: ended with ${status}`)
  return ok
}

/** The beginning of a failure's text, without its colors: enough to know it by. */
function opening(text) {
  return stripVTControlCharacters(text ?? '')
    .split('\n')
    .slice(0, 30)
    .join('\n')
    .slice(0, 2500)
}

/** Adds a vitest run's own numbers; a run that left no report counts as one failure. */
function countVitest(file, ok) {
  if (!existsSync(file)) {
    counted.failed += 1
    return
  }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  counted.passed += report.numPassedTests
  counted.failed += report.numFailedTests
  for (const suite of report.testResults) {
    if (suite.status === 'failed' && suite.message) failures.push(`${suite.name}\n${opening(suite.message)}`)
    for (const test of suite.assertionResults.filter(({ status }) => status === 'failed')) {
      failures.push(`${suite.name} › ${test.fullName}\n${opening(test.failureMessages.join('\n'))}`)
    }
  }
  // A file that could not be loaded has no test to fail.
  if (!ok && report.numFailedTests === 0) counted.failed += 1
}

function noteFailedJourneys(suites) {
  for (const suite of suites) {
    noteFailedJourneys(suite.suites ?? [])
    for (const spec of suite.specs.filter(({ ok }) => !ok)) {
      const errors = spec.tests.flatMap(({ results }) => results.flatMap((result) => result.errors))
      failures.push(`${spec.file} › ${spec.title}\n${opening(errors[0]?.message)}`)
    }
  }
}

function countPlaywright(file, ok) {
  if (!existsSync(file)) {
    counted.failed += 1
    return
  }
  const { stats, errors, suites } = JSON.parse(readFileSync(file, 'utf8'))
  for (const error of errors) failures.push(opening(error.message))
  noteFailedJourneys(suites)
  counted.passed += stats.expected + stats.flaky
  counted.failed += stats.unexpected
  if (!ok && stats.unexpected === 0) counted.failed += Math.max(1, errors.length)
  if (stats.expected === 0) counted.failed += 1
}

function finish() {
  rmSync(results, { recursive: true, force: true })
  if (failures.length > 0) console.log(`\n── what failed\n\n${failures.join('\n\n')}`)
  console.log(`\n${counted.passed} passed, ${counted.failed} failed`)
  process.exit(counted.failed === 0 ? 0 : 1)
}

try {
  requireNode()
  await installPackages({ scope: 'all' })
  await buildProduct()
  counted.passed += 1
} catch (error) {
  console.error(error instanceof Mendable ? error.message : error)
  failures.push(opening(error.message))
  counted.failed += 1
  finish()
}

if (only !== 'e2e') {
  step('types', bin('.', 'turbo'), ['run', 'types', '--output-logs=errors-only'])
  step('lint and format', bin('.', 'biome'), ['check', '.'])
  step('structure', bin('.', 'tsx'), ['scripts/check-structure.ts'])
  step('drift', bin('.', 'tsx'), ['scripts/check-drift.ts'])
  step(
    'contract lint',
    bin('packages/e2e', 'redocly'),
    ['lint', '../api-client/openapi.json', '--config', 'redocly.yaml'],
    {
      cwd: join(ROOT, 'packages/e2e'),
      env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    },
  )
  for (const name of ['packages/stripe-stand-in', 'apps/api', 'apps/web']) {
    const report = join(results, `${name.replace('/', '-')}.json`)
    const ok = step(
      `tests of ${name}`,
      bin(name, 'vitest'),
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      {
        cwd: join(ROOT, name),
        counts: false,
      },
    )
    countVitest(report, ok)
  }
}

const journeys = join(ROOT, 'packages/e2e/test-results/results.json')
rmSync(journeys, { force: true })
const ok = step('browser journeys', bin('packages/e2e', 'playwright'), ['test'], {
  cwd: join(ROOT, 'packages/e2e'),
  counts: false,
})
countPlaywright(journeys, ok)
finish()
