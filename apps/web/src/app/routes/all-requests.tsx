import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { useSearchParams } from 'react-router'
import { Page } from '../../components/page.tsx'
import { settingsQuery } from '../../features/organization/queries.ts'
import { AllRequests, type ListChoice } from '../../features/requests/components/all-requests.tsx'
import type { RequestStatus } from '../../features/requests/queries.ts'
import { STATUS_LABELS } from '../../features/requests/words.ts'
import { zoneName } from '../../lib/dates.ts'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'
import NotFound from './not-found.tsx'

/** Every request of the organization, for its admins. What is chosen stands in the address, so it can be shared. */
export default function AllRequestsScreen() {
  const { org, me, isAdmin } = useOrganization()
  const settings = useQuery({ ...settingsQuery(org), enabled: isAdmin })
  const [parameters, setParameters] = useSearchParams()
  const status = parameters.get('status') ?? ''
  const wantsSearch = parameters.has('search')

  useEffect(() => {
    if (wantsSearch) document.querySelector<HTMLInputElement>('input[data-search]')?.focus()
  }, [wantsSearch])

  const onChoose = useCallback(
    ({ q, status: chosen, stuck }: ListChoice) => {
      setParameters(
        {
          ...(q === '' ? {} : { q }),
          ...(chosen === '' ? {} : { status: chosen }),
          ...(stuck ? { stuck: 'yes' } : {}),
        },
        { replace: true },
      )
    },
    [setParameters],
  )

  if (!isAdmin) return <NotFound />
  const timeZone = settings.data?.timeZone ?? me.timeZone
  return (
    <Page title="Requests" beside={<span className="dim small">Times in {zoneName(timeZone)}</span>}>
      <AllRequests
        org={org}
        timeZone={timeZone}
        requestPath={(requestId) => paths.request(org, requestId)}
        choice={{
          q: parameters.get('q') ?? '',
          status: Object.hasOwn(STATUS_LABELS, status) ? (status as RequestStatus) : '',
          stuck: parameters.get('stuck') === 'yes',
        }}
        onChoose={onChoose}
      />
    </Page>
  )
}
