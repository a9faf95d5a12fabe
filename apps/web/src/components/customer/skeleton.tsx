import type { CSSProperties } from 'react'
import styles from './skeleton.module.css'

type SkeletonProps = { width?: string | undefined; height?: number | undefined }

/** A grey bar in the shape of what comes. Silent to screen readers: the page's own status line speaks. */
export function Skeleton({ width = '100%', height = 16 }: SkeletonProps) {
  const shape: CSSProperties = { width, height }
  return <span className={styles.bar} style={shape} aria-hidden="true" />
}

/** Several bars under each other; a label tells screen readers what is being loaded. */
export function SkeletonBlock({ label, bars }: { label: string; bars: SkeletonProps[] }) {
  return (
    <div className={styles.block}>
      <p role="status" className="visually-hidden">
        {label}
      </p>
      {bars.map((bar, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike and never move
        <Skeleton key={index} {...bar} />
      ))}
    </div>
  )
}
