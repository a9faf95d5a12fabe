import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './page-frame.module.css'

type PageFrameProps = {
  /** Name and logo above the page; absent while unknown, and in the embedded form. */
  brand?: { name: string; logoUrl: string | null } | null | undefined
  footer?: ReactNode
  /** `reading` for one column of text and fields, `wide` for summary and picker side by side. */
  width?: 'reading' | 'wide' | undefined
  chromeless?: boolean | undefined
  children: ReactNode
}

/** The quiet frame of every customer page: the organization on top, the one thing to do, whom to ask below. */
export function PageFrame({ brand, footer, width = 'reading', chromeless = false, children }: PageFrameProps) {
  return (
    <div className={classNames(styles.frame, chromeless && styles.chromeless)}>
      {chromeless ? null : (
        <header className={classNames(styles.header, styles[width])}>
          {brand ? <Brand {...brand} /> : <span className={styles.brandGap} />}
        </header>
      )}
      <main className={classNames(styles.main, styles[width])}>{children}</main>
      {footer && !chromeless ? <footer className={classNames(styles.footer, styles[width])}>{footer}</footer> : null}
    </div>
  )
}

function Brand({ name, logoUrl }: { name: string; logoUrl: string | null }) {
  if (logoUrl) return <img className={styles.logo} src={logoUrl} alt={name} />
  return (
    <>
      <span className={styles.initial} aria-hidden="true">
        {name.slice(0, 1).toUpperCase()}
      </span>
      <span className={styles.name}>{name}</span>
    </>
  )
}
