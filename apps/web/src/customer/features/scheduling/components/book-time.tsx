import { useCallback, useEffect, useState } from 'react'
import { Button } from '../../../../components/customer/button.tsx'
import { Notice } from '../../../../components/customer/notice.tsx'
import { useOnline } from '../../../../components/customer/use-online.ts'
import { dateAndTimeRange, dateKey, epochMillis, timeOfDay } from '../../../../lib/dates.ts'
import { isProblem } from '../../../../lib/problem.ts'
import { cancellationRules } from '../../cancellation/cancellation-rules.ts'
import { customerTimeZone, rememberTimeZone } from '../customer-time-zone.ts'
import type { OfferedSlot } from '../days.ts'
import { useCreateBooking } from '../mutations.ts'
import { keepBookingPath } from '../return-path.ts'
import type { CustomerBooking, Scheduling } from '../scheduling.ts'
import { useLengthPrices, useOfferedTimes } from '../use-offered-times.ts'
import { schedulingWords } from '../words.ts'
import styles from './book-time.module.css'
import { DayPicker } from './day-picker.tsx'
import { LengthPicker, priceText } from './length-picker.tsx'
import { BookingRefusal, EndedHold, GoneTime, HoldPanel, NoTimes, TimesError } from './on-demand.tsx'
import { PickerSkeleton, TimesSkeleton } from './picker-skeleton.tsx'
import { ReviewBar } from './review-bar.tsx'
import { SessionSummary } from './session-summary.tsx'
import { TimePicker } from './time-picker.tsx'
import { ZonePicker } from './zone-picker.tsx'

type BookTimeProps = {
  schedulingToken: string
  scheduling: Scheduling
  /** Takes the customer to the payment page. */
  leaveTo: (url: string) => void
}

/** What the customer has picked so far; null where the page proposes. */
type Picks = { durationMinutes: number | null; date: string | null; start: string | null }

/** The checkout opens within this time, or the page offers the way there as a button. */
const LEAVING_MS = 8000

