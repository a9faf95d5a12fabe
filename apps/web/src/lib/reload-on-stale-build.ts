const MARK = 'ordinatus-reloaded-for'

/**
 * After a new version was put in place, the next screen's code may be gone from the server: load the page afresh, once.
 *
 * The mark in session storage names the missing file, so that a file that stays missing does not reload for ever; the
 * screen's error page speaks then.
 */
export function reloadOnStaleBuild(target: Window = window): void {
  target.addEventListener('vite:preloadError', (event) => {
    // Without a network the file is not stale, and a reload would lose the page that still stands.
    if (!target.navigator.onLine) return
    const missing = event.payload instanceof Error ? event.payload.message : 'unknown'
    if (target.sessionStorage.getItem(MARK) === missing) return
    target.sessionStorage.setItem(MARK, missing)
    event.preventDefault()
    target.location.reload()
  })
}
