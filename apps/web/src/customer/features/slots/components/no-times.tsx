import { type FormEvent, useState } from 'react'
import { Button } from '../../../../components/customer/button.tsx'
import { TextAreaField } from '../../../../components/customer/field.tsx'
import { Notice } from '../../../../components/customer/notice.tsx'
import { dateAndTime } from '../../../../lib/dates.ts'
import { problemText } from '../../../../lib/problem-text.ts'
import { pageWords } from '../../pages/words.ts'
import { useRequestTimes } from '../../scheduling/mutations.ts'
import type { Scheduling, Slots } from '../../scheduling/scheduling.ts'
import { slotWords } from '../words.ts'
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
          title={slotWords.unreadableTitle(firstName)}
          actions={
            <Button variant="outline" onClick={onRefresh} busy={refreshing}>
              {pageWords.tryAgain}
            </Button>
          }
        >
          <p>{slotWords.unreadableText}</p>
        </Notice>
      )
    case 'payments_not_configured':
      return (
        <Notice tone="warning" title={slotWords.noPaymentsTitle(scheduling.organization.name)}>
          <p>{slotWords.noPaymentsText}</p>
        </Notice>
      )
    case 'no_price':
      return (
        <Notice tone="warning" title={slotWords.noPriceTitle}>
          <p>
            {slotWords.noPriceText} {hasOtherLength ? slotWords.noPriceOther : slotWords.noPriceOnly}
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
      <Notice tone="success" title={slotWords.askedTitle(firstName)} announce>
        <p>{slotWords.askedText}</p>
      </Notice>
    )
  }
  function ask(event: FormEvent): void {
    event.preventDefault()
    if (!requestTimes.isPending) requestTimes.run(message).catch(() => undefined)
  }
  return (
    <Notice tone="warning" title={slotWords.emptyTitle(firstName)}>
      <p>
        {slotWords.emptyText(horizonEnd ? dateAndTime(horizonEnd, timeZone) : null)}
        {scheduling.durations.length > 1 ? ` ${slotWords.emptyOtherLength}` : ''}
      </p>
      <form className={styles.form} onSubmit={ask}>
        <TextAreaField
          id="wished-times"
          label={slotWords.wishedTimes}
          optionalLabel={slotWords.optional}
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
          {slotWords.askForTimes}
        </Button>
      </form>
    </Notice>
  )
}
