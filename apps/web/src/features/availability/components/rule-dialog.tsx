import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/InlineInput.css'
import { useState } from 'react'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { ToggleChips } from '../../../components/toggle-chips.tsx'
import { duration, weekdayName } from '../../../lib/dates.ts'
import { useSaveRule } from '../mutations.ts'
import type { AvailabilityRule, ScheduleType } from '../queries.ts'
import { endsNextDay, SCHEDULE_TYPES } from '../words.ts'
import styles from './forms.module.css'

/** The lengths that an organization sells unless it says otherwise. */
const COMMON_LENGTHS = [15, 30, 45, 60, 90, 120]
const WEEK = [1, 2, 3, 4, 5, 6, 7]

/** Hours as they were marked on the week. */
export type MarkedHours = { daysOfWeek: number[]; startTime: string; endTime: string }

/** Adds weekly hours or changes them. A schedule type fills the rest in; all of it can be changed. */
export function RuleDialog({
  rule,
  marked,
  timeZoneLabel,
  onClose,
}: {
  rule: AvailabilityRule | null
  /** What was marked on the week to begin with, for new hours. */
  marked?: MarkedHours | undefined
  timeZoneLabel: string
  onClose: () => void
}) {
  const save = useSaveRule()
  const say = useNote()
  const [scheduleType, setScheduleType] = useState<ScheduleType>(
    rule?.scheduleType ?? (marked === undefined ? 'weekday_daytime' : 'custom'),
  )
  const prefill = marked ?? SCHEDULE_TYPES[scheduleType]
  const [days, setDays] = useState<number[]>(rule?.daysOfWeek ?? prefill.daysOfWeek)
  const [startTime, setStartTime] = useState(rule?.startTime ?? prefill.startTime)
  // A time input knows no 24:00; 00:00 as an end is the same midnight.
  const [endTime, setEndTime] = useState((rule ?? prefill).endTime.replace('24:00', '00:00'))
  const [allLengths, setAllLengths] = useState(rule === null || rule.durationsMinutes.length === 0)
  const [lengths, setLengths] = useState<number[]>(rule?.durationsMinutes ?? [])
  const [firstDate, setFirstDate] = useState(rule?.firstDate ?? '')
  const [lastDate, setLastDate] = useState(rule?.lastDate ?? '')
  const [missing, setMissing] = useState<string | null>(null)
  const offered = [...new Set([...COMMON_LENGTHS, ...lengths])].sort((a, b) => a - b)

  return (
    <Dialog title={rule === null ? 'Add weekly hours' : 'Change weekly hours'} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (days.length === 0) return setMissing('Choose at least one day.')
          if (!allLengths && lengths.length === 0) return setMissing('Choose at least one length, or all of them.')
          setMissing(null)
          save.mutate(
            {
              ruleId: rule?.id ?? null,
              body: {
                scheduleType,
                daysOfWeek: days,
                startTime,
                endTime: endTime === '00:00' ? '24:00' : endTime,
                durationsMinutes: allLengths ? [] : lengths,
                firstDate: firstDate === '' ? null : firstDate,
                lastDate: lastDate === '' ? null : lastDate,
              },
            },
            {
              onSuccess: () => {
                say(rule === null ? 'Hours added.' : 'Hours changed.')
                onClose()
              },
            },
          )
        }}
      >
        <NativeSelect
          label="Schedule type"
          value={scheduleType}
          onChange={(event) => {
            const next = event.currentTarget.value as ScheduleType
            setScheduleType(next)
            if (next === 'custom') return
            setDays(SCHEDULE_TYPES[next].daysOfWeek)
            setStartTime(SCHEDULE_TYPES[next].startTime)
            setEndTime(SCHEDULE_TYPES[next].endTime)
          }}
          data={Object.entries(SCHEDULE_TYPES).map(([value, { label }]) => ({ value, label }))}
        />
        <ToggleChips
          label="Days"
          options={WEEK.map((value) => ({
            value,
            label: weekdayName(value, 'short'),
            fullLabel: weekdayName(value, 'long'),
          }))}
          chosen={days}
          onChange={setDays}
        />
        <div className={styles.pair}>
          <TextInput
            type="time"
            label="From"
            required
            withAsterisk={false}
            value={startTime}
            onChange={(event) => setStartTime(event.currentTarget.value)}
          />
          <TextInput
            type="time"
            label="To"
            required
            withAsterisk={false}
            value={endTime}
            onChange={(event) => setEndTime(event.currentTarget.value)}
          />
        </div>
        <p className="dim small">
          {endsNextDay({ startTime, endTime }) && endTime !== '00:00' ? 'Ends on the next day. ' : ''}
          Times in {timeZoneLabel}.
        </p>
        <Checkbox
          label="All session lengths"
          checked={allLengths}
          onChange={(event) => setAllLengths(event.currentTarget.checked)}
        />
        {!allLengths && (
          <ToggleChips
            label="Session lengths"
            options={offered.map((value) => ({ value, label: duration(value) }))}
            chosen={lengths}
            onChange={setLengths}
          />
        )}
        <div className={styles.pair}>
          <TextInput
            type="date"
            label="First date (optional)"
            value={firstDate}
            onChange={(event) => setFirstDate(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label="Last date (optional)"
            value={lastDate}
            min={firstDate}
            onChange={(event) => setLastDate(event.currentTarget.value)}
          />
        </div>
        {missing !== null && (
          <p role="alert" className={styles.missing}>
            {missing}
          </p>
        )}
        {save.error !== null && <ProblemNotice error={save.error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {rule === null ? 'Add hours' : 'Save hours'}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
