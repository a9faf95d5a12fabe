import { PageFrame } from '../../components/customer/page-frame.tsx'
import { SkeletonBlock } from '../../components/customer/skeleton.tsx'
import { useDocumentTitle } from '../../components/customer/use-document-title.ts'
import { bookingState } from '../features/bookings/booking-state.ts'
import { linkProblem, organizationOf } from '../features/links/link-problem.ts'
import { SupportContact } from '../features/organizations/components/support-contact.tsx'
import { useBranding } from '../features/organizations/use-branding.ts'
import { pageWords } from '../features/pages/words.ts'
import { BookTime } from '../features/scheduling/components/book-time.tsx'
import {
  BookingView,
  DeadLink,
  ProblemPanel,
  useSeldomPartsSoon,
} from '../features/scheduling/components/on-demand.tsx'
import { customerTimeZone } from '../features/scheduling/customer-time-zone.ts'
import { schedulingBookingQuery, schedulingQuery } from '../features/scheduling/queries.ts'
import { schedulingWords } from '../features/scheduling/words.ts'
import { useResource } from '../use-resource.ts'
import styles from './booking-page.module.css'

type BookingPageProps = { schedulingToken: string; leaveTo?: (url: string) => void }

/** The page that a scheduling link opens: choose a time, or see what was booked, or what became of the link. */
export function BookingPage({ schedulingToken, leaveTo = (url) => location.assign(url) }: BookingPageProps) {
  const { data: scheduling, error, isFetching, refetch } = useResource(schedulingQuery(schedulingToken))
  useSeldomPartsSoon()
  const problem = linkProblem(error)
  const booked = useResource(problem === 'link_used' ? schedulingBookingQuery(schedulingToken) : null)
  const booking = problem === 'link_used' ? booked.data : problem ? undefined : scheduling?.booking
  const organization = (problem ? null : scheduling?.organization) ?? booking?.organization ?? organizationOf(error)
  useBranding(organization?.primaryColor)
  useDocumentTitle(
    organization ? schedulingWords.pageTitle(scheduling?.sessionType.name ?? '', organization.name) : undefined,
  )
  const isBooked = booking
    ? !['held', 'expired', 'failed', 'sent_back', 'canceled'].includes(bookingState(booking))
    : false
  const isPicking = scheduling !== undefined && problem === null && !isBooked

  return (
    <PageFrame
      width={isPicking || (!scheduling && !error) ? 'wide' : 'reading'}
      brand={organization}
      footer={organization ? <SupportContact organization={organization} /> : null}
    >
      {booking && (isBooked || problem === 'link_used') ? (
        <BookingView booking={booking} timeZone={customerTimeZone()} takesFocus={scheduling !== undefined} />
      ) : problem === 'link_used' && booked.isPending ? (
        <Waiting />
      ) : problem ? (
        <DeadLink schedulingToken={schedulingToken} problem={problem} organization={organization} />
      ) : scheduling ? (
        <BookTime schedulingToken={schedulingToken} scheduling={scheduling} leaveTo={leaveTo} />
      ) : error ? (
        <ProblemPanel
          error={error}
          retryLabel={pageWords.tryAgain}
          requestLabel={pageWords.requestId}
          retrying={isFetching}
          onRetry={() => refetch()}
        />
      ) : (
        <Waiting />
      )}
    </PageFrame>
  )
}

function Waiting() {
  return (
    <div className={styles.waiting}>
      <SkeletonBlock label={schedulingWords.loading} isPage bars={SUMMARY_SKELETON} />
      <SkeletonBlock label="" bars={PICKER_SKELETON} />
    </div>
  )
}

const SUMMARY_SKELETON = [{ width: '80%', height: 30 }, { width: '50%' }, { width: '60%' }]
const PICKER_SKELETON = [
  { width: '30%' },
  { height: 68 },
  { width: '50%' },
  { width: '20%' },
  { height: 44 },
  { height: 44 },
]
