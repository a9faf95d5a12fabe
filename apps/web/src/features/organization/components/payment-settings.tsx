import { Button, Switch, TextInput } from '@mantine/core'
import '@mantine/core/styles/InlineInput.css'
import '@mantine/core/styles/Switch.css'
import { useEffect, useRef, useState } from 'react'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Segmented } from '../../../components/segmented.tsx'
import { fieldRefusal } from '../../../lib/field-refusal.ts'
import { policyWords } from '../../bookings/words.ts'
import { useUpdateSettings } from '../mutations.ts'
import type { OrganizationSettings } from '../queries.ts'
import styles from './payment-settings.module.css'

type Bounds = { min: number; max: number }

const HOLD: Bounds = { min: 35, max: 1435 }
const REMINDER: Bounds = { min: 15, max: 1440 }
const PERCENT: Bounds = { min: 1, max: 99 }
const HOURS: Bounds = { min: 0, max: 720 }

/** What is wrong with what was typed as a whole number; undefined when nothing is. */
function faultOf(typed: string, { min, max }: Bounds): string | undefined {
  const value = Number(typed)
  const isGood = typed.trim() !== '' && Number.isInteger(value) && value >= min && value <= max
  return isGood ? undefined : `Enter a whole number from ${min} to ${max}.`
}

/** A whole number with its unit and its bounds. What is wrong with it stands at it, and it takes the focus then. */
function WholeNumber({
  label,
  description,
  min,
  max,
  value,
  error,
  onChange,
}: {
  label: string
  description: string
  min: number
  max: number
  value: string
  error: string | undefined
  onChange: (value: string) => void
}) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (error !== undefined) field.current?.focus()
  }, [error])
  return (
    <TextInput
      ref={field}
      type="number"
      inputMode="numeric"
      label={label}
      description={description}
      required
      withAsterisk={false}
      min={min}
      max={max}
      step={1}
      className={styles.number ?? ''}
      value={value}
      errorProps={{ role: 'alert' }}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** How a time is held and a payment confirmed. The switch saves itself. */
export function PaymentSettings({ org, settings }: { org: string; settings: OrganizationSettings }) {
  const update = useUpdateSettings(org)
  const confirmAutomatically = useUpdateSettings(org)
  const say = useNote()
  const [slotHoldMinutes, setSlotHold] = useState(String(settings.slotHoldMinutes))
  const [paidReminderMinutes, setReminder] = useState(String(settings.paidReminderMinutes))
  const isChanged =
    slotHoldMinutes !== String(settings.slotHoldMinutes) || paidReminderMinutes !== String(settings.paidReminderMinutes)
  const [isChecked, setChecked] = useState(false)
  const holdFault = faultOf(slotHoldMinutes, HOLD)
  const reminderFault = faultOf(paidReminderMinutes, REMINDER)
  const isAutomatic = confirmAutomatically.isPending
    ? confirmAutomatically.variables.confirmAutomaticallyWhenPaid === true
    : settings.confirmAutomaticallyWhenPaid

  return (
    <>
      {confirmAutomatically.error !== null && <ProblemNotice error={confirmAutomatically.error} />}
      <div className={styles.switches}>
        <Switch
          label="Confirm automatically when paid"
          description="A paid session is confirmed at once. Otherwise its trainer presses Confirm Payment; one hour before the start Ordinatus does it by itself."
          withThumbIndicator={false}
          checked={isAutomatic}
          onChange={(event) =>
            confirmAutomatically.mutate({ confirmAutomaticallyWhenPaid: event.currentTarget.checked })
          }
        />
      </div>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setChecked(true)
          if (holdFault !== undefined || reminderFault !== undefined) return
          update.mutate(
            { slotHoldMinutes: Number(slotHoldMinutes), paidReminderMinutes: Number(paidReminderMinutes) },
            { onSuccess: () => say('Payment settings saved.') },
          )
        }}
      >
        {update.error !== null && <ProblemNotice error={update.error} />}
        <WholeNumber
          label="Slot Hold Duration, in minutes"
          description={`So long a chosen time is kept while its customer pays: ${HOLD.min} to ${HOLD.max}. Times that start sooner are held until they start.`}
          {...HOLD}
          value={slotHoldMinutes}
          error={(isChecked ? holdFault : undefined) ?? fieldRefusal(update.error, 'slotHoldMinutes')}
          onChange={setSlotHold}
        />
        <WholeNumber
          label="Remind the trainer to confirm, after minutes"
          description={`A paid session that nobody has confirmed is brought up again by email: ${REMINDER.min} to ${REMINDER.max}.`}
          {...REMINDER}
          value={paidReminderMinutes}
          error={(isChecked ? reminderFault : undefined) ?? fieldRefusal(update.error, 'paidReminderMinutes')}
          onChange={setReminder}
        />
        <div>
          <Button type="submit" loading={update.isPending} disabled={!isChanged}>
            Save payment settings
          </Button>
        </div>
      </form>
    </>
  )
}

