import { useEffect, useState } from 'react'
import { ClockIcon, LinkOffIcon } from '../../components/customer/icons.tsx'
import { PageFrame } from '../../components/customer/page-frame.tsx'
import { ProblemPanel } from '../../components/customer/problem-panel.tsx'
import { SkeletonBlock } from '../../components/customer/skeleton.tsx'
import { StatusPanel } from '../../components/customer/status-panel.tsx'
import { useDocumentTitle } from '../../components/customer/use-document-title.ts'
import { bookingState } from '../features/bookings/booking-state.ts'
import { BookingView } from '../features/bookings/components/booking-view.tsx'
import { bookingWords } from '../features/bookings/words.ts'
import { HoldCountdown } from '../features/holds/components/hold-countdown.tsx'
import { linkProblem, organizationOf } from '../features/links/link-problem.ts'
import { linkWords } from '../features/links/words.ts'
import { SupportContact } from '../features/organizations/components/support-contact.tsx'
import { useBranding } from '../features/organizations/use-branding.ts'
import { pageWords } from '../features/pages/words.ts'
import { useClockAhead } from '../features/scheduling/clock-ahead.ts'
import { customerTimeZone } from '../features/scheduling/customer-time-zone.ts'
import { type ReturnedBooking, returnedBookingQuery } from '../features/scheduling/queries.ts'
import { keptBookingPath } from '../features/scheduling/return-path.ts'
import { schedulingWords } from '../features/scheduling/words.ts'
import { useResource } from '../use-resource.ts'

/** How long the page says "checking" before it says that no payment has arrived: notifications take seconds. */
const PATIENCE_MS = 10_000

/** When the time to pay has ended, what became of a payment that was under way is asked once more before a word is said. */
const LOOK_AGAIN_MS = 4000

/** How long to wait before asking again; null once nothing more is to come. */
function nextLook({ booking }: ReturnedBooking): number | null {
  switch (bookingState(booking)) {
    case 'held':
      return 2000
    case 'processing':
    case 'paid':
      return 10_000
    case 'confirmed':
      // The link to join is made after the confirmation.
      return booking.delivery.customerUrl ? null : 15_000
    case 'expired':
      // Money that was under way when the time ended is honoured or sent back, and the page says which.
      return 15_000
    case 'sent_back':
      return booking.sentBack?.status === 'pending' ? 15_000 : null
    default:
      return null
  }
}

type BookingReturnPageProps = { returnToken: string; patienceMs?: number; lookAgainMs?: number }

/** Where the checkout leads back to: waits for the truth about the payment and says nothing that is not known. */
export function BookingReturnPage({
  returnToken,
  patienceMs = PATIENCE_MS,
  lookAgainMs = LOOK_AGAIN_MS,
}: BookingReturnPageProps) {
  const { data, error, isFetching, refetch } = useResource({ ...returnedBookingQuery(returnToken), pollMs: nextLook })
  const booking = data?.booking
  const clockAheadMs = useClockAhead(data?.clockAheadMs ?? null)
  const hasWaited = useHasWaited(patienceMs)
  const timeZone = customerTimeZone()
  const problem = linkProblem(error)
  const organization = booking?.organization ?? organizationOf(error)
  useBranding(organization?.primaryColor)
  useDocumentTitle(booking ? schedulingWords.pageTitle(booking.sessionType.name, booking.organization.name) : undefined)
  const state = booking ? bookingState(booking) : null
  const isFirstEnd = useIsFirst(state === 'expired', data, refetch, lookAgainMs)

  return (
    <PageFrame brand={organization} footer={organization ? <SupportContact organization={organization} /> : null}>
      {problem ? (
        <StatusPanel
          icon={<LinkOffIcon />}
          title={problem === 'link_not_found' ? linkWords.unknownTitle : bookingWords.goneTitle}
        >
          <p>{problem === 'link_not_found' ? linkWords.unknownText : bookingWords.goneText}</p>
        </StatusPanel>
      ) : booking && ((state === 'held' && !hasWaited) || isFirstEnd) ? (
        <StatusPanel icon={<ClockIcon />} title={bookingWords.checkingTitle}>
          <p role="status">{bookingWords.checkingText}</p>
          <SkeletonBlock label="" bars={FACTS_SKELETON} />
        </StatusPanel>
      ) : booking ? (
        <BookingView
          // A new state is a new page: its title takes the focus and is read out.
          key={state}
          booking={booking}
          timeZone={timeZone}
          takesFocus
          bookingPath={keptBookingPath()}
          countdown={
            booking.holdExpiresAt ? (
              <HoldCountdown deadline={booking.holdExpiresAt} clockAheadMs={clockAheadMs} onEnded={refetch} />
            ) : null
          }
        />
      ) : error ? (
        <ProblemPanel
          error={error}
          retryLabel={pageWords.tryAgain}
          requestLabel={pageWords.requestId}
          retrying={isFetching}
          onRetry={refetch}
        />
      ) : (
        <SkeletonBlock label={bookingWords.loading} isPage bars={PAGE_SKELETON} />
      )}
    </PageFrame>
  )
}

function useHasWaited(patienceMs: number): boolean {
  const [hasWaited, setHasWaited] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setHasWaited(true), patienceMs)
    return () => clearTimeout(timer)
  }, [patienceMs])
  return hasWaited
}

/** Whether an ending is as the first answer told it. Looks again soon; the next answer is the second. */
function useIsFirst(hasEnded: boolean, answer: unknown, lookAgain: () => void, lookAgainMs: number): boolean {
  const [first, setFirst] = useState<unknown>(null)
  if (hasEnded && first === null) setFirst(answer)
  useEffect(() => {
    if (!hasEnded) return
    const timer = setTimeout(lookAgain, lookAgainMs)
    return () => clearTimeout(timer)
  }, [hasEnded, lookAgain, lookAgainMs])
  return hasEnded && (first === null || first === answer)
}

const FACTS_SKELETON = [{ width: '80%' }, { width: '60%' }, { width: '70%' }]
const PAGE_SKELETON = [{ width: '48px', height: 48 }, { width: '60%', height: 30 }, { width: '90%' }, { width: '80%' }]
