import { useEffect, useState } from 'react'
import { Announcer } from '../../../../components/customer/announcer.tsx'
import { useNow } from '../../../../components/customer/use-now.ts'
import { countdown, epochMillis } from '../../../../lib/dates.ts'
import { holdWords } from '../words.ts'
import styles from './hold-countdown.module.css'

/** Minutes before the end at which the time left is read out. */
const ANNOUNCED_MINUTES = [1, 5, 10]
const MINUTE = 60_000

type HoldCountdownProps = { deadline: string; clockAheadMs: number; onEnded: () => void }

/** The seconds that are left, for the eye; screen readers hear it at ten, five and one minute only. */
export function HoldCountdown({ deadline, clockAheadMs, onEnded }: HoldCountdownProps) {
  const now = useNow(1000) + clockAheadMs
  const left = epochMillis(deadline) - now
  const hasEnded = left <= 0
  useEffect(() => {
    if (hasEnded) onEnded()
  }, [hasEnded, onEnded])
  const mark = ANNOUNCED_MINUTES.find((minutes) => left <= minutes * MINUTE) ?? null
  // A page opened with four minutes left must not say "5 minutes": only a mark that is passed while open is read out.
  const [firstMark] = useState(mark)
  return (
    <>
      <p className={styles.countdown} aria-hidden="true">
        {holdWords.heldLeft(countdown(deadline, now))}
      </p>
      <Announcer message={mark === null || mark === firstMark || hasEnded ? '' : holdWords.heldMinutes(mark)} />
    </>
  )
}
