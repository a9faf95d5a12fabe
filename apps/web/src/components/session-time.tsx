import { day, type Instant, timeOfDay, timeRange } from '../lib/dates.ts'
import styles from './session-time.module.css'

/** "10:30–11:30 AM CST", which never breaks across lines. */
export function TimeRange({ start, end, timeZone }: { start: Instant; end: Instant; timeZone: string }) {
  return <span className={styles.whole}>{timeRange(start, end, timeZone)}</span>
}

/** "Tue, Nov 24 · 10:30–11:30 AM CST", or its beginning alone; where it is too long for a line, the time begins the next. */
export function DateAndTime({
  start,
  end,
  timeZone,
  now,
}: {
  start: Instant
  end?: Instant
  timeZone: string
  now?: Instant
}) {
  return (
    <>
      <span className={styles.whole}>{day(start, timeZone, now)} ·</span>{' '}
      {end === undefined ? (
        <span className={styles.whole}>{timeOfDay(start, timeZone)}</span>
      ) : (
        <TimeRange start={start} end={end} timeZone={timeZone} />
      )}
    </>
  )
}
