import type { ReactNode } from 'react'
import styles from './empty-state.module.css'

/** What a place is for while nothing is in it, and the one next step. */
export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      <p className={styles.words}>{children}</p>
      {action}
    </div>
  )
}
