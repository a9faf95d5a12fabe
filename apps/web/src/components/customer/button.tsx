import type { ComponentProps, MouseEvent } from 'react'
import styles from './button.module.css'
import { classNames } from './class-names.ts'

type Look = {
  /** One filled button a screen: the next action. */
  variant?: 'filled' | 'outline' | 'plain' | undefined
  wide?: boolean | undefined
}

type ButtonProps = ComponentProps<'button'> & Look & { busy?: boolean | undefined }

/**
 * A button that keeps its place and its focus while it works.
 * While `busy` it says so to screen readers and swallows clicks; it is not disabled, because a disabled button
 * drops the keyboard focus and the customer would have to find the page again.
 */
export function Button({ variant = 'filled', wide, busy, onClick, children, className, ...rest }: ButtonProps) {
  function handleClick(event: MouseEvent<HTMLButtonElement>): void {
    if (busy) {
      event.preventDefault()
      return
    }
    onClick?.(event)
  }
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy ? true : undefined}
      aria-busy={busy ? true : undefined}
      className={classNames(styles.button, styles[variant], wide && styles.wide, className)}
      onClick={handleClick}
    >
      {children}
      {busy ? <span className={styles.dots} aria-hidden="true" /> : null}
    </button>
  )
}

type ButtonLinkProps = ComponentProps<'a'> & Look

/** A link that looks like a button: for going somewhere, where a button does something. */
export function ButtonLink({ variant = 'filled', wide, className, children, ...rest }: ButtonLinkProps) {
  return (
    <a {...rest} className={classNames(styles.button, styles[variant], wide && styles.wide, className)}>
      {children}
    </a>
  )
}
