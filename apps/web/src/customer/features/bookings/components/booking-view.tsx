import { lazy, type ReactNode, Suspense } from 'react'
import { ButtonLink } from '../../../../components/customer/button.tsx'
import { CopyableCode } from '../../../../components/customer/copyable-code.tsx'
import { AlertIcon, CalendarIcon, CheckIcon, ClockIcon, VideoIcon } from '../../../../components/customer/icons.tsx'
import { StatusPanel } from '../../../../components/customer/status-panel.tsx'
import { dateAndTimeRange, duration, timeOfDay } from '../../../../lib/dates.ts'
import { formatMoney } from '../../../../lib/money.ts'
import { pageWords } from '../../pages/words.ts'
import type { CustomerBooking } from '../../scheduling/scheduling.ts'
import { type BookingState, bookingState } from '../booking-state.ts'
import { bookingWords } from '../words.ts'
import styles from './booking-view.module.css'

// Only what is booked can be put into a calendar: whoever comes back from paying need not wait for it.
const AddToCalendar = lazy(async () => ({ default: (await import('./add-to-calendar.tsx')).AddToCalendar }))

const TITLES: Record<Exclude<BookingState, 'sent_back'>, string> = {
  confirmed: bookingWords.confirmedTitle,
  paid: bookingWords.paidTitle,
  processing: bookingWords.processingTitle,
  held: bookingWords.unpaidTitle,
  failed: bookingWords.failedTitle,
  expired: bookingWords.expiredTitle,
  canceled: bookingWords.canceledTitle,
  over: bookingWords.overTitle,
}

type BookingViewProps = {
  booking: CustomerBooking
  timeZone: string
  takesFocus?: boolean | undefined
  /** Where a time can be chosen again, when this tab knows. */
  bookingPath?: string | null | undefined
  /** The running clock of a hold. */
  countdown?: ReactNode
}

/** One booking as its customer sees it: how it stands, what happens next, and all that is needed for the day. */
export function BookingView({ booking, timeZone, takesFocus, bookingPath = null, countdown }: BookingViewProps) {
  const state = bookingState(booking)
  const isReserved = state === 'confirmed' || state === 'paid' || state === 'processing'
  return (
    <StatusPanel
      icon={<StateIcon state={state} />}
      title={state === 'sent_back' ? bookingWords.sentBackTitle[booking.sentBack?.status ?? 'pending'] : TITLES[state]}
      tone={
        isReserved
          ? 'success'
          : state === 'over' || state === 'canceled' || state === 'sent_back'
            ? 'neutral'
            : 'warning'
      }
      takesFocus={takesFocus}
      actions={<Actions booking={booking} state={state} timeZone={timeZone} bookingPath={bookingPath} />}
    >
      <StateText booking={booking} state={state} timeZone={timeZone} />
      {state === 'held' ? countdown : null}
      {booking.sentBack && state !== 'sent_back' ? (
        <p>
          {bookingWords.sentBackBeside(formatMoney(booking.sentBack.amount))}{' '}
          {bookingWords.sentBackWhy(booking.sentBack.reason)}
        </p>
      ) : null}
      <Facts booking={booking} timeZone={timeZone} state={state} />
      {isToChooseAgain(state) && !bookingPath ? <p>{bookingWords.openEmail}</p> : null}
    </StatusPanel>
  )
}

/** Whether nothing is booked, and another time can be chosen under the same link while it lasts. */
function isToChooseAgain(state: BookingState): boolean {
  return state === 'expired' || state === 'failed' || state === 'sent_back'
}

function SentBackText({ sentBack }: { sentBack: NonNullable<CustomerBooking['sentBack']> }) {
  const amount = formatMoney(sentBack.amount)
  const words = {
    pending: bookingWords.sentBackText,
    succeeded: bookingWords.sentBackDone,
    failed: bookingWords.sentBackFailed,
  }[sentBack.status]
  return (
    <>
      <p>{words(amount)}</p>
      <p>{bookingWords.sentBackWhy(sentBack.reason)}</p>
    </>
  )
}

