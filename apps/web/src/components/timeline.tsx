import type { ReactNode } from 'react'
import styles from './timeline.module.css'

/** What happened, newest first. */
export function Timeline({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ol className={styles.timeline} aria-label={label}>
      {children}
    </ol>
  )
}

export function TimelineEntry({ children }: { children: ReactNode }) {
  return <li className={styles.entry}>{children}</li>
}
