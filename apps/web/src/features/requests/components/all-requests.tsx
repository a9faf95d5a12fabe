import { Button, Checkbox, NativeSelect } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/InlineInput.css'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { EmptyState } from '../../../components/empty-state.tsx'
import { ListSearch, useTypedSearch } from '../../../components/list-search.tsx'
import { Moment } from '../../../components/moment.tsx'
import { MoreButton } from '../../../components/more-button.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { ReferenceCode } from '../../../components/reference-code.tsx'
import { Cell, Row, RowGroup, RowTable } from '../../../components/row-table.tsx'
import { RowSkeletons } from '../../../components/skeletons.tsx'
import { ViewButton } from '../../../components/view-button.tsx'
import { type RequestFilters, type RequestStatus, requestListQuery } from '../queries.ts'
import { ATTENTION_LABEL, ATTENTION_WORDS, STATUS_LABELS } from '../words.ts'
import styles from './all-requests.module.css'
import { RequestStatusBadge } from './request-status.tsx'

const COLUMNS = ['Customer', 'Session type', 'Trainer', 'Status', 'Received', 'Actions']

export type ListChoice = { q: string; status: RequestStatus | ''; stuck: boolean }

/** Every request of the organization, narrowed by words, status, or to what is stuck. */
export function AllRequests({
  org,
  timeZone,
  requestPath,
  choice,
  onChoose,
}: {
  org: string
  timeZone: string
  requestPath: (requestId: string) => string
  choice: ListChoice
  onChoose: (choice: ListChoice) => void
}) {
  const filters: RequestFilters = {
    view: 'all',
    ...(choice.status === '' ? {} : { status: [choice.status] }),
    ...(choice.stuck ? { attention: 'any' as const } : {}),
    ...(choice.q === '' ? {} : { q: choice.q }),
  }
  const list = useInfiniteQuery(requestListQuery(org, filters))
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  const onSearch = useCallback((words: string) => onChoose({ ...choice, q: words }), [choice, onChoose])
  const [typed, setTyped] = useTypedSearch(choice.q, onSearch)

  const isNarrowed = choice.q !== '' || choice.status !== '' || choice.stuck
  return (
    <>
      <ListSearch
        placeholder="Name, email or reference"
        typed={typed}
        onType={setTyped}
        className={styles.filters}
        fieldClassName={styles.search}
      >
        <NativeSelect
          label="Status"
          value={choice.status}
          onChange={(event) => onChoose({ ...choice, status: event.currentTarget.value as RequestStatus | '' })}
          data={[
            { value: '', label: 'Any status' },
            ...Object.entries(STATUS_LABELS).map(([value, label]) => ({ value, label })),
          ]}
        />
        <Checkbox
          className={styles.stuck}
          label={ATTENTION_LABEL}
          checked={choice.stuck}
          onChange={(event) => onChoose({ ...choice, stuck: event.currentTarget.checked })}
        />
      </ListSearch>
      {list.isError && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <RowSkeletons rows={6} label="Loading requests" />}
      {list.isSuccess && rows.length === 0 && isNarrowed && (
        <EmptyState
          title="Nothing matches"
          action={
            <Button
              variant="default"
              size="compact-md"
              onClick={() => {
                setTyped('')
                onChoose({ q: '', status: '', stuck: false })
              }}
            >
              Show all requests
            </Button>
          }
        >
          No request fits this search and these filters.
        </EmptyState>
      )}
      {list.isSuccess && rows.length === 0 && !isNarrowed && (
        <EmptyState title="No requests yet">Requests appear here as soon as customers send your form.</EmptyState>
      )}
      {rows.length > 0 && (
        <RowTable label="Requests" columns={COLUMNS}>
          <RowGroup>
            {rows.map((row) => (
              <Row key={row.id}>
                <Cell kind="lead">
                  <span>{row.customer?.name ?? 'Hidden'}</span>
                  <ReferenceCode reference={row.reference} />
                </Cell>
                <Cell label="Session type">
                  <span>{row.sessionType.name}</span>
                </Cell>
                <Cell label="Trainer">
                  <span>{row.claimedBy?.name ?? '–'}</span>
                </Cell>
                <Cell label="Status">
                  <RequestStatusBadge trainingRequest={row} />
                  {row.attention !== null && <span className="dim small">{ATTENTION_WORDS[row.attention.reason]}</span>}
                </Cell>
                <Cell label="Received">
                  <Moment at={row.createdAt} timeZone={timeZone} />
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
    </>
  )
}
