/** Less than this is the answer's way through the network, not a clock that is wrong. */
const NETWORK_MS = 3_000

let aheadMs = 0
const listeners = new Set<() => void>()

/** How far the product's clock is ahead of this device's, in milliseconds, negative when it is behind; 0 for one that is right. */
export function clockAheadMs(): number {
  return aheadMs
}

/** The product's own present instant in epoch milliseconds, as its latest answer shows it. */
export function productNow(): number {
  return Date.now() + aheadMs
}

/** Learns the product's time from an answer. A difference that moves by less than a way through the network changes nothing. */
export function learnProductClock(response: Response): void {
  const date = Date.parse(response.headers.get('Date') ?? '')
  if (Number.isNaN(date)) return
  const measuredMs = date - Date.now()
  const isRight = Math.abs(measuredMs) < NETWORK_MS
  if (isRight ? aheadMs === 0 : Math.abs(measuredMs - aheadMs) < NETWORK_MS) return
  aheadMs = isRight ? 0 : measuredMs
  for (const listener of listeners) listener()
}

/** Tells when the difference has changed; the answer ends that. */
export function onClockChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
