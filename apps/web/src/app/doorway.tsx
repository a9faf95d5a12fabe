import { type ReactNode, useEffect } from 'react'
import styles from './doorway.module.css'

/** The screens before one is inside: signing in, signing up. */
export function Doorway({
  title,
  words,
  children,
  below,
}: {
  title: string
  words?: string | undefined
  children: ReactNode
  below: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Ordinatus`
  }, [title])
  return (
    <main className={styles.doorway}>
      <div className={styles.card}>
        <p className={styles.brand}>
          <img src="/favicon.svg" width="28" height="28" alt="" />
          Ordinatus
        </p>
        <div>
          <h1>{title}</h1>
          {words !== undefined && <p className="dim">{words}</p>}
        </div>
        {children}
        <p className={styles.below}>{below}</p>
      </div>
    </main>
  )
}
