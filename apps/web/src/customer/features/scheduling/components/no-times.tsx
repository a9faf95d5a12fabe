import { type FormEvent, useState } from 'react'
import { Button } from '../../../../components/customer/button.tsx'
import { TextAreaField } from '../../../../components/customer/field.tsx'
import { Notice } from '../../../../components/customer/notice.tsx'
import { dateAndTime } from '../../../../lib/dates.ts'
import { problemText } from '../../../../lib/problem-text.ts'
import { useRequestTimes } from '../mutations.ts'
import type { Scheduling, Slots } from '../scheduling.ts'
import { schedulingWords } from '../words.ts'
import styles from './no-times.module.css'

type NoTimesProps = {
  schedulingToken: string
  scheduling: Scheduling
  code: NonNullable<Slots['notice']>['code']
  horizonEnd: string | null
  timeZone: string
  refreshing: boolean
  onRefresh: () => void
}

/** Why there is nothing to choose, honestly, and what the customer can do about it. */
export function NoTimes(props: NoTimesProps) {
  const { scheduling, code, refreshing, onRefresh } = props
  const firstName = scheduling.trainer.firstName
  const hasOtherLength = scheduling.durations.length > 1
  switch (code) {
    case 'no_open_slots':
      return <NoOpenTimes {...props} />
    case 'calendar_unreadable':
      return (
        <Notice
          tone="warning"
          title={schedulingWords.unreadableTitle(firstName)}
          actions={
            <Button variant="outline" onClick={onRefresh} busy={refreshing}>
              {schedulingWords.tryAgain}
            </Button>
          }
        >
          <p>{schedulingWords.unreadableText}</p>
        </Notice>
      )
    case 'payments_not_configured':
      return (
        <Notice tone="warning" title={schedulingWords.noPaymentsTitle(scheduling.organization.name)}>
          <p>{schedulingWords.noPaymentsText}</p>
        </Notice>
      )
    case 'no_price':
      return (
        <Notice tone="warning" title={schedulingWords.noPriceTitle}>
          <p>
            {schedulingWords.noPriceText} {hasOtherLength ? schedulingWords.noPriceOther : schedulingWords.noPriceOnly}
          </p>
        </Notice>
      )
  }
}

function NoOpenTimes({ schedulingToken, scheduling, horizonEnd, timeZone }: NoTimesProps) {
  const requestTimes = useRequestTimes(schedulingToken)
  const [message, setMessage] = useState('')
  const firstName = scheduling.trainer.firstName
  if (requestTimes.data) {
    return (
      <Notice tone="success" title={schedulingWords.askedTitle(firstName)} announce>
        <p>{schedulingWords.askedText}</p>
      </Notice>
    )
  }
  function ask(event: FormEvent): void {
    event.preventDefault()
    if (!requestTimes.isPending) requestTimes.mutate(message)
  }
  return (
    <Notice tone="warning" title={schedulingWords.emptyTitle(firstName)}>
      <p>
        {schedulingWords.emptyText(horizonEnd ? dateAndTime(horizonEnd, timeZone) : null)}
        {scheduling.durations.length > 1 ? ` ${schedulingWords.emptyOtherLength}` : ''}
      </p>
      <form className={styles.form} onSubmit={ask}>
        <TextAreaField
          id="wished-times"
          label={schedulingWords.wishedTimes}
          optionalLabel={schedulingWords.optional}
          rows={2}
          maxLength={1000}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        {requestTimes.error ? (
          <p className={styles.error} role="alert">
            {problemText(requestTimes.error).title}. {problemText(requestTimes.error).advice}
          </p>
        ) : null}
        <Button type="submit" busy={requestTimes.isPending}>
          {schedulingWords.askForTimes}
        </Button>
      </form>
    </Notice>
  )
}
