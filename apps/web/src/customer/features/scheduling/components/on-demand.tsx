import { type ComponentType, lazy, Suspense, useEffect } from 'react'

const load = () => import('./seldom-parts.ts')
type Parts = Awaited<ReturnType<typeof load>>

/** A part that is fetched when it is first shown. Nothing stands in its place meanwhile: it is a blink. */
function onDemand<Props extends object>(pick: (parts: Parts) => ComponentType<Props>): ComponentType<Props> {
  const Part = lazy(async () => ({ default: pick(await load()) })) as ComponentType<Props>
  return (props) => (
    <Suspense fallback={null}>
      <Part {...props} />
    </Suspense>
  )
}

export const BookingRefusal = onDemand((parts) => parts.BookingRefusal)
export const BookingView = onDemand((parts) => parts.BookingView)
export const DeadLink = onDemand((parts) => parts.DeadLink)
export const EndedHold = onDemand((parts) => parts.EndedHold)
export const GoneTime = onDemand((parts) => parts.GoneTime)
export const HoldPanel = onDemand((parts) => parts.HoldPanel)
export const NoTimes = onDemand((parts) => parts.NoTimes)
export const ProblemPanel = onDemand((parts) => parts.ProblemPanel)
export const TimesError = onDemand((parts) => parts.TimesError)

/** Late enough to leave the first paint and the first taps alone. */
const IDLE_MS = 2000

/** Fetches those parts once the page has settled, so that they are there when the network is not. */
export function useSeldomPartsSoon(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // Failing is no harm: whatever needs a part asks for it again.
      load().catch(() => undefined)
    }, IDLE_MS)
    return () => clearTimeout(timer)
  }, [])
}
