/*
 * What is written in two places, or generated and committed, must agree. Run by "pnpm check"; "pnpm gen" mends the
 * generated ones.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DISPUTE_STATUSES, disputeStatusLabel } from '../apps/api/src/domain/dispute.ts'
import { CURRENCY_CODES, currencyExponent } from '../apps/api/src/domain/money.ts'
import { PAYMENT_RECORD_STATUS_LABELS } from '../apps/api/src/domain/payment-record.ts'
import { CUSTOMER_SEGMENTS } from '../apps/api/src/web/paths.ts'
import { DISPUTE_STATES, INQUIRY_STATES } from '../apps/web/src/features/bookings/words.ts'
import { PAYMENT_STATUS_LABELS } from '../apps/web/src/features/payments/words.ts'
import { decimalsOf } from '../apps/web/src/lib/money.ts'
import { renderTokensCss } from '../apps/web/src/theme/render-tokens-css.ts'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const problems: string[] = []

function run(folder: string, command: string, ...args: string[]): { status: number | null; output: string } {
  const done = spawnSync(join(ROOT, folder, 'node_modules/.bin', command), args, {
    cwd: join(ROOT, folder),
    encoding: 'utf8',
  })
  return { status: done.status, output: `${done.stdout}${done.stderr}` }
}

function text(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

const contract = run('apps/api', 'tsx', 'src/write-openapi.ts', '--check')
if (contract.status !== 0) problems.push(contract.output.trim())

const folder = mkdtempSync(join(tmpdir(), 'ordinatus-drift-'))
const schema = join(folder, 'schema.gen.ts')
run('packages/api-client', 'openapi-typescript', 'openapi.json', '--default-non-nullable=false', '-o', schema)
if (readFileSync(schema, 'utf8') !== text('packages/api-client/src/schema.gen.ts'))
  problems.push('packages/api-client/src/schema.gen.ts is not what openapi.json gives: run "pnpm gen".')
rmSync(folder, { recursive: true, force: true })

const migrations = run('apps/api', 'drizzle-kit', 'generate', '--name', 'drift')
if (!migrations.output.includes('No schema changes'))
  problems.push(
    'The schema and its migrations differ: keep the migration that was just generated under a good name, or undo it.',
  )

if (text('apps/web/src/theme/tokens.css') !== renderTokensCss())
  problems.push('apps/web/src/theme/tokens.css is not what the theme gives: run the web build and commit it.')

const served = [...text('apps/web/vite.config.ts').matchAll(/CUSTOMER_PREFIXES = \[([^\]]*)\]/g)][0]?.[1] ?? ''
const prefixes = [...served.matchAll(/'\/([a-z-]+)'/g)].map((match) => match[1])
if (prefixes.join() !== CUSTOMER_SEGMENTS.join())
  problems.push(
    'The development server and the API disagree on which paths are the customer’s (vite.config.ts, web/paths.ts).',
  )

const misread = CURRENCY_CODES.filter((code) => decimalsOf(code) !== currencyExponent(code))
if (misread.length > 0)
  problems.push(`apps/web/src/lib/money.ts has other decimals than domain/money.ts for ${misread.join(', ')}.`)

/** Labels that a filter needs before the first row has brought them. */
function compareLabels(where: string, shown: Readonly<Record<string, string>>, told: Readonly<Record<string, string>>) {
  for (const key of new Set([...Object.keys(shown), ...Object.keys(told)]))
    if (shown[key] !== told[key])
      problems.push(`${where} says "${shown[key] ?? ''}" where the API says "${told[key] ?? ''}".`)
}

compareLabels('apps/web/src/features/payments/words.ts', PAYMENT_STATUS_LABELS, PAYMENT_RECORD_STATUS_LABELS)
for (const [states, isInquiry] of [
  [DISPUTE_STATES, false],
  [INQUIRY_STATES, true],
] as const)
  for (const status of DISPUTE_STATUSES)
    compareLabels(
      'apps/web/src/features/bookings/words.ts',
      { [status]: states[status].label },
      { [status]: disputeStatusLabel({ status, isInquiry }) },
    )

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
} else console.log('drift: none')
