import { useEffect, useState } from 'react'

/**
 * The current time in epoch milliseconds, renewed every `everyMs` while the page is open.
 * A phone that slept catches up as soon as the page is visible again, since browsers stop timers in the background.
 */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const tick = () => setNow(Date.now())
    const timer = setInterval(tick, everyMs)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [everyMs])
  return now
}
