import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from '../../../../components/customer/button.tsx'
import { Notice } from '../../../../components/customer/notice.tsx'
import { bareTime, dateAndTimeRange, day, timeOfDay } from '../../../../lib/dates.ts'
import { formatMoney } from '../../../../lib/money.ts'
import { isProblem } from '../../../../lib/problem.ts'
import { problemText } from '../../../../lib/problem-text.ts'
import { pageWords } from '../../pages/words.ts'
import type { CustomerBooking, Scheduling } from '../../scheduling/scheduling.ts'
import { slotWords } from '../../slots/words.ts'
import { holdWords } from '../words.ts'
import styles from './booking-notices.module.css'

function atTime(start: string, timeZone: string): string {
  return `${day(start, timeZone)} · ${bareTime(start, timeZone)}`
}

/** Brings a message into view when it appears: the button that caused it may be a screen away. */
function InView({ children }: { children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => element.current?.scrollIntoView({ block: 'nearest' }), [])
  return (
    <div ref={element} className={styles.inView}>
      {children}
    </div>
  )
}

type EndedHoldProps = { hold: CustomerBooking; isStillFree: boolean; timeZone: string }

/** After the deadline: nothing is lost, and the page's one button tries again. */
export function EndedHold({ hold, isStillFree, timeZone }: EndedHoldProps) {
  const time = dateAndTimeRange(hold.start, hold.end, timeZone)
  if (hold.sentBack) {
    const { amount, status, reason } = hold.sentBack
    return (
      <InView>
        <Notice tone="warning" title={holdWords.sentBackTitle[status]} announce>
          <p>{holdWords.sentBackText(formatMoney(amount), reason)}</p>
        </Notice>
      </InView>
    )
  }
  const title =
    hold.paymentStatus === 'failed'
      ? holdWords.failedTitle
      : hold.holdExpiresAt
        ? holdWords.holdEndedTitle(timeOfDay(hold.holdExpiresAt, timeZone))
        : holdWords.holdEndedBefore
  return (
    <InView>
      <Notice tone="warning" title={title} announce>
        <p>{isStillFree ? holdWords.holdEndedText(time) : holdWords.holdEndedGone(time)}</p>
      </Notice>
    </InView>
  )
}

type BookingRefusalProps = {
  error: unknown
  scheduling: Scheduling
  timeZone: string
  /** The start that was refused. */
  start: string | null
  held: CustomerBooking | null
}

/** Why the time was not taken, and what was kept. */
export function BookingRefusal({ error, scheduling, timeZone, start, held }: BookingRefusalProps) {
  const { title, text } = refusalWords({ error, scheduling, timeZone, start, held })
  const { requestId } = problemText(error)
  return (
    <InView>
      <Notice tone="error" title={title} announce>
        <p>{text}</p>
        {isProblem(error, 'internal_error') && requestId ? (
          <p>
            {pageWords.requestId} {requestId}
          </p>
        ) : null}
      </Notice>
    </InView>
  )
}

function refusalWords({ error, scheduling, timeZone, start, held }: BookingRefusalProps): {
  title: string
  text: string
} {
  if (isProblem(error, 'slot_unavailable')) {
    const kept = held ? ` ${holdWords.takenKept(atTime(held.start, timeZone))}` : ''
    return {
      title: start ? holdWords.takenTitle(atTime(start, timeZone)) : problemText(error).title,
      text: holdWords.takenText + kept,
    }
  }
  if (isProblem(error, 'price_changed')) {
    const { price } = error.body
    return {
      title: price ? holdWords.priceTitle(formatMoney(price)) : problemText(error).title,
      text: holdWords.priceText,
    }
  }
  if (isProblem(error, 'calendar_unavailable')) {
    return { title: holdWords.calendarTitle(scheduling.trainer.firstName), text: holdWords.calendarText }
  }
  if (isProblem(error, 'payment_provider_unavailable')) {
    return { title: holdWords.paymentTitle, text: holdWords.paymentText }
  }
  if (isProblem(error, 'payments_not_configured')) {
    return {
      title: slotWords.noPaymentsTitle(scheduling.organization.name),
      text: slotWords.noPaymentsText,
    }
  }
  const { title, advice } = problemText(error)
  return { title: holdWords.notBookedTitle, text: `${title}. ${advice} ${holdWords.choiceKept}` }
}

/** The chosen time is no longer among the free ones: somebody took it, or it does not fit the new length. */
export function GoneTime({ start, timeZone }: { start: string; timeZone: string }) {
  return (
    <InView>
      <Notice tone="warning" title={holdWords.goneTitle(atTime(start, timeZone))} announce>
        <p>{holdWords.goneText}</p>
      </Notice>
    </InView>
  )
}

type TimesErrorProps = { error: unknown; refreshing: boolean; onRefresh: () => void }

/** The free times could not be read at all. */
export function TimesError({ error, refreshing, onRefresh }: TimesErrorProps) {
  const { title, advice } = problemText(error)
  return (
    <Notice
      tone="error"
      title={title}
      announce
      actions={
        <Button variant="outline" onClick={onRefresh} busy={refreshing}>
          {pageWords.tryAgain}
        </Button>
      }
    >
      <p>{advice}</p>
    </Notice>
  )
}
