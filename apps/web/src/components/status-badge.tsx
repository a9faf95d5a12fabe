import styles from './status-badge.module.css'

export type Tone = 'blue' | 'amber' | 'green' | 'grey' | 'red'

/** A status: a dot and a word, never colour alone. */
export function StatusBadge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      <span className={styles.dot} aria-hidden="true" />
      {children}
    </span>
  )
}
