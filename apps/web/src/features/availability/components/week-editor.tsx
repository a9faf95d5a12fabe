import { Button } from '@mantine/core'
import { useState } from 'react'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { addDays, weekdayName, weekdayOf } from '../../../lib/dates.ts'
import { wallTimeOf } from '../../../lib/wall-clock.ts'
import type { SessionType } from '../../session-types/queries.ts'
import { useGiveDayItsHours, useMoveHours } from '../mutations.ts'
import type { AvailabilityRule, Blackout } from '../queries.ts'
import { type Edge, type GridSession, type Hours, isOvernight, mondayOf, steppedEdge } from '../week.ts'
import { daysWords, hoursWords } from '../words.ts'
import type { Choice } from './as-customer.tsx'
import { type MarkedHours, RuleDialog } from './rule-dialog.tsx'
import { OutsideHours } from './schedule-notices.tsx'
import type { BookingPath } from './session-links.tsx'
import type { TrainerOption } from './trainer-select.tsx'
import styles from './week-editor.module.css'
import { type WallMoment, WeekGrid } from './week-grid.tsx'
import { WhyNotOffered } from './why-not-offered.tsx'

const DAY = 1440

/** What was changed last on the week: the rule as it was, its hours now, and the day on which it was done. */
type Change = { before: AvailabilityRule; hours: Hours; dayOfWeek: number }

/** The week to change by hand, and what can be asked of it. */
export function WeekEditor({
  org,
  rules,
  blackouts,
  sessions,
  timeZone,
  timeZoneLabel,
  today,
  now,
  bookingPath,
  asking,
}: {
  org: string
  rules: readonly AvailabilityRule[]
  blackouts: readonly Blackout[]
  sessions: readonly GridSession[]
  timeZone: string
  timeZoneLabel: string
  today: string
  now: number
  bookingPath: BookingPath
  /** What customers would book, for whoever can be booked; null: nothing to ask about. */
  asking: {
    trainers: readonly TrainerOption[]
    sessionTypes: readonly SessionType[]
    choice: Choice
    onChoice: (choice: Choice) => void
  } | null
}) {
  const [monday, setMonday] = useState(() => mondayOf(today))
  const [asked, setAsked] = useState<WallMoment | null>(null)
  const [dialog, setDialog] = useState<{ rule: AvailabilityRule } | { marked: MarkedHours } | null>(null)
  const [change, setChange] = useState<Change | null>(null)
  const move = useMoveHours()
  const split = useGiveDayItsHours()

  function setHours(rule: AvailabilityRule, hours: Hours, edge: Edge, date: string) {
    const dayOfWeek = weekdayOf(edge === 'end' && isOvernight(rule) ? addDays(date, -1) : date)
    // Several steps in a row are one change to undo.
    const before = change?.before.id === rule.id && change.dayOfWeek === dayOfWeek ? change.before : rule
    split.reset()
    setChange({ before, hours, dayOfWeek })
    move.mutate({ rule, hours }, { onError: () => setChange(null) })
  }

  function open({ date, minute }: WallMoment) {
    const until = Math.min(DAY, minute + Math.max(60, asking?.choice.durationMinutes ?? 60))
    setDialog({
      marked: { daysOfWeek: [weekdayOf(date)], startTime: wallTimeOf(minute), endTime: wallTimeOf(until) },
    })
  }

  return (
    <>
      <div className={styles.editor}>
        <WeekGrid
          monday={monday}
          today={today}
          now={now}
          onMove={setMonday}
          rules={rules}
          blackouts={blackouts}
          sessions={sessions}
          timeZone={timeZone}
          asked={asked}
          onAsk={setAsked}
          onMark={(date, hours) => setDialog({ marked: { daysOfWeek: [weekdayOf(date)], ...hours } })}
          onEdge={(rule, edge, hours, date) => setHours(rule, hours, edge, date)}
        />
        <div role="status">
          {change !== null && (
            <div className={styles.changed}>
              <p>
                {daysWords(change.before.daysOfWeek)}: now {hoursWords(change.hours)}.
              </p>
              {change.before.daysOfWeek.length > 1 && (
                <Button
                  variant="default"
                  size="compact-sm"
                  loading={split.isPending}
                  onClick={() =>
                    split.mutate(
                      { rule: change.before, dayOfWeek: change.dayOfWeek, hours: change.hours },
                      { onSuccess: () => setChange(null) },
                    )
                  }
                >
                  Only on {weekdayName(change.dayOfWeek, 'long')}s
                </Button>
              )}
              <Button
                variant="default"
                size="compact-sm"
                onClick={() => {
                  const { before } = change
                  setChange(null)
                  move.mutate({ rule: before, hours: { startTime: before.startTime, endTime: before.endTime } })
                }}
              >
                Undo
              </Button>
              <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setChange(null)}>
                Done
              </Button>
            </div>
          )}
        </div>
        {/* Below the week, so that what a drag brings up does not push the week away from under the hand. */}
        <OutsideHours timeZone={timeZone} bookingPath={bookingPath} />
        {move.error !== null && <ProblemNotice error={move.error} onDismiss={move.reset} />}
        {split.error !== null && <ProblemNotice error={split.error} onDismiss={split.reset} />}
      </div>
      {asking !== null && (
        <WhyNotOffered
          org={org}
          {...asking}
          asked={asked}
          onAsk={(moment) => {
            setMonday(mondayOf(moment.date))
            setAsked({ ...moment })
          }}
          today={today}
          timeZone={timeZone}
          rules={rules}
          sessions={sessions}
          bookingPath={bookingPath}
          onStep={(rule, edge, steps, date) => setHours(rule, steppedEdge(rule, edge, steps), edge, date)}
          onChange={(rule) => setDialog({ rule })}
          onOpen={open}
        />
      )}
      {dialog !== null && (
        <RuleDialog
          rule={'rule' in dialog ? dialog.rule : null}
          marked={'marked' in dialog ? dialog.marked : undefined}
          timeZoneLabel={timeZoneLabel}
          onClose={() => setDialog(null)}
        />
      )}
    </>
  )
}
