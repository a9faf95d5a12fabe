import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { Section } from '../../../components/page.tsx'
import { ZoneSelect } from '../../../components/zone-select.tsx'
import { duration } from '../../../lib/dates.ts'
import type { SessionType } from '../../session-types/queries.ts'
import styles from './as-customer.module.css'
import { OpenTimes } from './open-times.tsx'
import { type TrainerOption, TrainerSelect } from './trainer-select.tsx'

/** What a customer would book: which session type, how long, and with whom when it is not the person themself. */
export type Choice = { sessionTypeId: string; durationMinutes: number; trainerId?: string }

/** The days and times that a customer would find now, in any zone, for any length. */
export function AsCustomer({
  org,
  trainers,
  sessionTypes,
  choice,
  onChoice,
  trainerTimeZone,
  now,
}: {
  org: string
  /** Whose view an admin may take; empty for everybody else. */
  trainers: readonly TrainerOption[]
  sessionTypes: readonly SessionType[]
  choice: Choice
  onChoice: (choice: Choice) => void
  trainerTimeZone: string
  now: number
}) {
  const [timeZone, setTimeZone] = useState(trainerTimeZone)
  const sessionType = sessionTypes.find(({ id }) => id === choice.sessionTypeId)

  return (
    <Section
      id="as-customer"
      title="As your customer sees it"
      words="The times that somebody with a scheduling link would find at this moment."
    >
      <div className={styles.fields}>
        {trainers.length > 0 && (
          <div className={styles.whole}>
            <TrainerSelect trainers={trainers} choice={choice} onChoice={onChoice} />
          </div>
        )}
        <NativeSelect
          label="Session type"
          value={choice.sessionTypeId}
          onChange={(event) => {
            const chosen = sessionTypes.find(({ id }) => id === event.currentTarget.value)
            if (chosen === undefined) return
            const [shortest = choice.durationMinutes] = chosen.durationsMinutes
            const keeps = chosen.durationsMinutes.includes(choice.durationMinutes)
            onChoice({
              ...choice,
              sessionTypeId: chosen.id,
              durationMinutes: keeps ? choice.durationMinutes : shortest,
            })
          }}
          data={sessionTypes.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <NativeSelect
          label="Length"
          value={String(choice.durationMinutes)}
          onChange={(event) => onChoice({ ...choice, durationMinutes: Number(event.currentTarget.value) })}
          data={(sessionType?.durationsMinutes ?? [choice.durationMinutes]).map((minutes) => ({
            value: String(minutes),
            label: duration(minutes),
          }))}
        />
        <div>
          <ZoneSelect label="Customer’s time zone" first={timeZone} value={timeZone} onChange={setTimeZone} />
        </div>
      </div>
      <OpenTimes
        key={`${timeZone} ${choice.trainerId ?? ''}`}
        view={{ organization: org, ...choice }}
        timeZone={timeZone}
        now={now}
      />
    </Section>
  )
}
