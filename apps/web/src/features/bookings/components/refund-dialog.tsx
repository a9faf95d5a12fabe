import { Button, Textarea, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { decimalsOf, formatMoney, type Money } from '../../../lib/money.ts'
import { useRefundBooking } from '../mutations.ts'
import type { Booking } from '../queries.ts'
import { amountText, exampleAmount, typedAmount } from '../refund-amount.ts'
import styles from './booking-dialogs.module.css'
import { DisputeWarning } from './dispute-warning.tsx'

/** What is left of a payment to give back; refunds under way are counted as given. */
function leftOf({ paid, refunded }: Pick<Booking, 'paid' | 'refunded'>): Money {
  return { amount: paid.amount - refunded.amount, currency: paid.currency }
}

/** What becomes of the trainer's pay when money goes back. */
function payoutWords({ payout, trainer }: Pick<Booking, 'payout' | 'trainer'>): string {
  return payout === null
    ? `${trainer.name}’s share is counted from what is kept, once the session is complete.`
    : `${trainer.name} has earned ${formatMoney(payout.amount)} with it, ${payout.sharePercent}% of what was kept. A correction is added to the payouts, so that they end at the same share of what is kept now.`
}

/** Gives money back for a session that stays as it is: all that is left, or a part, said to the smallest unit before. */
export function RefundDialog({ org, booking, onClose }: { org: string; booking: Booking; onClose: () => void }) {
  const refund = useRefundBooking(org)
  const say = useNote()
  const { currency } = booking.paid
  const left = leftOf(booking)
  const [text, setText] = useState(() => amountText(left))
  const [reason, setReason] = useState('')
  const typed = typedAmount(text, currency)
  const fault = faultOf(typed, left)
  const [isChecked, setChecked] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  // Too much is said at once; a half-typed amount only when it is sent.
  const isSaid = fault !== null && (isChecked || (typed !== null && typed.amount > left.amount))
  const goesBack = fault === null ? typed : null

  return (
    <Dialog title="Refund the customer" onClose={onClose}>
      <form
        className={styles.form}
        // The field says itself what is wrong, in the currency's own terms.
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setChecked(true)
          if (goesBack === null) {
            field.current?.focus()
            return
          }
          refund.mutate(
            { bookingId: booking.id, amount: goesBack, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) },
            {
              onSuccess: () => {
                say(`Refund of ${formatMoney(goesBack)} to ${booking.customer.name} requested.`)
                onClose()
              },
            },
          )
        }}
      >
        <DisputeWarning booking={booking} />
        <TextInput
          ref={field}
          label={`Amount in ${currency}`}
          description={`At most ${formatMoney(left)}, what is left of ${formatMoney(booking.paid)} paid.`}
          inputMode={decimalsOf(currency) === 0 ? 'numeric' : 'decimal'}
          autoComplete="off"
          value={text}
          errorProps={{ role: 'alert' }}
          error={isSaid ? fault : undefined}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className={styles.refund}>
          <dl className={styles.moves}>
            <dt>Goes back</dt>
            <dd className={styles.amount}>{goesBack === null ? '–' : formatMoney(goesBack)}</dd>
            <dt>You keep</dt>
            <dd>{goesBack === null ? '–' : formatMoney({ amount: left.amount - goesBack.amount, currency })}</dd>
          </dl>
        </div>
        <Textarea
          label="Reason (optional)"
          description="The customer reads it in the email about the refund."
          rows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <p className="dim">
          It goes back the way it was paid, which takes the bank a few days. The session stays as it is.{' '}
          {payoutWords(booking)}
        </p>
        {refund.error !== null && <ProblemNotice error={refund.error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            Keep the money
          </Button>
          <Button type="submit" loading={refund.isPending}>
            {goesBack === null ? 'Refund' : `Refund ${formatMoney(goesBack)}`}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}

/** Why a typed amount cannot go back, in the decimals of its currency; null when it can. */
function faultOf(typed: Money | null, left: Money): string | null {
  if (typed === null) return `Enter an amount such as ${exampleAmount(left.currency)}.`
  if (typed.amount === 0) return 'Enter more than nothing.'
  return typed.amount > left.amount ? `At most ${formatMoney(left)} is left.` : null
}
