import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Notice, ProblemNotice } from '../../../components/problem-notice.tsx'
import { Segmented } from '../../../components/segmented.tsx'
import { useNow } from '../../../components/use-now.ts'
import { dateAndTimeRange, dateKey, epochMillis, minutesOfDay, zoneName } from '../../../lib/dates.ts'
import { instantOf, minutesOf, wallTimeOf } from '../../../lib/wall-clock.ts'
import { OpenTimes } from '../../availability/components/open-times.tsx'
import { type CustomerView, explanationQuery } from '../../availability/queries.ts'
import { useRescheduleBooking } from '../mutations.ts'
import type { Booking } from '../queries.ts'
import styles from './booking-dialogs.module.css'

const MINUTE = 60_000

const WAYS = [
  { value: 'open', label: 'Open times' },
  { value: 'any', label: 'Any time' },
] as const

/** Moves a session to another open time, or to any other once the person has read what speaks against it. */
export function RescheduleDialog({
  org,
  booking,
  isOwn,
  timeZone,
  onClose,
}: {
  org: string
  booking: Booking
  /** Whether the session is the person's own. */
  isOwn: boolean
  timeZone: string
  onClose: () => void
}) {
  const reschedule = useRescheduleBooking(org)
  const say = useNote()
  const now = useNow(60_000)
  const [way, setWay] = useState<(typeof WAYS)[number]['value']>('open')
  const [chosen, setChosen] = useState<string | null>(null)
  const [date, setDate] = useState(() => dateKey(booking.start, timeZone))
  const [time, setTime] = useState(() => wallTimeOf(minutesOfDay(booking.start, timeZone)))
  const view: CustomerView = {
    organization: org,
    sessionTypeId: booking.sessionType.id,
    durationMinutes: booking.durationMinutes,
    ...(isOwn ? {} : { trainerId: booking.trainer.id }),
  }
  const named = date === '' || time === '' ? null : new Date(instantOf(date, minutesOf(time), timeZone)).toISOString()
  const start = way === 'open' ? chosen : named
  const isElsewhere = start !== null && epochMillis(start) !== epochMillis(booking.start)
  const whose = isOwn ? 'your' : 'the trainer’s'

  return (
    <Dialog title="Move this session" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (start === null || !isElsewhere) return
          reschedule.mutate(
            { bookingId: booking.id, start, ...(way === 'any' ? { override: true } : {}) },
            {
              onSuccess: (moved) => {
                say(`Session moved to ${dateAndTimeRange(moved.start, moved.end, timeZone, now)}.`)
                onClose()
              },
            },
          )
        }}
      >
        <Segmented label="Where to" hideLabel options={WAYS} value={way} onChange={setWay} />
        {way === 'open' ? (
          <OpenTimes view={view} timeZone={timeZone} now={now} chosen={chosen} onChoose={setChosen} />
        ) : (
          <>
            <div className={styles.pair}>
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
            </div>
            <p className="dim small">Times in {zoneName(timeZone, now)}.</p>
            {named !== null && isElsewhere && <Against view={view} start={named} booking={booking} whose={whose} />}
          </>
        )}
        {start !== null && isElsewhere && (
          <dl className={styles.moves}>
            <dt>From</dt>
            <dd>{dateAndTimeRange(booking.start, booking.end, timeZone, now)}</dd>
            <dt>To</dt>
            <dd>
              <strong>
                {dateAndTimeRange(start, epochMillis(start) + booking.durationMinutes * MINUTE, timeZone, now)}
              </strong>
            </dd>
          </dl>
        )}
        <p className="dim">
          Length and price stay. {booking.customer.name} is told by email, and the calendar event moves along.
        </p>
        {reschedule.error !== null && <ProblemNotice error={reschedule.error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            Keep the time
          </Button>
          <Button type="submit" loading={reschedule.isPending} disabled={!isElsewhere}>
            Move Session
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}

/** What speaks against a time that was named by hand. */
function Against({
  view,
  start,
  booking,
  whose,
}: {
  view: CustomerView
  start: string
  booking: Booking
  whose: string
}) {
  const explanation = useQuery(explanationQuery({ ...view, start }))
  // The session itself does not stand in its own way.
  const obstacles = explanation.data?.obstacles.filter(({ id }) => id !== booking.id) ?? []
  return (
    <div aria-live="polite">
      {obstacles.length > 0 && (
        <Notice tone="amber" title={`Customers are not offered this time in ${whose} schedule`}>
          <ul className={styles.reasons}>
            {obstacles.map(({ kind, id, label }) => (
              <li key={`${kind} ${id ?? ''} ${label}`}>{label}</li>
            ))}
          </ul>
          <p>You can move the session there all the same, unless another session is in the way.</p>
        </Notice>
      )}
      {explanation.data !== undefined && obstacles.length === 0 && <p className="dim">This time is open.</p>}
    </div>
  )
}
