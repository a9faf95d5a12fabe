import { Fact, Facts } from '../../../components/facts.tsx'
import { Moment } from '../../../components/moment.tsx'
import { useNow } from '../../../components/use-now.ts'
import { dateAndTime, dateAndTimeRange, duration, epochMillis } from '../../../lib/dates.ts'
import { formatMoney } from '../../../lib/money.ts'
import type { Booking } from '../queries.ts'
import { CANCELED_BY, endReasonWords, policyWords } from '../words.ts'

const HOUR_MS = 3_600_000

/** When, with whom and what. The customer's own time stands beneath when they live in another zone. */
export function BookingFacts({ booking, timeZone }: { booking: Booking; timeZone: string }) {
  const { customer } = booking
  const reason = endReasonWords(booking.cancelReason)
  return (
    <Facts>
      <Fact name="When">
        <Moment at={booking.start} until={booking.end} timeZone={timeZone} />
        {booking.customerTimeZone !== timeZone && (
          <p className="dim small">
            For the customer: {dateAndTimeRange(booking.start, booking.end, booking.customerTimeZone)}
          </p>
        )}
      </Fact>
      <Fact name="Length">{duration(booking.durationMinutes)}</Fact>
      <Fact name="Session type">{booking.sessionType.name}</Fact>
      <Fact name="Customer">
        <p>{customer.name}</p>
        <p>
          <a href={`mailto:${customer.email}`}>{customer.email}</a>
        </p>
        {customer.phone !== null && (
          <p>
            <a href={`tel:${customer.phone.replaceAll(/[^+\d]/g, '')}`}>{customer.phone}</a>
          </p>
        )}
      </Fact>
      <Fact name="Trainer">{booking.trainer.name}</Fact>
      {booking.canceledAt !== null && (
        <Fact name="Canceled">
          {dateAndTime(booking.canceledAt, timeZone)}
          {booking.canceledBy !== null && `, ${CANCELED_BY[booking.canceledBy]}`}
          {reason !== '' && <p className="dim">{reason}</p>}
        </Fact>
      )}
    </Facts>
  )
}

/** What it costs, what has come in and gone back, and the rule for canceling. */
export function PaymentFacts({ booking, timeZone }: { booking: Booking; timeZone: string }) {
  const now = useNow(30_000)
  const { kind, windowHours } = booking.cancellationPolicy
  const isPastRefunds =
    booking.status === 'confirmed' && kind !== 'none' && now > epochMillis(booking.start) - windowHours * HOUR_MS
  return (
    <Facts>
      <Fact name="Payment">{booking.paymentStatusLabel}</Fact>
      <Fact name="Price">
        <span className="numbers">{formatMoney(booking.price)}</span>
      </Fact>
      {booking.paid.amount > 0 && (
        <Fact name="Paid">
          <span className="numbers">{formatMoney(booking.paid)}</span>
          {booking.paidAt !== null && <p className="dim small">{dateAndTime(booking.paidAt, timeZone)}</p>}
        </Fact>
      )}
      {booking.holdExpiresAt !== null && (
        <Fact name="Held until">
          <Moment at={booking.holdExpiresAt} timeZone={timeZone} />
        </Fact>
      )}
      {booking.refunded.amount > 0 && (
        <>
          <Fact name="Refunded">
            <span className="numbers">{formatMoney(booking.refunded)}</span>
          </Fact>
          <Fact name="Kept">
            <span className="numbers">
              {formatMoney({
                amount: booking.paid.amount - booking.refunded.amount,
                currency: booking.paid.currency,
              })}
            </span>
          </Fact>
        </>
      )}
      {booking.payout !== null && (
        <Fact name="Payout">
          <span className="numbers">{formatMoney(booking.payout.amount)}</span>
          <p className="dim small">{booking.payout.sharePercent}% of what was kept</p>
        </Fact>
      )}
      <Fact name="If canceled">
        <p>{policyWords(booking.cancellationPolicy)}</p>
        {isPastRefunds && (
          <p className="dim">It is later than that: nothing goes back when the customer cancels now.</p>
        )}
      </Fact>
    </Facts>
  )
}
