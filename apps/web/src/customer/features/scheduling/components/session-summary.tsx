import type { ReactNode } from 'react'
import { ClockIcon, PersonIcon } from '../../../../components/customer/icons.tsx'
import { duration } from '../../../../lib/dates.ts'
import { schedulingWords } from '../words.ts'
import styles from './session-summary.module.css'

type SessionSummaryProps = {
  sessionTypeName: string
  description: string
  trainerFirstName: string
  /** Shown as a fact when there is nothing to choose. */
  onlyLength: { durationMinutes: number; price: string } | null
  children?: ReactNode
}

/** What this is, with whom, how long, how much. */
export function SessionSummary({
  sessionTypeName,
  description,
  trainerFirstName,
  onlyLength,
  children,
}: SessionSummaryProps) {
  return (
    <section className={styles.summary}>
      <div className={styles.what}>
        <h1 className={styles.title}>{sessionTypeName}</h1>
        {description ? <p className={styles.description}>{description}</p> : null}
        <ul className={styles.facts}>
          <li>
            <PersonIcon className={styles.icon} />
            <span>{schedulingWords.withTrainer(trainerFirstName)}</span>
          </li>
          {onlyLength ? (
            <li>
              <ClockIcon className={styles.icon} />
              <span>
                {duration(onlyLength.durationMinutes)}
                {onlyLength.price ? <span className={styles.price}> · {onlyLength.price}</span> : null}
              </span>
            </li>
          ) : null}
        </ul>
      </div>
      {children}
    </section>
  )
}
