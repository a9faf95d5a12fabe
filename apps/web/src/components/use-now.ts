import { useEffect, useState, useSyncExternalStore } from 'react'
import { clockAheadMs, onClockChange } from '../lib/product-clock.ts'

/**
 * The product's present instant in milliseconds, renewed every so often: what is shown as near or far is so by the
 * product's clock, whatever this device's says. A hidden tab sleeps and catches up when it is seen again.
 */
export function useNow(everyMs: number): number {
  const aheadMs = useSyncExternalStore(onClockChange, clockAheadMs)
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const renew = () => {
      if (document.visibilityState === 'visible') setNow(Date.now())
    }
    const timer = setInterval(renew, everyMs)
    document.addEventListener('visibilitychange', renew)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', renew)
    }
  }, [everyMs])
  return now + aheadMs
}
