import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { ApiProblem } from '../lib/problem.ts'
import { problemText } from '../lib/problem-text.ts'
import styles from './notice.module.css'

/** What went wrong, what was kept and what to do, with the id that support can look up. */
export function ProblemNotice({
  error,
  about,
  onRetry,
  onDismiss,
}: {
  error: unknown
  /** What it was about, when the page shows several things: a customer's name, a section. */
  about?: string
  onRetry?: () => void
  onDismiss?: () => void
}) {
  const { title, advice, requestId } = problemText(error)
  // A conflict is news about the thing itself; only what is wrong or broken is red.
  const tone = error instanceof ApiProblem && error.status === 409 ? 'amber' : 'red'
  return (
    <div className={styles.notice} data-tone={tone} role="alert">
      <div className={styles.words}>
        <p className={styles.title}>{about === undefined ? title : `${about}: ${title}`}</p>
        <p>{advice}</p>
        {requestId !== null && <p className={styles.id}>Request id for support: {requestId}</p>}
      </div>
      {onRetry !== undefined && (
        <Button variant="default" size="compact-sm" onClick={onRetry}>
          Try again
        </Button>
      )}
      {onDismiss !== undefined && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onDismiss}>
          Dismiss
        </Button>
      )}
    </div>
  )
}

/** Something worth knowing that is no failure. */
export function Notice({
  tone,
  title,
  children,
}: {
  tone: 'blue' | 'amber' | 'grey'
  title: string
  children?: ReactNode
}) {
  return (
    <div className={styles.notice} data-tone={tone}>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {children}
      </div>
    </div>
  )
}
