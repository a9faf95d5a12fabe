import { Button, Checkbox, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/InlineInput.css'
import { useState } from 'react'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { type DayMark, MonthCalendar } from '../../../components/month-calendar.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Section } from '../../../components/page.tsx'
import { Notice, ProblemNotice } from '../../../components/problem-notice.tsx'
import { dateKey, epochMillis } from '../../../lib/dates.ts'
import { instantOf, minutesOf } from '../../../lib/wall-clock.ts'
import { useAddBlackout, useDeleteBlackout } from '../mutations.ts'
import type { Blackout } from '../queries.ts'
import type { GridSession } from '../week.ts'
import { blackoutWords } from '../words.ts'
import styles from './forms.module.css'
import { type BookingPath, SessionLinks, stayBooked } from './session-links.tsx'

type Days = { startDate: string; endDate: string }

/** Times off. Sessions that are already booked stay booked, and are named where they fall into one. */
export function Blackouts({
  blackouts,
  sessions,
  timeZone,
  timeZoneLabel,
  today,
  bookingPath,
}: {
  blackouts: readonly Blackout[]
  /** What is booked: marked on the calendar, and named before a time off is made over it. */
  sessions: readonly GridSession[]
  timeZone: string
  timeZoneLabel: string
  today: string
  bookingPath: BookingPath
}) {
  const [adding, setAdding] = useState<Days | null>(null)
  const [removing, setRemoving] = useState<Blackout | null>(null)
  const remove = useDeleteBlackout()
  const say = useNote()
  const add = (
    <Button variant="default" size="compact-md" onClick={() => setAdding({ startDate: today, endDate: today })}>
      Add a blackout
    </Button>
  )

  return (
    <Section id="blackouts" title="Blackouts" beside={blackouts.length === 0 ? undefined : add}>
      <MonthCalendar
        label="Blackouts"
        today={today}
        firstDate={today}
        markOf={(date) => markOf(date, blackouts, sessions, timeZone)}
        onPick={(startDate, endDate) => setAdding({ startDate, endDate })}
      />
      {blackouts.length === 0 ? (
        <EmptyState title="No time off ahead" action={add}>
          Holidays, appointments: within a blackout nobody can book you, whatever your weekly hours say.
        </EmptyState>
      ) : (
        <ul className={styles.list}>
          {blackouts.map((blackout) => (
            <li key={blackout.id} className={styles.item}>
              <div className={styles.words}>
                <p className={styles.lead}>{blackoutWords(blackout)}</p>
                {blackout.reason !== null && <p className="dim">{blackout.reason}</p>}
                {blackout.affectedBookings.length > 0 && (
                  <div className={styles.warning}>
                    <p>{stayBooked(blackout.affectedBookings.length)} in it:</p>
                    <SessionLinks bookings={blackout.affectedBookings} timeZone={timeZone} bookingPath={bookingPath} />
                  </div>
                )}
              </div>
              <div className={styles.buttons}>
                <Button
                  variant="subtle"
                  color="red"
                  size="compact-sm"
                  aria-label={`Remove the blackout ${blackoutWords(blackout)}`}
                  onClick={() => setRemoving(blackout)}
                >
                  Remove
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {adding !== null && (
        <BlackoutDialog
          days={adding}
          sessions={sessions}
          timeZone={timeZone}
          timeZoneLabel={timeZoneLabel}
          bookingPath={bookingPath}
          onClose={() => setAdding(null)}
        />
      )}
      {removing !== null && (
        <ConfirmDialog
          title="Remove this blackout?"
          words={`${blackoutWords(removing)}. Your weekly hours are open again in this time.`}
          confirmLabel="Remove blackout"
          keepLabel="Keep it"
          pending={remove.isPending}
          error={remove.error}
          onClose={() => setRemoving(null)}
          onConfirm={() =>
            remove.mutate(removing.id, {
              onSuccess: () => {
                say('Blackout removed.')
                setRemoving(null)
              },
            })
          }
        />
      )}
    </Section>
  )
}

/** What a day of the calendar shows: time off, whole or in part, and whether somebody has booked. */
function markOf(
  date: string,
  blackouts: readonly Blackout[],
  sessions: readonly GridSession[],
  timeZone: string,
): DayMark | null {
  const off = blackouts.filter(({ startDate, endDate }) => date >= startDate && date <= endDate)
  const booked = sessions.filter(({ start }) => dateKey(start, timeZone) === date).length
  if (off.length === 0 && booked === 0) return null
  const isWhole = off.some(
    ({ startDate, startTime, endDate, endTime }) =>
      (startTime === null || date > startDate) && (endTime === null || date < endDate),
  )
  const words = [
    ...(off.length === 0 ? [] : [isWhole ? 'blackout' : 'blackout for a part of the day']),
    ...(booked === 0 ? [] : [booked === 1 ? '1 session' : `${booked} sessions`]),
  ]
  return { fill: off.length === 0 ? null : isWhole ? 'whole' : 'part', dot: booked > 0, words: words.join(', ') }
}

function BlackoutDialog({
  days,
  sessions,
  timeZone,
  timeZoneLabel,
  bookingPath,
  onClose,
}: {
  days: Days
  sessions: readonly GridSession[]
  timeZone: string
  timeZoneLabel: string
  bookingPath: BookingPath
  onClose: () => void
}) {
  const save = useAddBlackout()
  const say = useNote()
  const [startDate, setStartDate] = useState(days.startDate)
  const [endDate, setEndDate] = useState(days.endDate)
  const [wholeDays, setWholeDays] = useState(true)
  const [startTime, setStartTime] = useState('09:00')
  const [endTime, setEndTime] = useState('12:00')
  const [reason, setReason] = useState('')
  const from = startDate === '' ? 0 : instantOf(startDate, wholeDays ? 0 : minutesOf(startTime), timeZone)
  const until = endDate === '' ? 0 : instantOf(endDate, wholeDays ? 1440 : minutesOf(endTime), timeZone)
  const within = sessions.filter(({ start, end }) => epochMillis(start) < until && epochMillis(end) > from)

  return (
    <Dialog title="Add a blackout" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(
            {
              startDate,
              endDate,
              ...(wholeDays ? {} : { startTime, endTime }),
              ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
            },
            {
              onSuccess: ({ affectedBookings }) => {
                const kept = affectedBookings.length
                say(kept === 0 ? 'Blackout added.' : `Blackout added. ${stayBooked(kept)} in it.`)
                onClose()
              },
            },
          )
        }}
      >
        <div className={styles.pair}>
          <TextInput
            type="date"
            label="First day"
            required
            withAsterisk={false}
            value={startDate}
            onChange={(event) => {
              const next = event.currentTarget.value
              setStartDate(next)
              if (endDate < next) setEndDate(next)
            }}
          />
          <TextInput
            type="date"
            label="Last day"
            required
            withAsterisk={false}
            min={startDate}
            value={endDate}
            onChange={(event) => setEndDate(event.currentTarget.value)}
          />
        </div>
        <Checkbox
          label="Whole days"
          checked={wholeDays}
          onChange={(event) => setWholeDays(event.currentTarget.checked)}
        />
        {!wholeDays && (
          <>
            <div className={styles.pair}>
              <TextInput
                type="time"
                label="From, on the first day"
                required
                withAsterisk={false}
                value={startTime}
                onChange={(event) => setStartTime(event.currentTarget.value)}
              />
              <TextInput
                type="time"
                label="To, on the last day"
                required
                withAsterisk={false}
                value={endTime}
                onChange={(event) => setEndTime(event.currentTarget.value)}
              />
            </div>
            <p className="dim small">Times in {timeZoneLabel}.</p>
          </>
        )}
        <TextInput
          label="Reason (optional)"
          description="Only you see it."
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {within.length > 0 && (
          <Notice tone="amber" title={`${stayBooked(within.length)} in this time`}>
            <p>A blackout cancels nothing. Move or cancel these yourself:</p>
            <SessionLinks bookings={within} timeZone={timeZone} bookingPath={bookingPath} />
          </Notice>
        )}
        {save.error !== null && <ProblemNotice error={save.error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Add blackout
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
