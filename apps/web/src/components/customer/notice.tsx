import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { AlertIcon, CheckIcon, ClockIcon, InfoIcon } from './icons.tsx'
import styles from './notice.module.css'

const ICONS = { info: InfoIcon, success: CheckIcon, warning: ClockIcon, error: AlertIcon }

type NoticeProps = {
  tone?: keyof typeof ICONS | undefined
  title?: ReactNode
  children?: ReactNode
  actions?: ReactNode
  /** Set when it appears after the page was read, so that it is read out as well. */
  announce?: boolean | undefined
}

/** A short message within a page: what happened, what was kept, what to do. Icon and words, never colour alone. */
export function Notice({ tone = 'info', title, children, actions, announce }: NoticeProps) {
  const Icon = ICONS[tone]
  const role = announce ? (tone === 'error' ? 'alert' : 'status') : undefined
  return (
    <div className={classNames(styles.notice, styles[tone])} {...(role ? { role } : {})}>
      <Icon className={styles.icon} />
      <div className={styles.body}>
        {title ? <p className={styles.title}>{title}</p> : null}
        {children ? <div className={styles.text}>{children}</div> : null}
        {actions ? <div className={styles.actions}>{actions}</div> : null}
      </div>
    </div>
  )
}
