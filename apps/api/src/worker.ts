import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import graphileWorker, { type Runner, type WorkerEvents } from 'graphile-worker'
import postgres from 'postgres'
import { type Database, reconnectAfterSeconds } from './db/client.ts'
import type { Deps } from './deps.ts'
import { doDueWork } from './due-work.ts'
import type { Jobs } from './platform/jobs.ts'
import { EVENTS_CHANNEL, relayEvents, startRelay, WAKE_CHANNEL } from './relay.ts'
import { TASKS, type TaskName } from './subscriptions.ts'
import { TASK_HANDLERS } from './tasks.ts'

const { run, makeWorkerUtils, Logger } = graphileWorker

/** How many jobs one process runs at once. */
const CONCURRENCY = 5
/** How often the jobs of dead workers are freed; with the pause below it keeps the promise of 30 s (architecture.md §3). */
const RESCUE_MILLISECONDS = 15_000
/** A job taken more lately than this is left alone: its worker may be about to say that it lives. */
const RESCUE_PAUSE_SECONDS = 5
/** How soon a worker that lost the connection which said that it lives says so again. */
const ALIVE_AGAIN_MILLISECONDS = 100
/** How soon a runner that gave up is replaced, and how often that is tried while the database is away. */
const RUN_AGAIN_MILLISECONDS = 1_000
/** How often work that falls due by the clock alone is looked for. */
const DUE_WORK_MILLISECONDS = 5_000

interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export interface Worker {
  jobs: Jobs
  /** Runs everything that is due now, to the end: events, their jobs, and what the clock has made due. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** Makes or updates the job runner's own tables; run with the migrations, as their owner. */
export async function migrateJobs(directUrl: string): Promise<void> {
  const utils = await makeWorkerUtils({ connectionString: directUrl, logger: quietLogger() })
  try {
    await utils.migrate()
  } finally {
    await utils.release()
  }
}

function quietLogger() {
  return new Logger(() => () => {})
}

function jobLogger(log: Log) {
  return new Logger(() => (level, message, meta) => {
    // The runner's own words can quote an error's text; the row ids in `meta` are enough to find the job.
    if (level === 'error') log.error({ job: jobOf(meta) }, message.split('\n', 1)[0] ?? 'job failed')
    else if (level === 'warning') log.warn({ job: jobOf(meta) }, message.split('\n', 1)[0] ?? 'job warning')
  })
}

function jobOf(meta: unknown): object | null {
  const job = (meta as { job?: { id?: unknown; task_identifier?: unknown; attempts?: unknown } } | undefined)?.job
  return job === undefined ? null : { id: job.id, task: job.task_identifier, attempts: job.attempts }
}

/** The name of the advisory lock that a living worker holds; SQL and TypeScript must agree, so it is made here only. */
function aliveLock(workerId: string) {
  return sql`hashtextextended(${`worker:${workerId}`}, 0)`
}

/**
 * Frees the jobs of workers that died without saying so, and answers whose. A living worker holds a session lock on its
 * own connection; whoever can take that lock knows that its holder is gone (graphile-worker itself would wait 4 hours).
 */
export async function rescueAbandonedJobs(database: Database): Promise<string[]> {
  return database.db.transaction(async (tx) => {
    const lockers = await tx.execute<{ workerId: string }>(
      sql`select locked_by as "workerId" from graphile_worker._private_jobs where locked_by is not null
        group by locked_by having max(locked_at) < clock_timestamp() - make_interval(secs => ${RESCUE_PAUSE_SECONDS})`,
    )
    const gone: string[] = []
    for (const { workerId } of lockers) {
      const [row] = await tx.execute<{ free: boolean }>(
        sql`select pg_try_advisory_xact_lock(${aliveLock(workerId)}) as free`,
      )
      if (row?.free === true) gone.push(workerId)
    }
    if (gone.length > 0)
      await tx.execute(
        sql`select graphile_worker.force_unlock_workers(${sql.param(`{${gone.map((one) => JSON.stringify(one)).join(',')}}`)}::text[])`,
      )
    return gone
  })
}

interface AliveMark {
  /** From now on this worker counts as alive, until its process ends or {@link AliveMark.stop}. */
  mark(workerId: string): void
  /** This worker lives no more, though its process does: its jobs may be freed. */
  unmark(workerId: string): Promise<void>
  stop(): Promise<void>
}

/**
 * Says that workers of this process live, by locks on a connection of their own: the connection ends with the process,
 * and the lock with the connection. When it breaks while the process goes on (the database was restarted), the locks are
 * taken again at once.
 */
function startAliveMark(directUrl: string, log: Log): AliveMark {
  const workerIds = new Set<string>()
  let stopped = false
  let timer: NodeJS.Timeout | null = null

  async function lockAll(): Promise<void> {
    timer = null
    try {
      for (const workerId of workerIds)
        await alive`select pg_advisory_lock(hashtextextended(${`worker:${workerId}`}, 0))`
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'could not mark this worker as alive; trying again')
      again()
    }
  }
  function again(): void {
    if (stopped || timer !== null) return
    timer = setTimeout(() => void lockAll(), ALIVE_AGAIN_MILLISECONDS)
  }
  const alive = postgres(directUrl, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => {},
    onclose: again,
    backoff: reconnectAfterSeconds,
    connection: { application_name: 'ordinatus-worker-alive' },
  })
  return {
    mark(workerId) {
      if (workerIds.has(workerId)) return
      workerIds.add(workerId)
      void lockAll()
    },
    async unmark(workerId) {
      workerIds.delete(workerId)
      // As often as it was locked; without the connection there is no lock any more.
      const unlock = () => alive<{ was: boolean }[]>`
        select pg_advisory_unlock(hashtextextended(${`worker:${workerId}`}, 0)) as was`
      while ((await unlock().catch(() => []))[0]?.was === true);
    },
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      await alive.end({ timeout: 2 })
    },
  }
}

