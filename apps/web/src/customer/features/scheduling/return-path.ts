const STORAGE_KEY = 'ordinatus-booking-path'

/**
 * Remembers in this tab where the customer went to pay from, so that the return page can lead back when a payment was
 * not made. The address holds the link's secret: it stays in the tab's own storage and goes with the tab.
 */
export function keepBookingPath(path: string): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, path)
  } catch {
    // Without storage the return page points to the email instead.
  }
}

/** The way back to the booking page, or null when this tab did not come from one. */
export function keptBookingPath(): string | null {
  try {
    const path = sessionStorage.getItem(STORAGE_KEY)
    return path && /^\/book\/[\w-]+$/.test(path) ? path : null
  } catch {
    return null
  }
}
