import { Button, Checkbox, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/InlineInput.css'
import { useState } from 'react'
import { Link } from 'react-router'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Section } from '../../../components/page.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { dateAndTime } from '../../../lib/dates.ts'
import { useAddBlackout, useDeleteBlackout } from '../mutations.ts'
import type { Blackout } from '../queries.ts'
import { blackoutWords } from '../words.ts'
import styles from './forms.module.css'

/** Times off. Sessions that are already booked stay booked, and are named where they fall into one. */
export function Blackouts({
  blackouts,
  timeZone,
  timeZoneLabel,
  today,
  bookingPath,
}: {
  blackouts: readonly Blackout[]
  timeZone: string
  timeZoneLabel: string
  today: string
  bookingPath: (organizationSlug: string, bookingId: string) => string
}) {
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<Blackout | null>(null)
  const remove = useDeleteBlackout()
  const say = useNote()
  const add = (
    <Button variant="default" size="compact-md" onClick={() => setAdding(true)}>
      Add a blackout
    </Button>
  )

  return (
    <Section id="blackouts" title="Blackouts" beside={blackouts.length === 0 ? undefined : add}>
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
                {blackout.affectedBookings.map((booking) => (
                  <p key={booking.id} className={styles.warning}>
                    A session stays booked in it:{' '}
                    <Link to={bookingPath(booking.organizationSlug, booking.id)}>
                      {dateAndTime(booking.start, timeZone)}
                    </Link>
                  </p>
                ))}
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
      {adding && <BlackoutDialog today={today} timeZoneLabel={timeZoneLabel} onClose={() => setAdding(false)} />}
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

function BlackoutDialog({
  today,
  timeZoneLabel,
  onClose,
}: {
  today: string
  timeZoneLabel: string
  onClose: () => void
}) {
  const save = useAddBlackout()
  const say = useNote()
  const [startDate, setStartDate] = useState(today)
  const [endDate, setEndDate] = useState(today)
  const [wholeDays, setWholeDays] = useState(true)
  const [startTime, setStartTime] = useState('09:00')
  const [endTime, setEndTime] = useState('12:00')
  const [reason, setReason] = useState('')

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
              onSuccess: () => {
                say('Blackout added.')
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
