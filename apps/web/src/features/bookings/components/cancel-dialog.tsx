import { Button, Checkbox, Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/InlineInput.css'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { useNote } from '../../../components/notes.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { TextSkeleton } from '../../../components/skeletons.tsx'
import { formatMoney } from '../../../lib/money.ts'
import { useCancelBooking } from '../mutations.ts'
import { type Booking, cancellationPreviewQuery } from '../queries.ts'
import { exampleAmount, typedAmount } from '../refund-amount.ts'
import { refundWords } from '../words.ts'
import styles from './booking-dialogs.module.css'
import { DisputeWarning } from './dispute-warning.tsx'

/** How a disputed session is canceled without paying twice. */
const INSTEAD = {
  choose: 'To cancel without a refund, enter 0 as another amount below.',
  ask: 'An admin can cancel it without a refund.',
} as const

/** Cancels a session. What goes back is said to the cent before; an admin may act for the customer, or name the amount. */
export function CancelDialog({
  org,
  booking,
  mayChooseRefund,
  onClose,
}: {
  org: string
  booking: Booking
  /** Whether the person may act on behalf of the customer and choose what goes back. */
  mayChooseRefund: boolean
  onClose: () => void
}) {
  const cancel = useCancelBooking(org)
  const say = useNote()
  const [pickAgain, setPickAgain] = useState(false)
  const [onBehalf, setOnBehalf] = useState(false)
  const [amountText, setAmountText] = useState('')
  const [reason, setReason] = useState('')
  const [wrongAmount, setWrongAmount] = useState(false)
  const amountField = useRef<HTMLInputElement>(null)
  const preview = useQuery(cancellationPreviewQuery(org, booking.id, onBehalf))
  const isPaid = booking.paid.amount > 0
  // The amount can be chosen for a settled session only; before that, everything goes back.
  const mayChoose = mayChooseRefund && isPaid && booking.status === 'confirmed'
  const showsAmount = mayChoose && !onBehalf && !pickAgain

  const chosen = showsAmount && amountText !== '' ? typedAmount(amountText, booking.paid.currency) : null

  return (
    <Dialog title="Cancel this session?" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          const refundAmount =
            showsAmount && amountText !== '' ? typedAmount(amountText, booking.paid.currency) : undefined
          setWrongAmount(refundAmount === null)
          if (refundAmount === null) {
            amountField.current?.focus()
            return
          }
          cancel.mutate(
            {
              bookingId: booking.id,
              body: {
                ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
                ...(pickAgain ? { letCustomerPickAgain: true } : {}),
                ...(onBehalf ? { onBehalfOfCustomer: true } : {}),
                ...(refundAmount === undefined ? {} : { refundAmount }),
              },
            },
            {
              onSuccess: () => {
                say(
                  pickAgain
                    ? `Session canceled. ${booking.customer.name} gets a fresh scheduling link.`
                    : `Session canceled. ${booking.customer.name} is told by email.`,
                )
                onClose()
              },
            },
          )
        }}
      >
        <p>
          {booking.customer.name} is told by email, the time is free again, and the calendar event and session link go
          away. {pickAgain ? 'The request stays open.' : 'The request is canceled too.'}
        </p>
        <DisputeWarning
          booking={booking}
          words={mayChoose ? INSTEAD.choose : mayChooseRefund ? undefined : INSTEAD.ask}
        />
        <Checkbox
          label="Let the customer pick again"
          description="They get everything back and a fresh scheduling link."
          checked={pickAgain}
          onChange={(event) => {
            setPickAgain(event.currentTarget.checked)
            setOnBehalf(false)
          }}
        />
        {mayChooseRefund && (
          <Checkbox
            label="On behalf of the customer"
            description="They asked for it, so the cancellation rules they booked under decide what goes back, and no other amount can be named."
            checked={onBehalf}
            disabled={pickAgain}
            onChange={(event) => setOnBehalf(event.currentTarget.checked)}
          />
        )}
        <div className={styles.refund} aria-live="polite">
          {preview.isPending && <TextSkeleton lines={1} label="Working out the refund" />}
          {preview.isError && <ProblemNotice error={preview.error} onRetry={() => void preview.refetch()} />}
          {preview.data !== undefined && (
            <>
              <p>
                Refund: <span className={styles.amount}>{formatMoney(chosen ?? preview.data.refund)}</span>
                {isPaid && <span className="dim"> of {formatMoney(booking.paid)} paid</span>}
              </p>
              <p className="dim">{refundWords(chosen === null ? preview.data.rule : 'chosen', booking)}</p>
            </>
          )}
        </div>
        {showsAmount && (
          <TextInput
            ref={amountField}
            label={`Another amount, in ${booking.paid.currency} (optional)`}
            description="Leave it empty to pay back what is said above; 0 pays nothing back."
            inputMode="decimal"
            value={amountText}
            errorProps={{ role: 'alert' }}
            error={wrongAmount ? `Enter an amount such as ${exampleAmount(booking.paid.currency)}.` : undefined}
            onChange={(event) => setAmountText(event.currentTarget.value)}
          />
        )}
        <Textarea
          label="Reason (optional)"
          description="It is kept in the history of the request."
          rows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {cancel.error !== null && <ProblemNotice error={cancel.error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            Keep the session
          </Button>
          <Button type="submit" color="red" loading={cancel.isPending}>
            Cancel Session
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