/** Summary, length, day, time and the way to payment; and the hold that waits for it. */
export function BookTime({ schedulingToken, scheduling, leaveTo }: BookTimeProps) {
  const { booking, organization, trainer, sessionType, durations } = scheduling
  const [timeZone, setTimeZone] = useState(customerTimeZone)
  const [picks, setPicks] = useState<Picks>(() => picksOf(booking))
  const [isChoosingAnother, setIsChoosingAnother] = useState(false)
  const [endedHold, setEndedHold] = useState<CustomerBooking | null>(() => (isLapsed(booking) ? booking : null))
  const [seenSessionType, setSeenSessionType] = useState(sessionType.name)
  const [isLeaving, setIsLeaving] = useLeaving()
  const isOnline = useOnline()
  const createBooking = useCreateBooking(schedulingToken)

  const durationMinutes =
    durations.find((each) => each.durationMinutes === picks.durationMinutes)?.durationMinutes ??
    durations[0]?.durationMinutes ??
    0
  const wish = { schedulingToken, scheduling, durationMinutes, timeZone }
  const { times, first, isKept } = useOfferedTimes(wish)
  const lengths = useLengthPrices(wish, times?.slots ?? [])
  const now = Date.now() + (times?.clockAheadMs ?? 0)

  const holdKey = (hold: CustomerBooking | null) => (hold ? `${hold.id} ${hold.holdExpiresAt}` : null)
  const held = isHold(booking) && holdKey(booking) !== holdKey(endedHold) ? booking : null
  const showsHold = held !== null && !isChoosingAnother && !isLeaving
  const slot =
    picks.start === null ? null : (times?.slots.find((each) => isSameInstant(each.start, picks.start)) ?? null)
  // The customer's own hold never blocks them, so a held time is among the offered ones.
  const isGone = picks.start !== null && slot === null && times?.isComplete === true && !isKept

  const endHold = useCallback(() => {
    if (!booking) return
    setEndedHold(booking)
    setIsChoosingAnother(false)
    setPicks(picksOf(booking))
  }, [booking])

  function pick(next: Partial<Picks>): void {
    createBooking.reset()
    setSeenSessionType(sessionType.name)
    setEndedHold(null)
    setPicks({ ...picks, durationMinutes, ...next })
  }

  function changeTimeZone(next: string): void {
    rememberTimeZone(next)
    setTimeZone(next)
    // The day follows the chosen time; without one the first free day is shown anew.
    setPicks({ ...picks, date: null })
  }

  async function book(choice: { start: string; durationMinutes: number; price: OfferedSlot['price'] }): Promise<void> {
    if (createBooking.isPending || isLeaving) return
    setIsLeaving(true)
    try {
      const { checkoutUrl } = await createBooking.run({
        start: choice.start,
        durationMinutes: choice.durationMinutes,
        timeZone,
        expectedPrice: choice.price,
      })
      setEndedHold(null)
      setIsChoosingAnother(false)
      if (checkoutUrl) {
        keepBookingPath(location.pathname)
        leaveTo(checkoutUrl)
      } else setIsLeaving(false)
    } catch (error) {
      setIsLeaving(false)
      setEndedHold(null)
      if (isProblem(error, 'slot_unavailable')) setPicks((current) => ({ ...current, start: null }))
      // A payment page that does not open leaves the hold standing: the page shows it, with the way to try again.
      if (isProblem(error, 'payment_provider_unavailable')) setIsChoosingAnother(false)
    }
  }

  const price = lengths.find((each) => each.durationMinutes === durationMinutes)?.price ?? null
  const rulesFor = (start: string | null) => cancellationRules(scheduling.cancellationPolicy, start, timeZone, now)
  const summary = (
    <SessionSummary
      sessionTypeName={sessionType.name}
      description={sessionType.description}
      trainerFirstName={trainer.firstName}
      onlyLength={durations.length === 1 && !showsHold ? { durationMinutes, price: priceText(price) } : null}
    >
      {durations.length > 1 && !showsHold ? (
        <LengthPicker
          lengths={lengths}
          selected={durationMinutes}
          onSelect={(minutes) => pick({ durationMinutes: minutes })}
        />
      ) : null}
    </SessionSummary>
  )

  if (showsHold) {
    return (
      <div className={styles.layout}>
        {summary}
        <div className={styles.choice}>
          {createBooking.error ? (
            <BookingRefusal
              error={createBooking.error}
              scheduling={scheduling}
              timeZone={timeZone}
              start={null}
              held={held}
            />
          ) : null}
          <HoldPanel
            held={{ ...held, holdExpiresAt: held.holdExpiresAt ?? held.start }}
            timeZone={timeZone}
            clockAheadMs={times?.clockAheadMs ?? 0}
            cancellationRules={cancellationRules(held.cancellationPolicy, held.start, timeZone, now)}
            takesFocus={createBooking.data !== undefined}
            busy={createBooking.isPending || isLeaving}
            onEnded={endHold}
            onPay={() => book(held)}
            onChooseAnother={
              held.actions.chooseAnother.allowed
                ? () => {
                    createBooking.reset()
                    setIsChoosingAnother(true)
                  }
                : null
            }
          />
        </div>
      </div>
    )
  }

  const selectedDate = times
    ? clampedDate(picks.date ?? (slot ? dateKey(slot.start, timeZone) : times.firstFreeDate), times.days)
    : ''
  const selectedDay = times?.days.find((each) => each.date === selectedDate)
  const noticeCode = durations.length === 0 ? 'no_price' : (times?.notice?.code ?? null)

  return (
    <div className={styles.layout}>
      {summary}
      <div className={styles.choice}>
        {isOnline ? null : (
          <Notice tone="warning" announce>
            <p>{schedulingWords.offline}</p>
          </Notice>
        )}
        {seenSessionType === sessionType.name ? null : (
          <Notice tone="info" title={schedulingWords.changedTitle(trainer.firstName)} announce>
            <p>{schedulingWords.changedText(sessionType.name)}</p>
          </Notice>
        )}
        {held && isChoosingAnother ? (
          <Notice
            tone="info"
            actions={
              <Button variant="outline" onClick={() => setIsChoosingAnother(false)}>
                {schedulingWords.keepTime}
              </Button>
            }
          >
            <p>
              {schedulingWords.choosingAnother(
                dateAndTimeRange(held.start, held.end, timeZone, now),
                timeOfDay(held.holdExpiresAt ?? held.start, timeZone),
              )}
            </p>
          </Notice>
        ) : null}
        {endedHold ? (
          <EndedHold
            hold={booking?.id === endedHold.id ? { ...endedHold, sentBack: booking.sentBack } : endedHold}
            isStillFree={!isGone}
            timeZone={timeZone}
          />
        ) : null}
        {createBooking.error ? (
          <BookingRefusal
            error={createBooking.error}
            scheduling={scheduling}
            timeZone={timeZone}
            start={createBooking.input?.start ?? null}
            held={held}
          />
        ) : null}
        {isGone && !endedHold && !createBooking.error && picks.start !== null ? (
          <GoneTime start={picks.start} timeZone={timeZone} />
        ) : null}
        {noticeCode ? (
          <NoTimes
            schedulingToken={schedulingToken}
            scheduling={scheduling}
            code={noticeCode}
            horizonEnd={times?.horizonEnd ?? null}
            timeZone={timeZone}
            refreshing={first.isFetching}
            onRefresh={() => first.refetch()}
          />
        ) : times && selectedDay ? (
          <>
            <DayPicker days={times.days} selected={selectedDate} onSelect={(date) => pick({ date, start: null })} />
            <ZonePicker timeZone={timeZone} onChange={changeTimeZone} />
            {selectedDay.times.length === 0 && !times.isComplete ? (
              <TimesSkeleton />
            ) : (
              <TimePicker
                day={selectedDay}
                days={times.days}
                timeZone={timeZone}
                selected={slot?.start ?? null}
                showPrices={price?.varies ?? false}
                onSelect={(start) => pick({ date: selectedDate, start })}
                onSelectDay={(date) => pick({ date, start: null })}
              />
            )}
          </>
        ) : first.error ? (
          <TimesError error={first.error} refreshing={first.isFetching} onRefresh={() => first.refetch()} />
        ) : (
          <PickerSkeleton />
        )}
      </div>
      {noticeCode ? null : (
        <div className={styles.review}>
          <ReviewBar
            slot={slot}
            priceBefore={priceText(price)}
            timeZone={timeZone}
            now={now}
            cancellationRules={rulesFor(slot?.start ?? null)}
            holdMinutes={scheduling.slotHoldMinutes}
            termsUrl={organization.termsUrl}
            isRetry={endedHold !== null}
            busy={createBooking.isPending || isLeaving}
            onContinue={() => {
              if (slot) book({ ...slot, durationMinutes })
            }}
          />
        </div>
      )}
    </div>
  )
}

