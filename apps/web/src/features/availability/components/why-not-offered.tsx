import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { Section } from '../../../components/page.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { TextSkeleton } from '../../../components/skeletons.tsx'
import { StatusBadge } from '../../../components/status-badge.tsx'
import { dateAndTimeRange, duration } from '../../../lib/dates.ts'
import { instantOf, minutesOf, wallTimeOf } from '../../../lib/wall-clock.ts'
import type { SessionType } from '../../session-types/queries.ts'
import { type AvailabilityRule, explanationQuery, type SlotExplanation } from '../queries.ts'
import { blocksOf, type Edge, type GridSession } from '../week.ts'
import { daysWords, hoursWords } from '../words.ts'
import type { Choice } from './as-customer.tsx'
import type { BookingPath } from './session-links.tsx'
import { type TrainerOption, TrainerSelect } from './trainer-select.tsx'
import type { WallMoment } from './week-grid.tsx'
import styles from './why-not-offered.module.css'

const MINUTE = 60_000

/** Asks about any time and says what keeps it from customers; the hours around it can be changed from here, step by step. */
export function WhyNotOffered({
  org,
  trainers,
  sessionTypes,
  choice,
  onChoice,
  asked,
  onAsk,
  today,
  timeZone,
  rules,
  sessions,
  bookingPath,
  onStep,
  onChange,
  onOpen,
}: {
  org: string
  /** About whom an admin may ask; empty for everybody else. */
  trainers: readonly TrainerOption[]
  sessionTypes: readonly SessionType[]
  choice: Choice
  onChoice: (choice: Choice) => void
  asked: WallMoment | null
  onAsk: (moment: WallMoment) => void
  today: string
  timeZone: string
  rules: readonly AvailabilityRule[]
  sessions: readonly GridSession[]
  bookingPath: BookingPath
  /** An edge of a rule is to move by so many steps. */
  onStep: (rule: AvailabilityRule, edge: Edge, steps: number, date: string) => void
  onChange: (rule: AvailabilityRule) => void
  /** Hours are to be opened from the asked time on. */
  onOpen: (moment: WallMoment) => void
}) {
  const [date, setDate] = useState(asked?.date ?? today)
  const [time, setTime] = useState(asked === null ? '09:00' : wallTimeOf(asked.minute))
  const result = useRef<HTMLDivElement>(null)
  const lengths = sessionTypes.find(({ id }) => id === choice.sessionTypeId)?.durationsMinutes ?? []

  useEffect(() => {
    if (asked === null) return
    setDate(asked.date)
    setTime(wallTimeOf(asked.minute))
    result.current?.scrollIntoView({ block: 'nearest' })
  }, [asked])

  return (
    <Section id="why" title="Why is this time not offered?">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (date !== '' && time !== '') onAsk({ date, minute: minutesOf(time) })
        }}
      >
        {trainers.length > 0 && <TrainerSelect trainers={trainers} choice={choice} onChoice={onChoice} />}
        <TextInput
          type="date"
          label="Day"
          required
          withAsterisk={false}
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
        />
        <TextInput
          type="time"
          label="Start"
          required
          withAsterisk={false}
          value={time}
          onChange={(event) => setTime(event.currentTarget.value)}
        />
        <NativeSelect
          label="Length"
          value={String(choice.durationMinutes)}
          onChange={(event) => onChoice({ ...choice, durationMinutes: Number(event.currentTarget.value) })}
          data={lengths.map((minutes) => ({ value: String(minutes), label: duration(minutes) }))}
        />
        <Button type="submit" variant="default">
          Ask
        </Button>
      </form>
      <div ref={result} aria-live="polite">
        {asked === null ? (
          <p className="dim">Click a time in your week, or name one here: you see every reason that keeps it back.</p>
        ) : (
          <Answer
            org={org}
            choice={choice}
            asked={asked}
            timeZone={timeZone}
            rules={rules}
            sessions={sessions}
            bookingPath={bookingPath}
            onStep={onStep}
            onChange={onChange}
            onOpen={onOpen}
          />
        )}
      </div>
    </Section>
  )
}

