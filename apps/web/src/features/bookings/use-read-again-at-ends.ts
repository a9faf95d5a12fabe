import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { epochMillis } from '../../lib/dates.ts'
import { productNow } from '../../lib/product-clock.ts'
import { type Booking, bookingKeys } from './queries.ts'

/** The API's clock may be a little behind this one: ask only when it too has passed the end. */
const FIRST_PAUSE_MS = 1_500
/** How often at most a device that is far ahead goes on asking. */
const LONGEST_PAUSE_MS = 30_000
const DAY_MS = 86_400_000

type Ending = Pick<Booking, 'end' | 'actions'>

/**
 * Keeps Mark Complete of these bookings independent of this device's clock: only the API says that a session has ended.
 *
 * Asks at the end that is next by this clock, and if the API says that it has not come yet, again and again with a
 * growing pause until it has. On a device that is behind, the button comes when the window gets the focus.
 */
export function useReadAgainAtEnds(org: string, bookings: readonly Ending[]): void {
  const cache = useQueryClient()
  const nextEnd = Math.min(
    ...bookings
      .filter(({ actions }) => actions.complete.reason === 'session_not_ended')
      .map(({ end }) => epochMillis(end)),
  )

  useEffect(() => {
    if (!Number.isFinite(nextEnd)) return
    let pause = FIRST_PAUSE_MS
    let timer: ReturnType<typeof setTimeout>
    function askAtTheEnd(): void {
      const left = nextEnd - productNow()
      if (left > 0) {
        // A longer timer than 24 days would fire at once.
        timer = setTimeout(askAtTheEnd, Math.min(left, DAY_MS))
        return
      }
      timer = setTimeout(() => {
        void cache.invalidateQueries({ queryKey: bookingKeys.all(org) }, { cancelRefetch: false })
        askAtTheEnd()
      }, pause)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
    askAtTheEnd()
    return () => clearTimeout(timer)
  }, [cache, org, nextEnd])

  useEffect(() => {
    // The cache itself notices a tab that is shown again, not a window beside others that is turned to.
    const ask = () => void cache.invalidateQueries({ queryKey: bookingKeys.all(org) }, { cancelRefetch: false })
    window.addEventListener('focus', ask)
    return () => window.removeEventListener('focus', ask)
  }, [cache, org])
}
