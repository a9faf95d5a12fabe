import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { StatusBadge } from '../../../components/status-badge.tsx'
import { Timeline, TimelineEntry } from '../../../components/timeline.tsx'
import { useNow } from '../../../components/use-now.ts'
import { dateAndTime, epochMillis, relativeTime } from '../../../lib/dates.ts'
import { formatMoney } from '../../../lib/money.ts'
import { useRetryRefund } from '../mutations.ts'
import type { Booking } from '../queries.ts'
import { CANCELED_BY, DISPUTE_STATES, INQUIRY_STATES, REFUND_STATES } from '../words.ts'
import styles from './payment-timeline.module.css'

/** A reason of at most so many characters stands in the line itself. */
const A_SENTENCE = 90

type Happened = { key: string; at: string; words: ReactNode }

/** What became of a session's money, the latest first: what was asked, what came, what went back, and what is disputed. */
export function PaymentTimeline({ org, booking, timeZone }: { org: string; booking: Booking; timeZone: string }) {
  const retry = useRetryRefund(org)
  const now = useNow(30_000)
  return (
    <>
      {retry.error !== null && <ProblemNotice error={retry.error} />}
      <div aria-live="polite">
        <Timeline label="Payment history">
          {happened(booking, timeZone, now, retry).map(({ key, at, words }) => (
            <TimelineEntry key={key}>
              {words}
              <time dateTime={at} className="dim small numbers">
                {dateAndTime(at, timeZone, now)}
              </time>
            </TimelineEntry>
          ))}
        </Timeline>
      </div>
    </>
  )
}

/** Everything that is known of the money, sorted by when it happened. */
function happened(
  booking: Booking,
  timeZone: string,
  now: number,
  retry: ReturnType<typeof useRetryRefund>,
): Happened[] {
  const { paidAt, confirmedAt, canceledAt, completedAt } = booking
  const entries: Happened[] = [
    {
      key: 'chosen',
      at: booking.createdAt,
      words: (
        <p>
          {booking.price.amount === 0
            ? 'Time chosen, nothing to pay'
            : `Time chosen, ${formatMoney(booking.price)} to pay`}
        </p>
      ),
    },
    ...(paidAt === null ? [] : [{ key: 'paid', at: paidAt, words: <p>{formatMoney(booking.paid)} paid</p> }]),
    ...(confirmedAt === null ? [] : [{ key: 'confirmed', at: confirmedAt, words: <p>Session confirmed</p> }]),
    ...(completedAt === null
      ? []
      : [
          {
            key: 'completed',
            at: completedAt,
            words: <p>{booking.status === 'no_show' ? 'Marked as a no-show' : 'Session complete'}</p>,
          },
        ]),
    ...(canceledAt === null
      ? []
      : [
          {
            key: 'canceled',
            at: canceledAt,
            words: <p>Canceled{booking.canceledBy === null ? '' : ` ${CANCELED_BY[booking.canceledBy]}`}</p>,
          },
        ]),
    ...booking.refunds.map((refund) => ({
      key: refund.id,
      at: refund.createdAt,
      words: <RefundWords booking={booking} refund={refund} now={now} retry={retry} />,
    })),
    ...booking.disputes.map((dispute) => ({
      key: dispute.id,
      at: dispute.createdAt,
      words: <DisputeWords dispute={dispute} timeZone={timeZone} now={now} />,
    })),
  ]
  // What happened at one instant is listed as it followed: the sort keeps that order, and all of it is turned round.
  return entries.sort((one, other) => epochMillis(one.at) - epochMillis(other.at)).reverse()
}

function RefundWords({
  booking,
  refund,
  now,
  retry,
}: {
  booking: Booking
  refund: Booking['refunds'][number]
  now: number
  retry: ReturnType<typeof useRetryRefund>
}) {
  const say = useNote()
  const { label, tone } = REFUND_STATES[refund.status]
  const amount = formatMoney(refund.amount)
  return (
    <>
      <p className={styles.line}>
        <span>Refund of {amount}</span>
        <StatusBadge tone={tone}>{label}</StatusBadge>
        {refund.actions.retry.allowed && (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Retry the refund of ${amount}`}
            loading={retry.isPending && retry.variables.refundId === refund.id}
            onClick={() =>
              retry.mutate(
                { bookingId: booking.id, refundId: refund.id },
                { onSuccess: () => say(`${amount} is sent again.`) },
              )
            }
          >
            Retry
          </Button>
        )}
      </p>
      <p className="dim">{refund.reason}</p>
      {refund.note !== null && <p className="dim">“{refund.note}”</p>}
      {refund.status === 'failed' && <Failed problem={refund.problem} />}
      {refund.status === 'pending' && refund.problem !== null && (
        <p className={styles.problem}>
          {refund.problem}
          {refund.nextAttemptAt !== null && ` Tried again ${relativeTime(refund.nextAttemptAt, now)}.`}
        </p>
      )}
    </>
  )
}

/** That a refund has failed, and why: a sentence at once, a provider's longer account on demand. */
function Failed({ problem }: { problem: string | null }) {
  const isLong = problem !== null && problem.length > A_SENTENCE
  return (
    <>
      <p className={styles.problem}>The customer did not get it.{problem === null || isLong ? '' : ` ${problem}`}</p>
      {isLong && (
        <details className="dim small">
          <summary>What the payment provider said</summary>
          <p className={styles.said}>{problem}</p>
        </details>
      )}
    </>
  )
}

function DisputeWords({
  dispute,
  timeZone,
  now,
}: {
  dispute: Booking['disputes'][number]
  timeZone: string
  now: number
}) {
  const { label, tone } = (dispute.isInquiry ? INQUIRY_STATES : DISPUTE_STATES)[dispute.status]
  return (
    <>
      <p className={styles.line}>
        <span>
          {formatMoney(dispute.amount)} {dispute.isInquiry ? 'asked about by the bank' : 'disputed'}
        </span>
        <StatusBadge tone={tone}>{label}</StatusBadge>
      </p>
      <p className="dim">{dispute.reason}.</p>
      {dispute.status === 'open' && (
        <p>
          To be answered in the organization’s Stripe dashboard
          {dispute.respondBy !== null && ` by ${dateAndTime(dispute.respondBy, timeZone, now)}`}.{' '}
          {dispute.isInquiry
            ? 'No money has been taken; a refund from here settles it as well.'
            : 'A refund from here would pay twice.'}
        </p>
      )}
    </>
  )
}
