import { drizzle } from '../apps/api/node_modules/drizzle-orm/postgres-js/index.js'
import postgres from '../apps/api/node_modules/postgres/src/index.js'
import { buildClaim } from '../apps/api/src/modules/claims/claim-statement.ts'

/** What pgbench puts in place of each of the statement's parameters. */
const VALUES: Readonly<Record<string, string>> = {
  organizationId: '(select id from organizations limit 1)',
  trainingRequestId: '(select id from bench_claims where n = :n)',
  trainerUserId: '(select trainer from bench_claims where n = :n)',
  now: 'clock_timestamp()',
  historyId: 'gen_random_uuid()',
  eventId: 'gen_random_uuid()',
  actorKind: "'user'",
  actorId: '(select trainer from bench_claims where n = :n)',
  // Built, not written out: pgbench takes every colon before a letter for one of its variables.
  actor: "(select jsonb_build_object('kind', 'user', 'id', trainer) from bench_claims where n = :n)",
}

const { sql, params } = buildClaim(drizzle(postgres('postgres://127.0.0.1:1/none'), { casing: 'snake_case' })).toSQL()

/** The very statement of modules/claims/claim-statement.ts, its parameters read from a table. */
export const claimSql = `${sql.replace(/\$(\d+)/g, (_, position: string) => {
  const parameter: unknown = params[Number(position) - 1]
  const name = (parameter as { name?: string } | null)?.name
  if (name !== undefined && VALUES[name] !== undefined) return VALUES[name]
  if (typeof parameter === 'string') return `'${parameter}'`
  if (typeof parameter === 'boolean' || typeof parameter === 'number') return String(parameter)
  throw new Error(`the claim has a parameter that the benchmark does not know: ${JSON.stringify(parameter)}`)
})};`