/** Set while the browser is on its way to the payment page; taken back when it returns or never left. */
function useLeaving(): [boolean, (isLeaving: boolean) => void] {
  const [isLeaving, setIsLeaving] = useState(false)
  useEffect(() => {
    if (!isLeaving) return
    const comeBack = () => setIsLeaving(false)
    const timer = setTimeout(comeBack, LEAVING_MS)
    // A page that the browser kept while the customer was at the checkout wakes up exactly as it was left.
    window.addEventListener('pageshow', comeBack)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('pageshow', comeBack)
    }
  }, [isLeaving])
  return [isLeaving, setIsLeaving]
}

function isHold(booking: CustomerBooking | null): booking is CustomerBooking {
  return booking?.status === 'pending_payment' && booking.paymentStatus === 'unpaid'
}

function isLapsed(booking: CustomerBooking | null): booking is CustomerBooking {
  return booking?.status === 'expired'
}

/** A page opened with a hold, or after one has run out, starts from that choice. */
function picksOf(booking: CustomerBooking | null): Picks {
  return isHold(booking) || isLapsed(booking)
    ? { durationMinutes: booking.durationMinutes, date: null, start: booking.start }
    : { durationMinutes: null, date: null, start: null }
}

function isSameInstant(one: string, other: string | null): boolean {
  return other !== null && epochMillis(one) === epochMillis(other)
}

function clampedDate(date: string, days: { date: string }[]): string {
  const first = days[0]?.date ?? date
  const last = days.at(-1)?.date ?? date
  return date < first ? first : date > last ? last : date
}
