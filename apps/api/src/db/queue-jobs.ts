import { sql } from 'drizzle-orm'
import type { TaskName } from '../subscriptions.ts'
import type { Tx } from './client.ts'

/** One piece of work for the job runner, about one row. */
export interface QueuedJob {
  task: TaskName
  payload: Readonly<Record<string, string>>
  /** A second job under the same key takes the place of one that has not begun. */
  key: string
}

/** A job gives up later than the row it works on, whose own count of attempts is what people see. */
const ATTEMPTS_MAX = 1000

/**
 * Queues jobs in the transaction that makes their rows, so that neither exists without the other. For the relay and for
 * tasks only: a command appends an event instead (architecture.md §3).
 */
export async function queueJobs(tx: Tx, jobs: readonly QueuedJob[]): Promise<void> {
  if (jobs.length === 0) return
  const specifications = jobs.map((job) => ({
    identifier: job.task,
    payload: job.payload,
    job_key: job.key,
    max_attempts: ATTEMPTS_MAX,
  }))
  await tx.execute(sql`select graphile_worker.add_jobs(
    array(select json_populate_recordset(null::graphile_worker.job_spec, ${JSON.stringify(specifications)}::json)))`)
}
