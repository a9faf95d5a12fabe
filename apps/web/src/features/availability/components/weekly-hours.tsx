import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Section } from '../../../components/page.tsx'
import { Notice } from '../../../components/problem-notice.tsx'
import { useDeleteRule } from '../mutations.ts'
import { type AvailabilityRule, affectedBookingsQuery } from '../queries.ts'
import { daysWords, hoursWords, lengthsWords, validityWords } from '../words.ts'
import styles from './forms.module.css'
import { RuleDialog } from './rule-dialog.tsx'
import { type BookingPath, SessionLinks, stayBooked } from './session-links.tsx'

/** The weekly hours as a list: what the grid shows, for reading aloud and for the keyboard. */
export function WeeklyHours({
  rules,
  timeZone,
  timeZoneLabel,
  bookingPath,
}: {
  rules: readonly AvailabilityRule[]
  timeZone: string
  timeZoneLabel: string
  bookingPath: BookingPath
}) {
  const [editing, setEditing] = useState<AvailabilityRule | 'new' | null>(null)
  const [removing, setRemoving] = useState<AvailabilityRule | null>(null)
  const remove = useDeleteRule()
  const say = useNote()
  const add = (
    <Button variant={rules.length === 0 ? 'filled' : 'default'} size="compact-md" onClick={() => setEditing('new')}>
      Add hours
    </Button>
  )

  return (
    <Section id="weekly-hours" title="Weekly hours" beside={rules.length === 0 ? undefined : add}>
      {rules.length === 0 ? (
        <EmptyState title="Customers cannot book you yet" action={add}>
          They choose from the hours that you open here, week by week.
        </EmptyState>
      ) : (
        <ul className={styles.list}>
          {rules.map((rule) => (
            <li key={rule.id} className={styles.item}>
              <div className={styles.words}>
                <p className={styles.lead}>{daysWords(rule.daysOfWeek)}</p>
                <p className="numbers">{hoursWords(rule)}</p>
                <p className="dim small">
                  {[rule.scheduleTypeLabel, lengthsWords(rule.durationsMinutes), validityWords(rule)]
                    .filter((words) => words !== '')
                    .join(' · ')}
                </p>
                {rule.warnings.map((warning) => (
                  <p key={warning.code} className={styles.warning}>
                    {warning.message}
                  </p>
                ))}
              </div>
              <div className={styles.buttons}>
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`Change ${daysWords(rule.daysOfWeek)}, ${hoursWords(rule)}`}
                  onClick={() => setEditing(rule)}
                >
                  Change
                </Button>
                <Button
                  variant="subtle"
                  color="red"
                  size="compact-sm"
                  aria-label={`Remove ${daysWords(rule.daysOfWeek)}, ${hoursWords(rule)}`}
                  onClick={() => setRemoving(rule)}
                >
                  Remove
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {editing !== null && (
        <RuleDialog
          rule={editing === 'new' ? null : editing}
          timeZoneLabel={timeZoneLabel}
          onClose={() => setEditing(null)}
        />
      )}
      {removing !== null && (
        <ConfirmDialog
          title="Remove these hours?"
          words={`${daysWords(removing.daysOfWeek)}, ${hoursWords(removing)}. Customers can no longer choose from them; sessions that are booked stay booked.`}
          confirmLabel="Remove hours"
          keepLabel="Keep them"
          pending={remove.isPending}
          error={remove.error}
          onClose={() => setRemoving(null)}
          onConfirm={() =>
            remove.mutate(removing.id, {
              onSuccess: () => {
                say('Hours removed.')
                setRemoving(null)
              },
            })
          }
        >
          <SessionsWithout ruleId={removing.id} timeZone={timeZone} bookingPath={bookingPath} />
        </ConfirmDialog>
      )}
    </Section>
  )
}

/** The booked sessions that would lie outside the hours if a rule went. */
function SessionsWithout({
  ruleId,
  timeZone,
  bookingPath,
}: {
  ruleId: string
  timeZone: string
  bookingPath: BookingPath
}) {
  const affected = useQuery(affectedBookingsQuery(ruleId))
  if (affected.data === undefined || affected.data.length === 0) return null
  return (
    <Notice tone="amber" title={`${stayBooked(affected.data.length)} in these hours`}>
      <SessionLinks bookings={affected.data} timeZone={timeZone} bookingPath={bookingPath} />
    </Notice>
  )
}
