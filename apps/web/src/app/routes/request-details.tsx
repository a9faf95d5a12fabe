import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { BackLink } from '../../components/back-link.tsx'
import { Columns } from '../../components/columns.tsx'
import { Age } from '../../components/moment.tsx'
import { Page, Section } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { ReferenceCode } from '../../components/reference-code.tsx'
import { TextSkeleton } from '../../components/skeletons.tsx'
import { Stepper } from '../../components/stepper.tsx'
import { AlreadyClaimed } from '../../features/requests/components/already-claimed.tsx'
import { RequestHistory } from '../../features/requests/components/request-history.tsx'
import { RequestLetter } from '../../features/requests/components/request-letter.tsx'
import { RequestPanel } from '../../features/requests/components/request-panel.tsx'
import { requestQuery } from '../../features/requests/queries.ts'
import { stepsOf } from '../../features/requests/words.ts'
import { isProblem } from '../../lib/problem.ts'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'

/** One request: what the customer wrote, where it stands, the one next action, its history. */
export default function RequestDetails() {
  const { org, me, isAdmin } = useOrganization()
  const { requestId = '' } = useParams()
  const request = useQuery(requestQuery(org, requestId))
  const [isLost, setLost] = useState(false)
  const back = <BackLink to={paths.dashboard(org)}>Dashboard</BackLink>

  if (isLost || isProblem(request.error, 'request_already_claimed')) {
    return (
      <Page title="Request Details" above={back}>
        <AlreadyClaimed dashboardPath={paths.dashboard(org)} />
      </Page>
    )
  }
  if (request.data === undefined) {
    return (
      <Page title="Request Details" above={back}>
        {request.isError ? (
          <ProblemNotice error={request.error} onRetry={() => void request.refetch()} />
        ) : (
          <TextSkeleton lines={9} label="Loading the request" />
        )}
      </Page>
    )
  }
  const trainingRequest = request.data
  return (
    <Page
      title="Request Details"
      above={back}
      beside={
        <>
          <ReferenceCode reference={trainingRequest.reference} />
          <span className="dim">
            Received <Age at={trainingRequest.createdAt} timeZone={me.timeZone} />
          </span>
        </>
      }
    >
      <Stepper label="Progress" steps={stepsOf(trainingRequest)} />
      {request.isError && <ProblemNotice error={request.error} onRetry={() => void request.refetch()} />}
      <Columns
        main={<RequestLetter trainingRequest={trainingRequest} />}
        aside={
          <>
            <RequestPanel
              org={org}
              trainingRequest={trainingRequest}
              timeZone={me.timeZone}
              bookingPath={(bookingId) => paths.booking(org, bookingId)}
              schedulePath={paths.schedule(org)}
              isMine={trainingRequest.claimedBy?.id === me.id}
              canResolve={isAdmin}
              onLost={() => setLost(true)}
            />
            <Section id="history" title="History">
              <RequestHistory history={trainingRequest.history} timeZone={me.timeZone} />
            </Section>
          </>
        }
      />
    </Page>
  )
}
