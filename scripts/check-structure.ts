/*
 * The laws of docs/architecture.md that a machine can see. Each refusal says where the code belongs instead.
 * Run by "pnpm check".
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const API = 'apps/api/src'
const WEB = 'apps/web/src'

/** Earliest first: a module may import those before it, and reaches those after it by an event only. */
const MODULES = [
  'identity',
  'organizations',
  'session-types',
  'calendars',
  'availability',
  'forms',
  'requests',
  'claims',
  'bookings',
  'payments',
  'scheduling',
  'delivery',
  'payouts',
  'feedback',
  'notifications',
  'webhooks',
  'audit',
  'reports',
]

const problems: string[] = []

function filesUnder(folder: string): string[] {
  const found: string[] = []
  for (const name of readdirSync(join(ROOT, folder))) {
    if (['node_modules', 'dist', 'migrations', '.turbo'].includes(name)) continue
    const path = join(folder, name)
    if (statSync(join(ROOT, path)).isDirectory()) found.push(...filesUnder(path))
    else found.push(path)
  }
  return found
}

interface Source {
  path: string
  text: string
  /** Import specifiers; relative ones resolved to a path from the root. */
  imports: string[]
  isTest: boolean
}

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
  return {
    path,
    text,
    imports: specifiers.map((one) => (one.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), one)) : one)),
    isTest:
      /\.(test|oracle)\.tsx?$/.test(path) || path.startsWith('apps/api/test/') || path.startsWith(`${WEB}/testing/`),
  }
}

function refuse(source: Source, message: string): void {
  problems.push(`${source.path}: ${message}`)
}

/** The code without comments, for rules about what code does. */
function codeOf(source: Source): string {
  return source.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1')
}

function checkName(source: Source): void {
  const name = basename(source.path)
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|tsx|css|mjs|json)$/.test(name))
    refuse(source, 'file names are kebab-case.')
  if (
    /^(utils?|helpers?|services?|types|common|misc|index)\.(ts|tsx)$/.test(name) ||
    /\/(utils?|helpers?|services?|common|misc)\//.test(source.path)
  )
    refuse(source, 'name it after the noun it is about; a function without a noun has not found its room yet.')
  if (!source.isTest && /^export \* from /m.test(source.text))
    refuse(source, 'no barrels: import from the file that says it.')
}

