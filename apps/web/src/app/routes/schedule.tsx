import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { Columns } from '../../components/columns.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { TextSkeleton } from '../../components/skeletons.tsx'
import { useNow } from '../../components/use-now.ts'
import { AsCustomer, type Choice } from '../../features/availability/components/as-customer.tsx'
import { Blackouts } from '../../features/availability/components/blackouts.tsx'
import { NothingOpen } from '../../features/availability/components/schedule-notices.tsx'
import { WeekEditor } from '../../features/availability/components/week-editor.tsx'
import { WeeklyHours } from '../../features/availability/components/weekly-hours.tsx'
import { blackoutsQuery, rulesQuery } from '../../features/availability/queries.ts'
import { sessionsAheadQuery } from '../../features/bookings/queries.ts'
import { sessionTypesQuery } from '../../features/session-types/queries.ts'
import { trainersQuery } from '../../features/team/queries.ts'
import { dateKey, zoneName } from '../../lib/dates.ts'
import { useOrganization } from '../organization-context.ts'
import { paths } from '../paths.ts'

/** When customers can book: the week to change by hand, the same as lists, and what comes of it for a customer. */
export default function Schedule() {
  const { org, me, membership, isAdmin } = useOrganization()
  const now = useNow(60_000)
  const rules = useQuery(rulesQuery())
  const blackouts = useQuery(blackoutsQuery())
  const isTrainer = membership.role === 'trainer' || membership.canTrain
  const sessionTypes = useQuery({ ...sessionTypesQuery(org), enabled: isTrainer || isAdmin })
  const team = useQuery({ ...trainersQuery(org), enabled: isAdmin })
  const bookings = useQueries({
    queries: me.memberships.map(({ organization }) => sessionsAheadQuery(organization.slug, me.id)),
  })
  const [chosen, setChosen] = useState<Choice | null>(null)
  const today = dateKey(now, me.timeZone)
  const zone = zoneName(me.timeZone, now)
  const failed = rules.error ?? blackouts.error ?? sessionTypes.error
  const sessions = bookings.flatMap((list, index) =>
    (list.data ?? []).map(({ id, start, end, customer }) => ({
      id,
      organizationSlug: me.memberships[index]?.organization.slug ?? org,
      start,
      end,
      label: customer.name,
    })),
  )
  const others = (team.data ?? []).filter(({ userId }) => userId !== me.id)
  const trainers = [
    ...(isTrainer && others.length > 0 ? [{ id: '', name: `${me.name} (you)` }] : []),
    ...others.map(({ userId, name }) => ({ id: userId, name })),
  ]
  const firstType = sessionTypes.data?.[0]
  const firstLength = firstType?.durationsMinutes[0]
  const whom = isTrainer ? {} : trainers[0] === undefined ? null : { trainerId: trainers[0].id }
  const choice =
    chosen ??
    (firstType === undefined || firstLength === undefined || whom === null
      ? null
      : { sessionTypeId: firstType.id, durationMinutes: firstLength, ...whom })
  const asking =
    sessionTypes.data === undefined || choice === null
      ? null
      : { trainers, sessionTypes: sessionTypes.data, choice, onChoice: setChosen }

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
            void sessionTypes.refetch()
          }}
        />
      )}
      {(rules.isPending || blackouts.isPending) && <TextSkeleton lines={8} label="Loading your schedule" />}
      {rules.data !== undefined && blackouts.data !== undefined && (
        <>
          {choice !== null && isTrainer && choice.trainerId === undefined && (
            <NothingOpen org={org} choice={choice} timeZone={me.timeZone} now={now} />
          )}
          <Columns
            main={
              <>
                <WeekEditor
                  org={org}
                  rules={rules.data}
                  blackouts={blackouts.data}
                  sessions={sessions}
                  timeZone={me.timeZone}
                  timeZoneLabel={zone}
                  today={today}
                  now={now}
                  bookingPath={paths.booking}
                  asking={asking}
                />
                {asking !== null && <AsCustomer org={org} {...asking} trainerTimeZone={me.timeZone} now={now} />}
              </>
            }
            aside={
              <>
                <WeeklyHours
                  rules={rules.data}
                  timeZone={me.timeZone}
                  timeZoneLabel={zone}
                  bookingPath={paths.booking}
                />
                <Blackouts
                  blackouts={blackouts.data}
                  sessions={sessions}
                  timeZone={me.timeZone}
                  timeZoneLabel={zone}
                  today={today}
                  bookingPath={paths.booking}
                />
              </>
            }
          />
        </>
      )}
    </Page>
  )
}
