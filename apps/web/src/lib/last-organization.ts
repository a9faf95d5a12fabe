const KEY = 'ordinatus-last-organization'

/** Keeps which organization was open, so that the next visit starts there. */
export function rememberOrganization(slug: string): void {
  try {
    localStorage.setItem(KEY, slug)
  } catch {
    // Storage switched off: the first organization will do.
  }
}

/** The organization that was open last, null when there is none. */
export function lastOrganization(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}
