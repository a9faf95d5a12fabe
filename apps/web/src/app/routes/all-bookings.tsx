import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { Page } from '../../components/page.tsx'
import { AllBookings } from '../../features/bookings/components/all-bookings.tsx'
import { settingsQuery } from '../../features/organization/queries.ts'
import { zoneName } from '../../lib/dates.ts'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'
import NotFound from './not-found.tsx'

/** Every booking of the organization, for its admins. */
export default function AllBookingsScreen() {
  const { org, me, isAdmin } = useOrganization()
  const settings = useQuery({ ...settingsQuery(org), enabled: isAdmin })
  const [parameters, setParameters] = useSearchParams()
  const wished = parameters.get('view')
  if (!isAdmin) return <NotFound />
  const timeZone = settings.data?.timeZone ?? me.timeZone
  return (
    <Page title="Bookings" beside={<span className="dim small">Times in {zoneName(timeZone)}</span>}>
      <AllBookings
        org={org}
        timeZone={timeZone}
        bookingPath={(bookingId) => paths.booking(org, bookingId)}
        view={wished === 'past' || wished === 'all' ? wished : 'upcoming'}
        onView={(view) => setParameters(view === 'upcoming' ? {} : { view }, { replace: true })}
      />
    </Page>
  )
}