function checkDomain(source: Source): void {
  for (const one of source.imports) {
    if (one.startsWith(`${API}/domain/`)) continue
    if (one === 'temporal-polyfill' && source.path.endsWith('domain/zoned-time.ts')) continue
    refuse(source, `domain/ imports nothing but domain/, not "${one}". What needs more is a use case in modules/.`)
  }
  const code = codeOf(source)
  for (const [pattern, what] of [
    [/\bDate\.now\(|\bnew Date\(\)/, 'the clock'],
    [/\bMath\.random\(|\brandomUUID\(/, 'chance'],
    [/\bprocess\.|\bglobalThis\./, 'the environment'],
    [/\bconsole\./, 'logging'],
  ] as const)
    if (pattern.test(code)) refuse(source, `a rule does not use ${what}; make it a parameter.`)
}

function moduleOf(path: string): string | null {
  const match = /^apps\/api\/src\/modules\/([^/]+)\//.exec(path)
  return match?.[1] ?? null
}

function checkModule(source: Source): void {
  const own = moduleOf(source.path)
  if (own === null) return
  const position = MODULES.indexOf(own)
  if (position < 0) {
    refuse(source, `"${own}" is no module; the nouns are ${MODULES.join(', ')}.`)
    return
  }
  const name = basename(source.path)
  const isRoutes = /(^|-)routes\.ts$/.test(name)
  for (const one of source.imports) {
    const other = moduleOf(one)
    if (other !== null && MODULES.indexOf(other) > position)
      refuse(source, `${own} comes before ${other}: append an event and let subscriptions.ts lead there.`)
    if (one.startsWith(`${API}/views/`) && !isRoutes)
      refuse(source, 'views are for routes; read through a repository here.')
    if (isRoutes && (one.startsWith('drizzle-orm') || one.startsWith(`${API}/db/`)))
      refuse(source, 'a route makes one call; queries belong in repository.ts or a view.')
    if (!isRoutes && name !== 'schemas.ts' && (one === 'fastify' || one.startsWith('@fastify/')))
      refuse(source, 'use cases and repositories know no HTTP; that belongs in routes.ts.')
  }
  const code = codeOf(source)
  if (/\badd_jobs?\b|\bpg_notify\b/.test(code))
    refuse(source, 'a command queues no job: append an event (db/append-event.ts).')
  if (
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\brandomBytes\(/.test(
      code.replace(/secrets\.randomBytes\(/g, ''),
    )
  )
    refuse(source, 'take the time from deps.clock, ids from deps.ids, chance from deps.secrets.')
  if (isRoutes && /\.status\s*===\s*'/.test(code))
    refuse(source, 'no decision by status in a route: that is a rule in domain/.')
}

/** Where the right to read and write an organization's rows may be made; see domain/organization-scope.ts. */
const SCOPE_MINTERS = [
  `${API}/domain/organization-scope.ts`,
  `${API}/modules/organizations/find-caller.ts`,
  // The organization that a sign-up makes has no member yet to come in by.
  `${API}/modules/organizations/sign-up.ts`,
  `${API}/modules/scheduling/find-link.ts`,
  `${API}/db/scope-of-row.ts`,
]

function checkApi(source: Source): void {
  const code = codeOf(source)
  if (/\bprocess\.env\b/.test(code) && source.path !== `${API}/config.ts` && source.path !== `${API}/main.ts`)
    refuse(source, 'the environment is read in config.ts only.')
  if (
    /\bmintOrganizationScope\(/.test(code) &&
    !SCOPE_MINTERS.includes(source.path) &&
    !source.path.startsWith(`${API}/seed/`)
  )
    refuse(source, 'scopes are minted by the auth plugin’s look-ups and db/scope-of-row.ts only.')
  if (source.path.startsWith(`${API}/platform/`) && source.imports.some((one) => one.startsWith(`${API}/modules/`)))
    refuse(source, 'platform/ knows no module; pass what it needs as a function.')
}

function checkWeb(source: Source): void {
  const layers = ['lib', 'components', 'features', 'app']
  const layerOf = (path: string) => layers.findIndex((layer) => path.startsWith(`${WEB}/${layer}/`))
  const own = layerOf(source.path)
  for (const one of source.imports) {
    const other = layerOf(one)
    if (own >= 0 && other > own)
      refuse(source, `${layers[own]}/ does not import ${layers[other]}/: pass it in from above.`)
    const isCustomer =
      source.path.startsWith(`${WEB}/customer/`) || source.path.startsWith(`${WEB}/components/customer/`)
    if (isCustomer && (one.startsWith('@mantine/') || one.startsWith('react-router')))
      refuse(source, 'the customer’s pages use native elements and no router (docs/architecture.md).')
    if (!isCustomer && own >= 0 && one.startsWith(`${WEB}/customer/`))
      refuse(source, 'staff code does not import the customer’s pages.')
  }
}

for (const path of [
  ...filesUnder(API),
  ...filesUnder('apps/api/test'),
  ...filesUnder(WEB),
  ...filesUnder('packages/e2e'),
  ...filesUnder('packages/stripe-stand-in'),
  ...filesUnder('bench'),
]) {
  if (!/\.(ts|tsx)$/.test(path) || path.endsWith('.gen.ts') || path.endsWith('.d.ts')) continue
  const source = read(path)
  checkName(source)
  if (source.isTest) continue
  if (path.startsWith(`${API}/domain/`)) checkDomain(source)
  else if (path.startsWith(API)) {
    checkModule(source)
    checkApi(source)
  } else if (path.startsWith(WEB)) checkWeb(source)
}

if (problems.length > 0) {
  console.error(`${problems.join('\n')}\n\n${problems.length} places break the house rules (docs/architecture.md).`)
  process.exitCode = 1
} else console.log('structure: in order')
