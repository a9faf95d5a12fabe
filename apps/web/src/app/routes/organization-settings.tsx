import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { Page, Section } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { TextSkeleton } from '../../components/skeletons.tsx'
import { CancellationSettings, PaymentSettings } from '../../features/organization/components/payment-settings.tsx'
import { settingsQuery } from '../../features/organization/queries.ts'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'
import NotFound from './not-found.tsx'

/** How the organization takes payments and gives money back, for its admins. */
export default function OrganizationSettingsScreen() {
  const { org, isAdmin } = useOrganization()
  const settings = useQuery({ ...settingsQuery(org), enabled: isAdmin })
  if (!isAdmin) return <NotFound />
  return (
    <Page title="Organization">
      {settings.isError && <ProblemNotice error={settings.error} onRetry={() => void settings.refetch()} />}
      {settings.isPending && <TextSkeleton lines={8} label="Loading the settings" />}
      {settings.data !== undefined && (
        <>
          <Section
            id="payment"
            title="Payment"
            words={
              <>
                Where the money goes is set under <Link to={paths.integrations(org)}>Integrations</Link>.
              </>
            }
          >
            <PaymentSettings org={org} settings={settings.data} />
          </Section>
          <Section
            id="cancellation"
            title="Cancellation"
            words="Customers read these rules before they pay. What is booked keeps the rules it was booked under. When the organization cancels, everything goes back."
          >
            <CancellationSettings org={org} settings={settings.data} />
          </Section>
        </>
      )}
    </Page>
  )
}
