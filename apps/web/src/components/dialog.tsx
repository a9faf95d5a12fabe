import { type ReactNode, useEffect, useId, useRef } from 'react'
import styles from './dialog.module.css'

/** By then the screen shows what the dialog has changed. */
const RENDERED_MS = 100

/**
 * A question that waits for an answer. The browser's own dialog keeps the focus inside, makes the rest inert, closes on
 * Escape and gives the focus back, to the screen's title when what opened it is gone. A field marked `data-autofocus` has
 * the focus first, whatever stands before it.
 */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  useEffect(() => {
    const element = dialog.current
    if (element === null) return
    const opener = document.activeElement
    element.showModal()
    element.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    return () => {
      element.close()
      if (opener instanceof HTMLElement) opener.focus()
      // An action that is done often takes its button along, as soon as the screen shows what came of it.
      setTimeout(() => {
        if (document.activeElement === document.body) document.querySelector<HTMLElement>('main h1')?.focus()
      }, RENDERED_MS)
    }
  }, [])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click on the backdrop is for the pointer
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      <div className={styles.inside}>
        <h2 id={titleId}>{title}</h2>
        {children}
      </div>
    </dialog>
  )
}

/** The buttons of a dialog, the one that acts last. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className={styles.buttons}>{children}</div>
}
