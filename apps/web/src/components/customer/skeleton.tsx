import styles from './skeleton.module.css'

type SkeletonProps = { width?: string | undefined; height?: number | undefined }

/** A grey bar in the shape of what comes. Silent to screen readers: the page's own status line speaks. */
export function Skeleton({ width = '100%', height = 16 }: SkeletonProps) {
  // Sizes by attribute: HTML from the server may hold no style attribute (content security policy).
  return <svg className={styles.bar} width={width} height={height} aria-hidden="true" focusable="false" />
}

type SkeletonBlockProps = {
  label: string
  bars: SkeletonProps[]
  /** Set when the whole page is on its way: the label is its heading until then. */
  isPage?: boolean | undefined
}

/** Several bars under each other; a label tells screen readers what is being loaded. */
export function SkeletonBlock({ label, bars, isPage = false }: SkeletonBlockProps) {
  return (
    <div className={styles.block}>
      {isPage ? <h1 className="visually-hidden">{label}</h1> : null}
      {label && !isPage ? (
        <p role="status" className="visually-hidden">
          {label}
        </p>
      ) : null}
      {bars.map((bar, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike and never move
        <Skeleton key={index} {...bar} />
      ))}
    </div>
  )
}
