import { Page } from '../../components/page.tsx'
import { UpcomingSessions } from '../../features/bookings/components/upcoming-sessions.tsx'
import { LiveMark } from '../../features/live-updates/live-mark.tsx'
import { MyRequests } from '../../features/requests/components/my-requests.tsx'
import { NewRequests } from '../../features/requests/components/new-requests.tsx'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'

/** The trainer's day: sessions, then what is in hand, then what can be claimed. */
export default function Dashboard() {
  const { org, me } = useOrganization()
  const bookingPath = (bookingId: string) => paths.booking(org, bookingId)
  const requestPath = (requestId: string) => paths.request(org, requestId)
  return (
    <Page title="Dashboard" beside={<LiveMark timeZone={me.timeZone} />}>
      <UpcomingSessions org={org} trainerId={me.id} timeZone={me.timeZone} bookingPath={bookingPath} />
      <MyRequests org={org} timeZone={me.timeZone} requestPath={requestPath} />
      <NewRequests org={org} timeZone={me.timeZone} requestPath={requestPath} schedulePath={paths.schedule(org)} />
    </Page>
  )
}
