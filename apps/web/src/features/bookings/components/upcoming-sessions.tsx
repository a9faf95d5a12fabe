import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { EmptyState } from '../../../components/empty-state.tsx'
import { MoreButton } from '../../../components/more-button.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Section } from '../../../components/page.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { ReferenceCode } from '../../../components/reference-code.tsx'
import { Cell, Row, RowGroup, RowTable } from '../../../components/row-table.tsx'
import { TimeRange } from '../../../components/session-time.tsx'
import { RowSkeletons } from '../../../components/skeletons.tsx'
import { useNow } from '../../../components/use-now.ts'
import { ViewButton } from '../../../components/view-button.tsx'
import { countdown, dateKey, dayHeading, duration, epochMillis, longDay, relativeTime } from '../../../lib/dates.ts'
import { useCompleteBooking, useConfirmPayment } from '../mutations.ts'
import { type Booking, bookingListQuery } from '../queries.ts'
import { useReadAgainAtEnds } from '../use-read-again-at-ends.ts'
import { BookingStatusBadge } from './booking-status.tsx'
import { SessionLink } from './session-link.tsx'

const COLUMNS = ['When', 'Customer', 'Session', 'Status', 'Session link', 'Actions']
const HOUR_MS = 3_600_000

/** The trainer's sessions by day, however long ago they ended, until each is marked complete. */
export function UpcomingSessions({
  org,
  trainerId,
  timeZone,
  bookingPath,
}: {
  org: string
  /** Whose sessions: an admin's own among the organization's. */
  trainerId: string
  timeZone: string
  bookingPath: (bookingId: string) => string
}) {
  const list = useInfiniteQuery(bookingListQuery(org, { view: 'upcoming', trainerId }))
  const now = useNow(15_000)
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  useReadAgainAtEnds(org, rows)

  const days = new Map<string, Booking[]>()
  for (const row of rows) {
    const key = dateKey(row.start, timeZone)
    days.set(key, [...(days.get(key) ?? []), row])
  }
  const next = rows.find(({ end, status }) => epochMillis(end) > now && status === 'confirmed')
  // One filled button on the page: the first thing that waits for this person.
  const first = rows.find(({ actions }) => actions.confirmPayment.allowed || actions.complete.allowed)

  return (
    <Section id="my-upcoming-sessions" title="My Upcoming Sessions">
      {list.isError && <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <RowSkeletons rows={3} label="Loading your sessions" />}
      {list.isSuccess && rows.length === 0 && (
        <EmptyState title="No sessions yet">
          Once a customer has chosen a time and paid, the session stands here with its payment, its link and its time.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <RowTable label="My Upcoming Sessions" columns={COLUMNS}>
          {[...days].map(([key, bookings]) => (
            <RowGroup key={key} heading={groupHeading(bookings[0]?.start ?? key, timeZone, now)} span={COLUMNS.length}>
              {bookings.map((booking) => (
                <SessionRow
                  key={booking.id}
                  org={org}
                  booking={booking}
                  timeZone={timeZone}
                  isNext={booking.id === next?.id}
                  isFirstToDo={booking.id === first?.id}
                  path={bookingPath(booking.id)}
                />
              ))}
            </RowGroup>
          ))}
        </RowTable>
      )}
      <MoreButton list={list} />
    </Section>
  )
}

/** "Today · Sunday, November 22"; other days go by their date alone. */
function groupHeading(start: string, timeZone: string, now: number): string {
  const heading = dayHeading(start, timeZone, now)
  const full = longDay(start, timeZone)
  return heading === 'Today' || heading === 'Tomorrow' || heading === 'Yesterday' ? `${heading} · ${full}` : full
}

function SessionRow({
  org,
  booking,
  timeZone,
  isNext,
  isFirstToDo,
  path,
}: {
  org: string
  booking: Booking
  timeZone: string
  isNext: boolean
  isFirstToDo: boolean
  path: string
}) {
  const say = useNote()
  const confirm = useConfirmPayment(org)
  const complete = useCompleteBooking(org)
  const [dismissed, setDismissed] = useState<unknown>(null)
  const error = confirm.error ?? complete.error
  const variant = isFirstToDo ? 'filled' : 'default'

  /** The row may leave the table before its own answer arrives; what was done is said all the same. */
  function tell(command: Promise<unknown>, words: string): void {
    command.then(
      () => say(words),
      // Shown below the row.
      () => undefined,
    )
  }

  return (
    <>
      <Row emphasis={isNext}>
        <Cell kind="lead">
          <time dateTime={booking.start} className="numbers">
            <TimeRange start={booking.start} end={booking.end} timeZone={timeZone} />
          </time>
          {isNext ? <NextCountdown start={booking.start} end={booking.end} /> : <Away start={booking.start} />}
        </Cell>
        <Cell label="Customer">
          <span>{booking.customer.name}</span>
          <ReferenceCode reference={booking.reference} />
        </Cell>
        <Cell label="Session">
          <span>{booking.sessionType.name}</span>
          <span className="dim small">{duration(booking.durationMinutes)}</span>
        </Cell>
        <Cell label="Status">
          <BookingStatusBadge booking={booking} />
        </Cell>
        <Cell label="Session link">
          <SessionLink delivery={booking.delivery} />
        </Cell>
        <Cell kind="actions">
          {booking.actions.confirmPayment.allowed && (
            <Button
              variant={variant}
              size="compact-md"
              loading={confirm.isPending}
              onClick={() => {
                setDismissed(null)
                tell(
                  confirm.mutateAsync(booking.id),
                  `Payment confirmed. ${booking.customer.name} gets a confirmation email.`,
                )
              }}
            >
              Confirm Payment
            </Button>
          )}
          {booking.actions.complete.allowed && (
            <Button
              variant={variant}
              size="compact-md"
              loading={complete.isPending}
              onClick={() => {
                setDismissed(null)
                tell(complete.mutateAsync(booking.id), `Session with ${booking.customer.name} marked complete.`)
              }}
            >
              Mark Complete
            </Button>
          )}
          <ViewButton to={path} label={`View session ${booking.reference}`} />
        </Cell>
      </Row>
      {error !== null && error !== dismissed && (
        <MessageRow>
          <ProblemNotice error={error} about={booking.customer.name} onDismiss={() => setDismissed(error)} />
        </MessageRow>
      )}
    </>
  )
}

/** A row that says what became of the one above it. */
function MessageRow({ children }: { children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see RowTable
    <tr role="row">
      {/* biome-ignore lint/a11y/noRedundantRoles: see RowTable */}
      <td role="cell" colSpan={COLUMNS.length}>
        {children}
      </td>
    </tr>
  )
}

function Away({ start }: { start: string }) {
  const now = useNow(30_000)
  return <span className="dim small">{relativeTime(start, now)}</span>
}

/** The way to the next session: minutes and seconds in its last hour, and that it is on while it is. */
function NextCountdown({ start, end }: { start: string; end: string }) {
  const now = useNow(1_000)
  const away = epochMillis(start) - now
  if (away <= 0) return <span className="small">On now, ends {relativeTime(end, now)}</span>
  return (
    <span className="small numbers">
      {away < HOUR_MS ? `Starts in ${countdown(start, now)}` : `Next, ${relativeTime(start, now)}`}
    </span>
  )
}