function StateIcon({ state }: { state: BookingState }) {
  if (state === 'confirmed' || state === 'paid') return <CheckIcon />
  if (state === 'processing' || state === 'held') return <ClockIcon />
  return state === 'over' ? <CalendarIcon /> : <AlertIcon />
}

type StateProps = { booking: CustomerBooking; state: BookingState; timeZone: string }

function StateText({ booking, state, timeZone }: StateProps) {
  switch (state) {
    case 'confirmed':
      return <p>{bookingWords.confirmedText}</p>
    case 'paid':
      return (
        <>
          <p>{bookingWords.paidText}</p>
          <p>{bookingWords.paidNext}</p>
        </>
      )
    case 'processing':
      return <p>{bookingWords.processingText}</p>
    case 'held':
      return (
        <>
          <p>{bookingWords.unpaidText}</p>
          {booking.holdExpiresAt ? (
            <p className={styles.deadline}>{bookingWords.unpaidHeld(timeOfDay(booking.holdExpiresAt, timeZone))}</p>
          ) : null}
        </>
      )
    case 'failed':
      return <p>{bookingWords.failedText}</p>
    case 'expired':
      return <p>{bookingWords.expiredText}</p>
    case 'sent_back':
      return booking.sentBack ? <SentBackText sentBack={booking.sentBack} /> : null
    case 'canceled':
      return (
        <p>
          {booking.refunded.amount > 0
            ? bookingWords.refunded(formatMoney(booking.refunded))
            : bookingWords.canceledText}
        </p>
      )
    case 'over':
      return <p>{bookingWords.overText}</p>
  }
}

function Facts({ booking, timeZone, state }: StateProps) {
  const { delivery } = booking
  // What could not be booked goes back as a whole, and is told in words of its own.
  const isRefunded = booking.refunded.amount > 0 && state !== 'sent_back'
  const where = delivery.details
    ? `${delivery.label}: ${delivery.details}`
    : delivery.customerUrl || state !== 'confirmed' || delivery.method === 'phone'
      ? delivery.label
      : bookingWords.whereZoho(delivery.label)
  return (
    <dl className={styles.facts}>
      <Fact name={bookingWords.when}>
        <strong>{dateAndTimeRange(booking.start, booking.end, timeZone)}</strong>
      </Fact>
      <Fact name={bookingWords.session}>
        {booking.sessionType.name}, {duration(booking.durationMinutes)}
      </Fact>
      <Fact name={bookingWords.trainer}>{booking.trainer.firstName}</Fact>
      <Fact name={bookingWords.where}>{where}</Fact>
      <Fact name={isRefunded ? bookingWords.paid : bookingWords.price}>
        {booking.price.amount === 0 ? bookingWords.free : formatMoney(booking.price)}
      </Fact>
      {isRefunded ? <Fact name={bookingWords.refunds}>{formatMoney(booking.refunded)}</Fact> : null}
      <Fact name={bookingWords.reference}>
        <CopyableCode code={booking.reference} copyLabel={pageWords.copy} copiedLabel={pageWords.copied} />
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Actions({ booking, state, bookingPath }: StateProps & { bookingPath: string | null }) {
  if (state === 'confirmed') {
    return (
      <>
        {booking.delivery.customerUrl ? (
          <ButtonLink href={booking.delivery.customerUrl} target="_blank" rel="noopener noreferrer">
            <VideoIcon />
            {bookingWords.join}
          </ButtonLink>
        ) : null}
        <Suspense fallback={null}>
          <AddToCalendar booking={booking} />
        </Suspense>
      </>
    )
  }
  if (state === 'held') {
    return (
      <>
        {booking.checkoutUrl && booking.actions.pay.allowed ? (
          <ButtonLink href={booking.checkoutUrl}>{bookingWords.payNow}</ButtonLink>
        ) : null}
        {bookingPath && booking.actions.chooseAnother.allowed ? (
          <ButtonLink variant="outline" href={bookingPath}>
            {bookingWords.chooseAnother}
          </ButtonLink>
        ) : null}
      </>
    )
  }
  if (isToChooseAgain(state) && bookingPath) {
    return <ButtonLink href={bookingPath}>{bookingWords.chooseAgain}</ButtonLink>
  }
  return null
}
