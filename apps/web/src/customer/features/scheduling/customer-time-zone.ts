import { detectedTimeZone } from '../../../lib/dates.ts'

const STORAGE_KEY = 'ordinatus-customer-time-zone'

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The zone that the customer chose on this device, else the one that the browser is in. */
export function customerTimeZone(): string {
  try {
    const chosen = localStorage.getItem(STORAGE_KEY)
    if (chosen && isTimeZone(chosen)) return chosen
  } catch {
    // Storage may be forbidden (private window, embedded page): the browser's zone it is.
  }
  return detectedTimeZone()
}

/** Keeps the choice for the next visit on this device; choosing the browser's own zone forgets it. */
export function rememberTimeZone(timeZone: string): void {
  try {
    if (timeZone === detectedTimeZone()) localStorage.removeItem(STORAGE_KEY)
    else localStorage.setItem(STORAGE_KEY, timeZone)
  } catch {
    // Nothing to keep it in: it holds for this page.
  }
}
