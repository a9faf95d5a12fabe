import type { ReactNode } from 'react'
import styles from './columns.module.css'

/** What is read, and beside it what is done; on a phone one below the other, in this order. */
export function Columns({ main, aside }: { main: ReactNode; aside: ReactNode }) {
  return (
    <div className={styles.columns}>
      <div className={styles.main}>{main}</div>
      <div className={styles.aside}>{aside}</div>
    </div>
  )
}
