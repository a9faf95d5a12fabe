import { sql } from 'drizzle-orm'
import type { AppDeps } from '../deps.ts'
import { listUnsettledPayments } from '../modules/payments/unsettled-payments.ts'

/** What the whole installation has to do at one moment, over all organizations; for whoever operates it. */
export interface Workload {
  /** Jobs that could run now, that wait for their next try or their time, that run, and that gave up for good. */
  jobs: { ready: number; waiting: number; running: number; failed: number }
  /** Events that nobody has relayed to their tasks yet. */
  unrelayedEvents: number
  /** Times that customers hold until they have paid. */
  holds: number
  /** Payments that nobody has the good of; always zero when all is well. */
  unsettledPayments: number
  /** Connections to this database in the product's name, of all processes, by what they are at. */
  connections: { state: string; count: number }[]
}

/** Counts the workload by the product's clock; the jobs by the database's, as the job runner does. */
export async function workloadOf(deps: Pick<AppDeps, 'db' | 'clock'>): Promise<Workload> {
  const now = deps.clock.now()
  const [[counts], connections, unsettled] = await Promise.all([
    deps.db.execute<Record<'ready' | 'waiting' | 'running' | 'failed' | 'unrelayed' | 'holds', number>>(sql`
      select jobs.*,
        (select count(*)::int from events where relayed_sequence is null) as unrelayed,
        (select count(*)::int from bookings where status = 'pending_payment' and payment_status = 'unpaid'
          and hold_expires_at > ${now.toISOString()}::timestamptz) as holds
      from (
        select
          count(*) filter (where locked_by is null and attempts < max_attempts and run_at <= now())::int as ready,
          count(*) filter (where locked_by is null and attempts < max_attempts and run_at > now())::int as waiting,
          count(*) filter (where locked_by is not null)::int as running,
          count(*) filter (where locked_by is null and attempts >= max_attempts)::int as failed
        from graphile_worker._private_jobs
      ) as jobs`),
    deps.db.execute<{ state: string; count: number }>(sql`
      select coalesce(state, 'unknown') as state, count(*)::int as count from pg_stat_activity
      where datname = current_database() and application_name like 'ordinatus%' group by 1 order by 1`),
    listUnsettledPayments(deps.db, now),
  ])
  if (counts === undefined) throw new Error('Counting came back with nothing.')
  return {
    jobs: { ready: counts.ready, waiting: counts.waiting, running: counts.running, failed: counts.failed },
    unrelayedEvents: counts.unrelayed,
    holds: counts.holds,
    unsettledPayments: unsettled.length,
    connections: [...connections],
  }
}
