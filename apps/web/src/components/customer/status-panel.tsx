import type { ReactNode } from 'react'
import styles from './status-panel.module.css'
import { useFocusOnMount } from './use-focus-on-mount.ts'

type StatusPanelProps = {
  icon: ReactNode
  title: string
  children?: ReactNode
  actions?: ReactNode
  tone?: 'neutral' | 'success' | 'warning' | undefined
  /** Set when it takes the place of what the customer was working in: the focus moves to the title. */
  takesFocus?: boolean | undefined
}

/** A page that says one thing: what happened, what comes next, one button. */
export function StatusPanel({
  icon,
  title,
  children,
  actions,
  tone = 'neutral',
  takesFocus = false,
}: StatusPanelProps) {
  const heading = useFocusOnMount<HTMLHeadingElement>(takesFocus)
  return (
    <section className={styles.panel}>
      <span className={styles.icon} data-tone={tone}>
        {icon}
      </span>
      <h1 className={styles.title} ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children ? <div className={styles.text}>{children}</div> : null}
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </section>
  )
}