/**
 * graphile-worker 0.17 reports a job's end without waiting for the answer, so that a database that is away then ends the
 * whole process (an unhandled rejection). Reported in batches, however short, the failure stops only its runner.
 */
const NOTICED_RESULTS = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } }

interface StartedRunner {
  runner: Runner
  /** Gives up the jobs that it may still hold. */
  bury(): Promise<void>
}

/**
 * Keeps a runner at work until stopped. One that gives up, because the database would not take the end of a job, is
 * replaced as soon as the database answers; what it held is freed like the jobs of a dead worker. Throws when the first
 * one cannot start.
 */
async function keepRunning(log: Log, start: () => Promise<StartedRunner>): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController()
  let current: StartedRunner | null = await start()

  async function again(): Promise<StartedRunner | null> {
    while (!stopping.signal.aborted) {
      await delay(RUN_AGAIN_MILLISECONDS, null, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) break
      const started = await start().catch(() => null)
      if (started !== null) return started
    }
    return null
  }
  async function watch(): Promise<void> {
    while (current !== null) {
      await current.runner.promise.catch(() => {})
      if (stopping.signal.aborted) return
      log.warn({}, 'the job runner gave up; starting another')
      const { bury } = current
      current = null
      await bury()
      current = await again()
      // Stopped while it was starting.
      if (stopping.signal.aborted) await current?.runner.stop().catch(() => {})
    }
  }
  const watching = watch()
  return {
    async stop() {
      stopping.abort()
      // It may have given up just now.
      await current?.runner.stop().catch(() => {})
      await watching
    },
  }
}

/**
 * Runs the relay, the jobs, the rescue of abandoned jobs and the work that falls due by the clock, until stopped.
 *
 * `directUrl` reaches PostgreSQL without a transaction pooler: LISTEN and the locks that say "this worker lives" need a
 * session. Jobs take what they need from `deps`; they re-read the state they act on, so a late or repeated job is
 * harmless.
 */
export async function startWorker(input: {
  deps: Deps
  database: Database
  directUrl: string
  log: Log
}): Promise<Worker> {
  const { deps, database, directUrl, log } = input
  const relay = startRelay(deps, database, log)
  const listener = postgres(directUrl, {
    max: 1,
    onnotice: () => {},
    backoff: reconnectAfterSeconds,
    connection: { application_name: 'ordinatus-listener' },
  })
  await listener.listen(WAKE_CHANNEL, () => relay.wake())
  const alive = startAliveMark(directUrl, log)

  const taskList = Object.fromEntries(
    TASKS.map((name: TaskName) => [
      name,
      async (payload: unknown) => {
        await TASK_HANDLERS[name](deps, payload as never)
        relay.wake()
      },
    ]),
  )
  const runner = await keepRunning(log, async () => {
    const events = new EventEmitter() as WorkerEvents
    const names = new Set<string>()
    // Jobs are locked in the name of the pool that its workers share.
    events.on('worker:create', ({ worker }) => {
      names.add(worker.workerPool.id)
      alive.mark(worker.workerPool.id)
    })
    const runner = await run({
      connectionString: directUrl,
      taskList,
      events,
      concurrency: CONCURRENCY,
      pollInterval: 1000,
      noHandleSignals: true,
      logger: jobLogger(log),
      preset: NOTICED_RESULTS,
    })
    return {
      runner,
      async bury() {
        for (const name of names) await alive.unmark(name)
      },
    }
  })

  let dueWork: Promise<void> | null = null
  async function dueTurn(): Promise<void> {
    try {
      if ((await doDueWork(deps)) > 0) relay.wake()
    } catch (error) {
      log.error({ err: error }, 'work that fell due failed; trying again')
    } finally {
      dueWork = null
    }
  }
  function doDueTurn(): void {
    dueWork ??= dueTurn()
  }
  async function rescueTurn(): Promise<void> {
    try {
      const gone = await rescueAbandonedJobs(database)
      if (gone.length > 0) log.warn({ workers: gone.length }, 'freed the jobs of workers that are gone')
    } catch (error) {
      log.error({ err: error }, 'could not look for abandoned jobs; trying again')
    }
  }
  await rescueTurn()
  relay.wake()
  doDueTurn()
  const dueTimer = setInterval(doDueTurn, DUE_WORK_MILLISECONDS)
  const rescueTimer = setInterval(() => void rescueTurn(), RESCUE_MILLISECONDS)

  return {
    jobs: { wake: () => relay.wake() },
    async settle() {
      await settleWork(deps, database)
    },
    async stop() {
      clearInterval(dueTimer)
      clearInterval(rescueTimer)
      await dueWork
      await relay.stop()
      await runner.stop()
      await listener.end({ timeout: 2 })
      await alive.stop()
    },
  }
}

