import { dateAndTime, relativeTime } from '../lib/dates.ts'
import styles from './moment.module.css'
import { DateAndTime } from './session-time.tsx'
import { useNow } from './use-now.ts'

/** An instant, or a span, in full; how far away it is stands beneath. */
export function Moment({ at, until, timeZone }: { at: string; until?: string; timeZone: string }) {
  const now = useNow(30_000)
  return (
    <span className={styles.moment}>
      <time dateTime={at} className={styles.full}>
        <DateAndTime start={at} {...(until === undefined ? {} : { end: until })} timeZone={timeZone} now={now} />
      </time>
      <span className={styles.relative}>{relativeTime(at, now)}</span>
    </span>
  )
}

/** Only how far away an instant is; the full time is said where the pointer rests. */
export function Age({ at, timeZone }: { at: string; timeZone: string }) {
  const now = useNow(30_000)
  return (
    <time dateTime={at} title={dateAndTime(at, timeZone, now)}>
      {relativeTime(at, now)}
    </time>
  )
}
