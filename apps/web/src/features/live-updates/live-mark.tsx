import { useNow } from '../../components/use-now.ts'
import { zoneName } from '../../lib/dates.ts'
import styles from './live-mark.module.css'
import { useLiveStatus } from './live-updates.tsx'

/** In whose zone the times are, and whether changes arrive by themselves. */
export function LiveMark({ timeZone }: { timeZone: string }) {
  const status = useLiveStatus()
  const now = useNow(60_000)
  return (
    <p className={styles.mark}>
      <span>Times in {zoneName(timeZone, now)}</span>
      <span className={styles.live} data-status={status}>
        {status === 'live' ? 'Live' : status === 'connecting' ? 'Connecting' : 'Updates every half minute'}
      </span>
    </p>
  )
}
