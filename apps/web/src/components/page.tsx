import { type ReactNode, useEffect, useRef } from 'react'
import styles from './page.module.css'

/** A screen: its title, which is also the window's, and what is on it. The title takes the focus when the screen opens. */
export function Page({
  title,
  above,
  beside,
  children,
}: {
  title: string
  above?: ReactNode
  beside?: ReactNode
  children: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)

  useEffect(() => {
    document.title = `${title} · Ordinatus`
  }, [title])

  useEffect(() => {
    // A screen reader hears the new screen's name; a first visit keeps the browser's own starting point.
    if (document.activeElement !== document.body) heading.current?.focus({ preventScroll: true })
  }, [])

  return (
    <div className={styles.page}>
      {above}
      <header className={styles.header}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {beside !== undefined && <div className={styles.beside}>{beside}</div>}
      </header>
      {children}
    </div>
  )
}

/** A titled part of a screen. */
export function Section({
  id,
  title,
  beside,
  words,
  children,
}: {
  id: string
  title: string
  beside?: ReactNode
  words?: ReactNode
  children: ReactNode
}) {
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.sectionHeader}>
        <h2 id={id}>{title}</h2>
        {beside !== undefined && <div className={styles.beside}>{beside}</div>}
      </div>
      {words !== undefined && <p className={styles.words}>{words}</p>}
      {children}
    </section>
  )
}
