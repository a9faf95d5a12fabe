import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { EmptyState } from '../../../components/empty-state.tsx'
import { Moment } from '../../../components/moment.tsx'
import { MoreButton } from '../../../components/more-button.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { ReferenceCode } from '../../../components/reference-code.tsx'
import { Cell, Row, RowGroup, RowTable } from '../../../components/row-table.tsx'
import { Segmented } from '../../../components/segmented.tsx'
import { RowSkeletons } from '../../../components/skeletons.tsx'
import { ViewButton } from '../../../components/view-button.tsx'
import { formatMoney } from '../../../lib/money.ts'
import { type BookingView, bookingListQuery } from '../queries.ts'
import { BookingStatusBadge } from './booking-status.tsx'

const COLUMNS = ['When', 'Customer', 'Session', 'Trainer', 'Price', 'Status', 'Actions']

const VIEWS: readonly { value: BookingView; label: string }[] = [
  { value: 'upcoming', label: 'Upcoming' },
  { value: 'past', label: 'Past' },
  { value: 'all', label: 'All' },
]

/** Every booking of the organization. */
export function AllBookings({
  org,
  timeZone,
  bookingPath,
  view,
  onView,
}: {
  org: string
  timeZone: string
  bookingPath: (bookingId: string) => string
  view: BookingView
  onView: (view: BookingView) => void
}) {
  const list = useInfiniteQuery(bookingListQuery(org, { view }))
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <>
      <div>
        <Segmented label="Show" hideLabel options={VIEWS} value={view} onChange={onView} />
      </div>
      {list.isError && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <RowSkeletons rows={6} label="Loading bookings" />}
      {list.isSuccess && rows.length === 0 && (
        <EmptyState
          title={view === 'upcoming' ? 'No upcoming bookings' : 'No bookings here yet'}
          action={
            view === 'all' ? undefined : (
              <Button variant="default" size="compact-md" onClick={() => onView('all')}>
                Show all bookings
              </Button>
            )
          }
        >
          A booking appears as soon as a customer has chosen a time.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <RowTable label="Bookings" columns={COLUMNS}>
          <RowGroup>
            {rows.map((booking) => (
              <Row key={booking.id}>
                <Cell kind="lead">
                  <Moment at={booking.start} until={booking.end} timeZone={timeZone} />
                </Cell>
                <Cell label="Customer">
                  <span>{booking.customer.name}</span>
                  <ReferenceCode reference={booking.reference} />
                </Cell>
                <Cell label="Session">
                  <span>{booking.sessionType.name}</span>
                </Cell>
                <Cell label="Trainer">
                  <span>{booking.trainer.name}</span>
                </Cell>
                <Cell label="Price">
                  <span className="numbers">{formatMoney(booking.price)}</span>
                </Cell>
                <Cell label="Status">
                  <BookingStatusBadge booking={booking} />
                </Cell>
                <Cell kind="actions">
                  <ViewButton to={bookingPath(booking.id)} label={`View session ${booking.reference}`} />
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
