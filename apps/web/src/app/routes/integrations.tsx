import { useQuery } from '@tanstack/react-query'
import { Page, Section } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { TextSkeleton } from '../../components/skeletons.tsx'
import { StripeCard } from '../../features/integrations/components/stripe-card.tsx'
import { integrationsQuery } from '../../features/integrations/queries.ts'
import { useOrganization } from '../organization-context.ts'
import NotFound from './not-found.tsx'

/** The services that work for the organization, for its admins. */
export default function IntegrationsScreen() {
  const { org, me, isAdmin } = useOrganization()
  const integrations = useQuery({ ...integrationsQuery(org), enabled: isAdmin })
  if (!isAdmin) return <NotFound />
  return (
    <Page title="Integrations">
      {integrations.isError && <ProblemNotice error={integrations.error} onRetry={() => void integrations.refetch()} />}
      {integrations.isPending && <TextSkeleton lines={6} label="Loading the integrations" />}
      {integrations.data !== undefined && (
        <Section id="payments" title="Payments" words="Where your customers pay.">
          {integrations.data
            .filter(({ kind }) => kind === 'stripe')
            .map((stripe) => (
              <StripeCard key={stripe.kind} org={org} stripe={stripe} timeZone={me.timeZone} />
            ))}
        </Section>
      )}
    </Page>
  )
}
