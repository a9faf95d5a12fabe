import { useState } from 'react'
import styles from './copyable-code.module.css'

type CopyableCodeProps = { code: string; copyLabel: string; copiedLabel: string }

/** A reference to quote to support: click to copy. */
export function CopyableCode({ code, copyLabel, copiedLabel }: CopyableCodeProps) {
  const [copied, setCopied] = useState(false)
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(code)
      setCopied(true)
    } catch {
      // Without permission the code is still there to be selected by hand.
    }
  }
  return (
    <span className={styles.wrap}>
      <button type="button" className={styles.code} onClick={copy} title={copyLabel}>
        {code}
        <span className="visually-hidden">, {copyLabel}</span>
      </button>
      <span role="status" className={styles.copied}>
        {copied ? copiedLabel : ''}
      </span>
    </span>
  )
}