const KINDS = [
  { value: 'full', label: 'Full refund' },
  { value: 'partial', label: 'Partial refund' },
  { value: 'none', label: 'No refund' },
] as const

/** What a customer who cancels gets back; shown to them before they pay and fixed on each booking. */
export function CancellationSettings({ org, settings }: { org: string; settings: OrganizationSettings }) {
  const update = useUpdateSettings(org)
  const say = useNote()
  const [kind, setKind] = useState(settings.cancellationKind)
  const [hours, setHours] = useState(String(settings.cancellationWindowHours))
  const [percent, setPercent] = useState(String(settings.cancellationPartialPercent))
  const [isChecked, setChecked] = useState(false)
  const percentFault = kind === 'partial' ? faultOf(percent, PERCENT) : undefined
  const hoursFault = kind === 'none' ? undefined : faultOf(hours, HOURS)
  const isChanged =
    kind !== settings.cancellationKind ||
    hours !== String(settings.cancellationWindowHours) ||
    percent !== String(settings.cancellationPartialPercent)

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setChecked(true)
        if (percentFault !== undefined || hoursFault !== undefined) return
        update.mutate(
          {
            cancellationKind: kind,
            // What is not shown keeps its value.
            ...(kind === 'none' ? {} : { cancellationWindowHours: Number(hours) }),
            ...(kind === 'partial' ? { cancellationPartialPercent: Number(percent) } : {}),
          },
          { onSuccess: () => say('Cancellation rules saved.') },
        )
      }}
    >
      {update.error !== null && <ProblemNotice error={update.error} />}
      <Segmented label="A customer who cancels in time gets" options={KINDS} value={kind} onChange={setKind} />
      {kind === 'partial' && (
        <WholeNumber
          label="Part that goes back, in percent"
          description={`${PERCENT.min} to ${PERCENT.max}.`}
          {...PERCENT}
          value={percent}
          error={(isChecked ? percentFault : undefined) ?? fieldRefusal(update.error, 'cancellationPartialPercent')}
          onChange={setPercent}
        />
      )}
      {kind !== 'none' && (
        <WholeNumber
          label="In time means, hours before the start"
          description={`${HOURS.min} to ${HOURS.max}. Later than this nothing goes back.`}
          {...HOURS}
          value={hours}
          error={(isChecked ? hoursFault : undefined) ?? fieldRefusal(update.error, 'cancellationWindowHours')}
          onChange={setHours}
        />
      )}
      <p className="dim" aria-live="polite">
        {policyWords({
          kind,
          windowHours: Number(hours),
          partialPercent: Number(percent),
          rescheduleWindowHours: settings.rescheduleWindowHours,
        })}
      </p>
      <div>
        <Button type="submit" loading={update.isPending} disabled={!isChanged}>
          Save cancellation rules
        </Button>
      </div>
    </form>
  )
}
