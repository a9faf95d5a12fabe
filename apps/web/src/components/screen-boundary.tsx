import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import styles from './screen-boundary.module.css'

/** Catches a screen that breaks, so that the rest stays usable and the person is told what to do. */
export class ScreenBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true }
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children
    return (
      <div className={styles.broken} role="alert">
        <h1>This page could not be shown</h1>
        <p>Nothing that was saved is lost. Load the page again; if that does not help, try again in a few minutes.</p>
        <Button onClick={() => globalThis.location.reload()}>Load again</Button>
      </div>
    )
  }
}
