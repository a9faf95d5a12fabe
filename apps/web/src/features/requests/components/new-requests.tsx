import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { EmptyState } from '../../../components/empty-state.tsx'
import { Age } from '../../../components/moment.tsx'
import { MoreButton } from '../../../components/more-button.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Section } from '../../../components/page.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { ReferenceCode } from '../../../components/reference-code.tsx'
import { Cell, Row, RowGroup, RowTable } from '../../../components/row-table.tsx'
import { RowSkeletons } from '../../../components/skeletons.tsx'
import { ViewButton } from '../../../components/view-button.tsx'
import { useLiveEvents } from '../../live-updates/live-updates.tsx'
import { openSlotsQuery, requestListQuery, type TrainingRequest } from '../queries.ts'
import { RequestStatusBadge } from './request-status.tsx'

const COLUMNS = ['Customer', 'Session type', 'Skills', 'Received', 'Open times', 'Status', 'Actions']
/** As long as the row's way out takes. */
const LEAVING_MS = 160

/** Every unclaimed request that the person could claim. Whoever claims first wins, so a row that is gone leaves at once. */
export function NewRequests({
  org,
  timeZone,
  requestPath,
  schedulePath,
}: {
  org: string
  timeZone: string
  requestPath: (requestId: string) => string
  schedulePath: string
}) {
  const list = useInfiniteQuery(requestListQuery(org, { view: 'new' }))
  const say = useNote()
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set())
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set())
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>())
  // A list read again between the claim and its event has lost the row already; the person still saw it leave.
  const seen = useRef(new Map<string, string>())
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  useEffect(() => {
    for (const row of rows) seen.current.set(row.id, row.reference)
  })

  useLiveEvents((event) => {
    const { requestId } = event
    if (requestId === null) return
    if (event.type === 'request_added') {
      setGone((before) => new Set([...before].filter((id) => id !== requestId)))
      return
    }
    if (event.type !== 'request_removed') return
    const reference = seen.current.get(requestId)
    if (reference === undefined) return
    seen.current.delete(requestId)
    say(
      event.status === 'claimed'
        ? `${reference} was claimed by another trainer`
        : `${reference} is no longer available`,
    )
    setLeaving((before) => new Set(before).add(requestId))
    const timer = setTimeout(() => {
      timers.current.delete(timer)
      setGone((before) => new Set(before).add(requestId))
      setLeaving((before) => new Set([...before].filter((id) => id !== requestId)))
    }, LEAVING_MS)
    timers.current.add(timer)
  })

  useEffect(() => {
    const running = timers.current
    return () => {
      for (const timer of running) clearTimeout(timer)
    }
  }, [])

  const shown = rows.filter(({ id }) => !gone.has(id))
  return (
    <Section id="new-requests" title="New Requests">
      {list.isError && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <RowSkeletons rows={3} label="Loading new requests" />}
      {list.isSuccess && shown.length === 0 && (
        <EmptyState
          title="No new requests"
          action={
            <Button component={Link} to={schedulePath} variant="default" size="compact-md">
              Check your schedule
            </Button>
          }
        >
          A request that matches your skills appears here the moment it arrives. Meanwhile, see that your schedule has
          open times.
        </EmptyState>
      )}
      {shown.length > 0 && (
        <RowTable label="New Requests" columns={COLUMNS}>
          <RowGroup>
            {shown.map((row) => (
              <NewRequestRow
                key={row.id}
                org={org}
                trainingRequest={row}
                timeZone={timeZone}
                leaving={leaving.has(row.id)}
                path={requestPath(row.id)}
              />
            ))}
          </RowGroup>
        </RowTable>
      )}
      <MoreButton list={list} />
    </Section>
  )
}

function NewRequestRow({
  org,
  trainingRequest: row,
  timeZone,
  leaving,
  path,
}: {
  org: string
  trainingRequest: TrainingRequest
  timeZone: string
  leaving: boolean
  path: string
}) {
  const name = row.customer?.name ?? 'Name shown after the claim'
  return (
    <Row leaving={leaving}>
      <Cell kind="lead">
        <span>{name}</span>
        <ReferenceCode reference={row.reference} />
      </Cell>
      <Cell label="Session type">
        <span>{row.sessionType.name}</span>
        {row.priority === 'high' && <span className="dim small">High priority</span>}
      </Cell>
      <Cell label="Skills">
        <span>{row.requiredSkills.length === 0 ? 'Any' : row.requiredSkills.join(', ')}</span>
      </Cell>
      <Cell label="Received">
        <Age at={row.createdAt} timeZone={timeZone} />
      </Cell>
      <Cell label="Open times">
        {row.actions.claim.allowed ? <OpenTimes org={org} trainingRequest={row} /> : <span className="dim">–</span>}
      </Cell>
      <Cell label="Status">
        <RequestStatusBadge trainingRequest={row} />
      </Cell>
      <Cell kind="actions">
        <ViewButton to={path} label={`View ${row.reference}`} />
      </Cell>
    </Row>
  )
}

function OpenTimes({ org, trainingRequest }: { org: string; trainingRequest: TrainingRequest }) {
  const open = useQuery(openSlotsQuery(org, trainingRequest.sessionType.id, trainingRequest.id))
  if (open.data === undefined) return <span className="dim">–</span>
  return <span className="numbers">{open.data.count === 0 ? 'None' : open.data.count}</span>
}
