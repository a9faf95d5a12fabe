import { useEffect } from 'react'

/**
 * Tells the page around an embedded form how high it is, so that the frame needs no scroll bar of its own.
 * The message holds a height and nothing else, so it may go to whoever is around: `{type: 'ordinatus:height', height}`.
 */
export function useEmbeddedHeight(isEmbedded: boolean): void {
  useEffect(() => {
    if (!isEmbedded) return
    document.documentElement.dataset.embedded = ''
    const observer = new ResizeObserver(() => {
      window.parent.postMessage({ type: 'ordinatus:height', height: document.body.scrollHeight }, '*')
    })
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [isEmbedded])
}