/**
 * Runs, in this call and without timers, everything that is due: events, their jobs and what the clock has made due,
 * over and over until nothing is left. Failed jobs stay for their next attempt. For tests, the seed and the clock page.
 */
export async function settleWork(deps: Deps, database: Database): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) {
    const due = await doDueWork(deps)
    const ran = await settleEvents(deps, database)
    if (due === 0 && ran === 0 && !(await isWorkElsewhere(database))) return
  }
}

/** How long settling waits for a worker beside it, each time it finds that one at work. */
const ELSEWHERE_MILLISECONDS = 100

/** Whether a living worker is in the middle of a job, which may lead to more; waits a moment for it. */
async function isWorkElsewhere(database: Database): Promise<boolean> {
  const [row] = await database.db.execute<{ busy: boolean }>(
    sql`select exists (select from graphile_worker._private_jobs where locked_by is not null) as busy`,
  )
  if (row?.busy !== true) return false
  await new Promise((resolve) => setTimeout(resolve, ELSEWHERE_MILLISECONDS))
  return true
}

/** Relays what there is and runs the jobs that follow, without looking at the clock; answers how many jobs ran. */
export async function settleEvents(deps: Deps, database: Database): Promise<number> {
  while ((await relayEvents(deps, database)) > 0);
  return runReadyJobs(deps, database)
}

/** Runs the jobs that are ready, one after another, in this process; answers how many. */
async function runReadyJobs(deps: Deps, database: Database): Promise<number> {
  const workerId = `settle-${deps.ids.next()}`
  // Held for as long as this call runs, so that nobody takes its jobs for abandoned.
  const alive = await database.sql.reserve()
  try {
    await alive`select pg_advisory_lock(hashtextextended(${`worker:${workerId}`}, 0))`
    return await runJobsAs(workerId, deps, database)
  } finally {
    await alive`select pg_advisory_unlock_all()`
    alive.release()
  }
}

async function runJobsAs(workerId: string, deps: Deps, database: Database): Promise<number> {
  let ran = 0
  for (;;) {
    const [job] = await database.db.execute<{ id: string; task: TaskName; payload: object }>(sql`
      with job as (
        update graphile_worker._private_jobs set attempts = attempts + 1, locked_by = ${workerId}, locked_at = now()
        where id = (
          select id from graphile_worker._private_jobs
          where locked_by is null and run_at <= now() and attempts < max_attempts
          order by priority, run_at, id limit 1 for update skip locked
        ) returning id, task_id, payload
      )
      select job.id::text as id, tasks.identifier as task, job.payload from job
      join graphile_worker._private_tasks tasks on tasks.id = job.task_id`)
    if (job === undefined) return ran
    ran += 1
    try {
      await TASK_HANDLERS[job.task](deps, job.payload as never)
      // The runner's own complete_jobs() passes over locked jobs; this one holds the lock.
      await database.db.execute(
        sql`delete from graphile_worker._private_jobs where id = ${job.id}::bigint and locked_by = ${workerId}`,
      )
    } catch (error) {
      // As the runner itself would put it off.
      const message = error instanceof Error ? error.message : 'failed'
      await database.db.execute(sql`
        update graphile_worker._private_jobs
        set locked_by = null, locked_at = null, last_error = ${message}, run_at = now() + exp(least(attempts, 10)) * interval '1 second'
        where id = ${job.id}::bigint`)
    }
  }
}

/** Resolves when this process can hear that events were relayed; `onEvents` is called each time. */
export async function listenForEvents(directUrl: string, onEvents: () => void): Promise<{ stop(): Promise<void> }> {
  const listener = postgres(directUrl, {
    max: 1,
    onnotice: () => {},
    backoff: reconnectAfterSeconds,
    connection: { application_name: 'ordinatus-events' },
  })
  await listener.listen(EVENTS_CHANNEL, onEvents, onEvents)
  return { stop: () => listener.end({ timeout: 2 }) }
}
