import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { Columns } from '../../components/columns.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { TextSkeleton } from '../../components/skeletons.tsx'
import { useNow } from '../../components/use-now.ts'
import { Blackouts } from '../../features/availability/components/blackouts.tsx'
import { WeekGrid } from '../../features/availability/components/week-grid.tsx'
import { WeeklyHours } from '../../features/availability/components/weekly-hours.tsx'
import { blackoutsQuery, rulesQuery } from '../../features/availability/queries.ts'
import { mondayOf } from '../../features/availability/week.ts'
import { bookingListQuery } from '../../features/bookings/queries.ts'
import { dateKey, zoneName } from '../../lib/dates.ts'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'

/** When customers can book: the week as a picture, and the same as lists to change. */
export default function Schedule() {
  const { org, me } = useOrganization()
  const now = useNow(60_000)
  const rules = useQuery(rulesQuery())
  const blackouts = useQuery(blackoutsQuery())
  const sessions = useInfiniteQuery(bookingListQuery(org, { view: 'upcoming', trainerId: me.id }))
  const today = dateKey(now, me.timeZone)
  const [monday, setMonday] = useState(() => mondayOf(today))
  const zone = zoneName(me.timeZone, now)
  const failed = rules.error ?? blackouts.error

  return (
    <Page
      title="My Schedule"
      beside={
        <span className="dim">
          Times in {zone} · <Link to={paths.settings(org)}>Change</Link>
        </span>
      }
    >
      {failed !== null && (
        <ProblemNotice
          error={failed}
          onRetry={() => {
            void rules.refetch()
            void blackouts.refetch()
          }}
        />
      )}
      {(rules.isPending || blackouts.isPending) && <TextSkeleton lines={8} label="Loading your schedule" />}
      {rules.data !== undefined && blackouts.data !== undefined && (
        <Columns
          main={
            <WeekGrid
              monday={monday}
              today={today}
              onMove={setMonday}
              rules={rules.data}
              blackouts={blackouts.data}
              sessions={(sessions.data?.pages.flatMap((page) => page.data) ?? []).map((booking) => ({
                id: booking.id,
                start: booking.start,
                end: booking.end,
                label: booking.customer.name,
              }))}
              timeZone={me.timeZone}
            />
          }
          aside={
            <>
              <WeeklyHours rules={rules.data} timeZoneLabel={zone} />
              <Blackouts
                blackouts={blackouts.data}
                timeZone={me.timeZone}
                timeZoneLabel={zone}
                today={today}
                bookingPath={paths.booking}
              />
            </>
          }
        />
      )}
    </Page>
  )
}
