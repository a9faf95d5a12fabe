import { useInfiniteQuery } from '@tanstack/react-query'
import { EmptyState } from '../../../components/empty-state.tsx'
import { Age } from '../../../components/moment.tsx'
import { MoreButton } from '../../../components/more-button.tsx'
import { Section } from '../../../components/page.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { ReferenceCode } from '../../../components/reference-code.tsx'
import { Cell, Row, RowGroup, RowTable } from '../../../components/row-table.tsx'
import { RowSkeletons } from '../../../components/skeletons.tsx'
import { ViewButton } from '../../../components/view-button.tsx'
import { OPEN_STATUSES, requestListQuery } from '../queries.ts'
import { RequestProgress } from './request-progress.tsx'
import { RequestStatusBadge } from './request-status.tsx'

const COLUMNS = ['Customer', 'Session type', 'Status', 'Next', 'Claimed', 'Actions']

/** Everything the person has claimed and not yet closed. */
export function MyRequests({
  org,
  timeZone,
  requestPath,
}: {
  org: string
  timeZone: string
  requestPath: (requestId: string) => string
}) {
  const list = useInfiniteQuery(requestListQuery(org, { view: 'mine', status: OPEN_STATUSES }))
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <Section id="my-requests" title="My Requests">
      {list.isError && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <RowSkeletons rows={2} label="Loading your requests" />}
      {list.isSuccess && rows.length === 0 && (
        <EmptyState title="No requests in hand">
          A request that you claim under New Requests stands here until its session is complete.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <RowTable label="My Requests" columns={COLUMNS}>
          <RowGroup>
            {rows.map((row) => (
              <Row key={row.id}>
                <Cell kind="lead">
                  <span>{row.customer?.name}</span>
                  <ReferenceCode reference={row.reference} />
                </Cell>
                <Cell label="Session type">
                  <span>{row.sessionType.name}</span>
                </Cell>
                <Cell label="Status">
                  <RequestStatusBadge trainingRequest={row} />
                </Cell>
                <Cell label="Next">
                  <RequestProgress trainingRequest={row} timeZone={timeZone} />
                </Cell>
                <Cell label="Claimed" kind="detail">
                  {row.claimedAt !== null && <Age at={row.claimedAt} timeZone={timeZone} />}
                </Cell>
                <Cell kind="actions">
                  <ViewButton to={requestPath(row.id)} label={`View ${row.reference}`} />
                </Cell>
              </Row>
            ))}
          </RowGroup>
        </RowTable>
      )}
      <MoreButton list={list} />
    </Section>
  )
}
