import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Fact, Facts } from '../../../components/facts.tsx'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useNow } from '../../../components/use-now.ts'
import { ZoneSelect } from '../../../components/zone-select.tsx'
import { bareTime, detectedTimeZone } from '../../../lib/dates.ts'
import { useUpdateMe } from '../mutations.ts'
import type { Me } from '../queries.ts'
import styles from './account-form.module.css'

/** The person's names and the zone that their schedule follows. */
export function ProfileSettings({ me }: { me: Me }) {
  const update = useUpdateMe()
  const say = useNote()
  const now = useNow(30_000)
  const [firstName, setFirstName] = useState(me.firstName)
  const [lastName, setLastName] = useState(me.lastName)
  const [timeZone, setTimeZone] = useState(me.timeZone)
  const here = detectedTimeZone()
  const isChanged = firstName !== me.firstName || lastName !== me.lastName || timeZone !== me.timeZone

  return (
    <form
      className={styles.settings}
      onSubmit={(event) => {
        event.preventDefault()
        update.mutate(
          { firstName: firstName.trim(), lastName: lastName.trim(), timeZone },
          { onSuccess: () => say('Profile saved.') },
        )
      }}
    >
      {update.error !== null && <ProblemNotice error={update.error} />}
      <div className={styles.pair}>
        <TextInput
          label="First name"
          autoComplete="given-name"
          required
          withAsterisk={false}
          maxLength={80}
          value={firstName}
          onChange={(event) => setFirstName(event.currentTarget.value)}
        />
        <TextInput
          label="Last name"
          autoComplete="family-name"
          required
          withAsterisk={false}
          maxLength={80}
          value={lastName}
          onChange={(event) => setLastName(event.currentTarget.value)}
        />
      </div>
      <Facts>
        <Fact name="Email">{me.email}</Fact>
      </Facts>
      <ZoneSelect
        label="Time zone"
        description={`It is ${bareTime(now, timeZone)} there now. Your schedule and every time you see follow it; sessions that are booked stay where they are.`}
        first={me.timeZone}
        value={timeZone}
        onChange={setTimeZone}
      />
      {here !== timeZone && (
        <div>
          <Button variant="default" size="compact-sm" className={styles.wraps ?? ''} onClick={() => setTimeZone(here)}>
            Use this browser’s zone, {here.replaceAll('_', ' ')}
          </Button>
        </div>
      )}
      <div className={styles.buttons}>
        <Button type="submit" loading={update.isPending} disabled={!isChanged}>
          Save profile
        </Button>
      </div>
    </form>
  )
}