function Answer({
  org,
  choice,
  asked,
  timeZone,
  rules,
  sessions,
  bookingPath,
  onStep,
  onChange,
  onOpen,
}: Pick<
  Parameters<typeof WhyNotOffered>[0],
  'org' | 'choice' | 'timeZone' | 'rules' | 'sessions' | 'bookingPath' | 'onStep' | 'onChange' | 'onOpen'
> & { asked: WallMoment }) {
  const startAt = instantOf(asked.date, asked.minute, timeZone)
  const start = new Date(startAt).toISOString()
  const explanation = useQuery(explanationQuery({ organization: org, ...choice, start }))
  // What can be changed here is the person's own; another's schedule is theirs.
  const isOwn = choice.trainerId === undefined
  const blocks = blocksOf(asked.date, isOwn ? rules : [], [], [], timeZone)
  const around = blocks.flatMap((block) =>
    block.kind === 'open' && asked.minute >= block.start && asked.minute < block.end ? [block] : [],
  )

  return (
    <div className={styles.answer}>
      <div className={styles.head}>
        <p className={styles.when}>{dateAndTimeRange(startAt, startAt + choice.durationMinutes * MINUTE, timeZone)}</p>
        {explanation.data !== undefined && (
          <StatusBadge tone={explanation.data.offered ? 'green' : 'grey'}>
            {explanation.data.offered ? 'Offered' : 'Not offered'}
          </StatusBadge>
        )}
      </div>
      {explanation.isPending && <TextSkeleton lines={2} label="Looking into it" />}
      {explanation.isError && <ProblemNotice error={explanation.error} onRetry={() => void explanation.refetch()} />}
      {explanation.data?.offered === true && <p>Customers can choose this time now.</p>}
      {explanation.data !== undefined && explanation.data.obstacles.length > 0 && (
        <ul className={styles.obstacles}>
          {explanation.data.obstacles.map((obstacle) => (
            <li key={`${obstacle.kind} ${obstacle.id ?? ''} ${obstacle.label}`} className={styles.obstacle}>
              <p>{obstacle.label}</p>
              <Remedy
                obstacle={obstacle}
                org={org}
                isOwn={isOwn}
                rules={rules}
                sessions={sessions}
                bookingPath={bookingPath}
                onChange={onChange}
                onOpen={() => onOpen(asked)}
              />
            </li>
          ))}
        </ul>
      )}
      {around.map(({ rule, edges }) => (
        <div key={rule.id} className={styles.hours}>
          <p>
            {daysWords(rule.daysOfWeek)}, {hoursWords(rule)}
          </p>
          {edges.map((edge) => (
            <div key={edge} className={styles.edge}>
              <span>{edge === 'start' ? 'Start' : 'End'}</span>
              {[-1, 1].map((steps) => (
                <Button
                  key={steps}
                  variant="default"
                  size="compact-sm"
                  aria-label={`${edge === 'start' ? 'Start' : 'End'} 15 minutes ${steps < 0 ? 'earlier' : 'later'}`}
                  onClick={() => onStep(rule, edge, steps, asked.date)}
                >
                  {steps < 0 ? 'Earlier' : 'Later'}
                </Button>
              ))}
            </div>
          ))}
          <Button variant="default" size="compact-sm" onClick={() => onChange(rule)}>
            Change…
          </Button>
        </div>
      ))}
    </div>
  )
}

/** The way to what removes a time, where there is one. */
function Remedy({
  obstacle,
  org,
  isOwn,
  rules,
  sessions,
  bookingPath,
  onChange,
  onOpen,
}: {
  obstacle: SlotExplanation['obstacles'][number]
  org: string
  isOwn: boolean
  rules: readonly AvailabilityRule[]
  sessions: readonly GridSession[]
  bookingPath: BookingPath
  onChange: (rule: AvailabilityRule) => void
  onOpen: () => void
}) {
  const { kind, id } = obstacle
  if (kind === 'booking' && id !== undefined) {
    const organizationSlug = sessions.find((session) => session.id === id)?.organizationSlug ?? org
    return <Link to={bookingPath(organizationSlug, id)}>View the session</Link>
  }
  if (!isOwn) return null
  if (kind === 'blackout') return <a href="#blackouts">Blackouts</a>
  if (kind === 'outside_hours') {
    return (
      <Button variant="default" size="compact-sm" onClick={onOpen}>
        Open hours here…
      </Button>
    )
  }
  const rule = rules.find((one) => one.id === id)
  return rule === undefined ? null : (
    <Button variant="default" size="compact-sm" onClick={() => onChange(rule)}>
      Change these hours…
    </Button>
  )
}
