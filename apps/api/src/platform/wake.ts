import type postgres from 'postgres'
import type { Jobs } from './jobs.ts'

/** Calls within this time are one wake-up: NOTIFY serializes commits, so a burst must not become a burst of them. */
const COALESCE_MILLISECONDS = 5

/** Wakes the relay in whichever process it runs, by one NOTIFY on `channel` for any number of calls at once. */
export function notifyingJobs(sql: postgres.Sql, channel: string): Jobs & { stop(): void } {
  let timer: NodeJS.Timeout | null = null
  return {
    wake() {
      if (timer !== null) return
      timer = setTimeout(() => {
        timer = null
        // A lost wake-up costs the relay's next poll; the event itself is safe in its table.
        sql`select pg_notify(${channel}, '')`.catch(() => undefined)
      }, COALESCE_MILLISECONDS)
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
