import styles from './skeletons.module.css'

/** The shape of a table or list that is on its way. */
export function RowSkeletons({ rows, label }: { rows: number; label: string }) {
  return (
    <div className={styles.rows} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={index} className={styles.row} aria-hidden="true">
          <span className={styles.bar} data-width="long" />
          <span className={styles.bar} data-width="middle" />
          <span className={styles.bar} data-width="short" />
        </div>
      ))}
    </div>
  )
}

/** The shape of a page of text that is on its way. */
export function TextSkeleton({ lines, label }: { lines: number; label: string }) {
  return (
    <div className={styles.text} role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
          key={index}
          className={styles.bar}
          aria-hidden="true"
          data-width={index % 3 === 0 ? 'short' : 'long'}
        />
      ))}
    </div>
  )
}
