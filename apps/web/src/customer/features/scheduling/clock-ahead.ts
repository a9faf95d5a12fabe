import { useState } from 'react'

/** Less than this is the answer's way through the network, not a clock that is wrong. */
const NETWORK_MS = 3000

/**
 * How far the product's clock is ahead of this device's, in milliseconds, negative when it is behind; 0 for a device
 * that is right. Deadlines are the product's, so countdowns towards them go by its clock.
 *
 * `measuredMs` is the difference that the latest answer shows, null while there is none. A difference that moves by less
 * than a way through the network changes nothing: a countdown must not stumble with every answer.
 */
export function useClockAhead(measuredMs: number | null): number {
  const [aheadMs, setAheadMs] = useState(0)
  if (measuredMs === null || Math.abs(measuredMs - aheadMs) < NETWORK_MS) return aheadMs
  setAheadMs(measuredMs)
  return measuredMs
}
